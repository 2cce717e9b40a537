"""Orders whose rows come again are told by their fingerprint, and nothing that changed is passed over."""

from pathlib import Path
from typing import Any

import pytest

from comanda.ingest.csv_import import undo
from comanda.ingest.csv_import.orders import OrderReader
from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Order, Store
from tests import factories
from tests.ingest.csv_import.importing import bring, row, write

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [
    row("1", "ana@example.com"),
    row("1", "ana@example.com", product="cup", price="4.00"),
    row("2", "bia@example.com", quantity=3),
    row("3"),
]


@pytest.fixture
def read_ids(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the orders that are really read, as they are."""
    seen: list[str] = []
    read, read_plain = OrderReader.read, OrderReader.read_plain

    def noted(self: OrderReader, rows: Any) -> Any:
        seen.append(rows[0][0])
        return read(self, rows)

    def noted_plain(self: OrderReader, fact: Any, lines: Any) -> Any:
        seen.append(fact.key)
        return read_plain(self, fact, lines)

    monkeypatch.setattr(OrderReader, "read", noted)
    monkeypatch.setattr(OrderReader, "read_plain", noted_plain)
    return seen


def orders(job: Any) -> tuple[int, int, int]:
    return tuple(job.counts["orders"][key] for key in ("created", "updated", "unchanged"))


def test_it_reads_no_order_that_comes_again(store: StoreRef, tmp_path: Path, read_ids: list[str]) -> None:
    first = bring(store.id, write(tmp_path / "a.csv", ROWS))
    assert (orders(first), read_ids) == ((3, 0, 0), ["1", "2", "3"])
    read_ids.clear()

    again = bring(store.id, write(tmp_path / "b.csv", ROWS))

    assert (orders(again), read_ids) == ((0, 0, 3), [])
    assert {**again.counts, "orders": 0, "contacts": 0, "products": 0} == {
        **first.counts, "orders": 0, "contacts": 0, "products": 0,
    }  # fmt: skip


def test_it_reads_what_is_new_or_changed_in_a_longer_file(
    store: StoreRef, tmp_path: Path, read_ids: list[str]
) -> None:
    bring(store.id, write(tmp_path / "a.csv", ROWS))
    read_ids.clear()
    changed = [ROWS[3], row("9"), row("2", "bia@example.com", quantity=4), ROWS[1], ROWS[0]]

    job = bring(store.id, write(tmp_path / "b.csv", changed))

    assert (orders(job), read_ids) == ((1, 1, 2), ["2", "9"])
    assert (
        factories.value(
            "SELECT quantity FROM order_line JOIN orders o ON o.id = order_id WHERE external_id = '2'"
        )
        == 4
    )


@pytest.mark.parametrize(
    "rows", [[*ROWS, ROWS[0]], ROWS[1:], [row("1", "ana@example.com", price="10.01"), *ROWS[1:]]]
)
def test_it_notices_a_row_more_or_less_or_other(
    store: StoreRef, tmp_path: Path, rows: list[list[Any]]
) -> None:
    bring(store.id, write(tmp_path / "a.csv", ROWS))

    job = bring(store.id, write(tmp_path / "b.csv", rows))

    assert orders(job) == (0, 1, 2)


def test_it_notices_the_same_row_twice_in_place_of_two(store: StoreRef, tmp_path: Path) -> None:
    one, other = row("1"), row("1", product="cup")
    bring(store.id, write(tmp_path / "a.csv", [one, one, other, other]))

    job = bring(store.id, write(tmp_path / "b.csv", [one, one, one, one]))

    assert orders(job) == (0, 1, 0)


@pytest.mark.parametrize("change", [{"currency": "USD"}, {"timezone": "America/Sao_Paulo"}])
def test_it_reads_anew_when_the_store_reads_otherwise(
    store: StoreRef, tmp_path: Path, change: dict[str, str]
) -> None:
    bring(store.id, write(tmp_path / "a.csv", ROWS))
    Store.objects.filter(id=store.id).update(**change)

    job = bring(store.id, write(tmp_path / "b.csv", ROWS))

    assert orders(job) == (0, 3, 0)


def test_it_reads_anew_when_a_constant_is_given(store: StoreRef, tmp_path: Path) -> None:
    bring(store.id, write(tmp_path / "a.csv", ROWS))

    job = bring(store.id, write(tmp_path / "b.csv", ROWS), constants={"shipping_method": "post"})

    assert orders(job) == (0, 3, 0)


def test_it_writes_over_what_someone_else_changed_since(store: StoreRef, tmp_path: Path) -> None:
    bring(store.id, write(tmp_path / "a.csv", ROWS))
    upsert(store, [factories.order("3", factories.line(price="99.00"))], factories.LIVE)

    job = bring(store.id, write(tmp_path / "b.csv", ROWS))

    assert orders(job) == (0, 1, 2)
    assert factories.value("SELECT total FROM orders WHERE external_id = '3'") == 10


def test_it_tells_warnings_again(store: StoreRef, tmp_path: Path, read_ids: list[str]) -> None:
    rows = [row("1"), row("1"), row("2")]
    rows[1][1] = "pending"
    first = bring(store.id, write(tmp_path / "a.csv", rows))
    read_ids.clear()

    again = bring(store.id, write(tmp_path / "b.csv", rows))

    assert (again.counts["warnings"], read_ids) == (first.counts["warnings"], ["1"])
    assert first.counts["warnings"] > 0


def test_it_brings_back_what_was_undone(store: StoreRef, tmp_path: Path) -> None:
    first = bring(store.id, write(tmp_path / "a.csv", ROWS))
    undo.undo(first.pk, "tests")

    again = bring(store.id, write(tmp_path / "b.csv", ROWS))

    assert orders(again) == (3, 0, 0)


def test_it_knows_nothing_of_another_store(store: StoreRef, tmp_path: Path) -> None:
    bring(store.id, write(tmp_path / "a.csv", ROWS))
    other = factories.make_store("other")

    job = bring(other.id, write(tmp_path / "b.csv", ROWS))

    assert orders(job) == (3, 0, 0)
    assert Order.objects.count() == 6


def test_it_says_the_same_in_a_dry_run(store: StoreRef, tmp_path: Path) -> None:
    bring(store.id, write(tmp_path / "a.csv", ROWS))
    longer = write(tmp_path / "b.csv", [*ROWS, row("4")])

    dry = bring(store.id, longer, dry_run=True)
    real = bring(store.id, longer)

    assert dry.counts == real.counts
    assert orders(real) == (1, 0, 3)

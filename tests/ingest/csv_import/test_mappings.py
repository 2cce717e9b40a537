"""Columns remembered from the store's last import."""

from pathlib import Path
from typing import Any

import pytest

from comanda.ingest.csv_import import run, undo
from comanda.ingest.upsert import StoreRef
from comanda.records.models import Import
from tests import factories
from tests.ingest.csv_import import importing

HEADER = ("No", "State", "When", "Who", "What", "Each", "Pieces")
MAPPING = dict(
    zip(
        (
            "order_id",
            "order_status",
            "order_date",
            "contact_identifier",
            "product_id",
            "product_price",
            "product_quantity",
        ),
        HEADER,
        strict=True,
    )
)


def file(
    path: Path,
    *ids: str,
    header: tuple[str, ...] = HEADER,
    date: str = "2026-03-01",
    more: tuple[str, ...] = (),
) -> Path:
    rows = [[order_id, "paid", date, "", "mug", "10.00", "1", *more] for order_id in ids]
    return importing.write(path, rows, header)


@pytest.fixture
def taught(store: StoreRef, tmp_path: Path) -> Import:
    """An import by which the store's mapping was given."""
    return importing.bring(store.id, file(tmp_path / "first.csv", "1"), mapping=MAPPING)


def fields(job: Import) -> dict[str, str]:
    return {field: job.format["header"][index] for field, index in job.format["mapping"].items()}


def test_it_reads_the_next_file_with_the_same_headers_alike(
    store: StoreRef, taught: Import, tmp_path: Path
) -> None:
    job = importing.bring(store.id, file(tmp_path / "second.csv", "2", "3"))

    assert (job.state, fields(job)) == ("done", MAPPING)
    assert importing.counts(job)["orders"]["created"] == 2


def test_it_reads_headers_in_another_order_alike(store: StoreRef, taught: Import, tmp_path: Path) -> None:
    path = importing.write(
        tmp_path / "a.csv", [["1", "10.00", "mug", "", "2026-03-01", "paid", "77"]], HEADER[::-1]
    )

    job = importing.bring(store.id, path)

    assert (job.state, fields(job)) == ("done", MAPPING)
    assert factories.value("SELECT count(*) FROM orders WHERE external_id = '77'") == 1


def test_it_remembers_nothing_for_another_store(taught: Import, tmp_path: Path) -> None:
    other = factories.make_store("other")

    job = importing.bring(other.id, file(tmp_path / "second.csv", "2"))

    assert (job.state, importing.told(job)[0][2]) == ("failed", "missing_column")


def test_it_lets_what_is_said_now_win(store: StoreRef, taught: Import, tmp_path: Path) -> None:
    job = importing.bring(
        store.id,
        file(tmp_path / "a.csv", "2", header=(*HEADER, "Sum"), more=("7.00",)),
        mapping={"product_price": "Sum"},
        constants={"order_status": "canceled"},
    )

    assert job.state == "done"
    assert fields(job)["product_price"] == "Sum"
    assert factories.query("SELECT total, status FROM orders WHERE external_id = '2'")[0][1] == "canceled"


def test_it_takes_no_column_for_two_things(store: StoreRef, taught: Import, tmp_path: Path) -> None:
    header = (*HEADER[:4], "What", *HEADER[5:], "SKU")

    job = importing.bring(
        store.id,
        file(tmp_path / "a.csv", "2", header=header, more=("mug-1",)),
        mapping={"product_name": "What", "product_id": "SKU"},
    )

    assert (job.state, fields(job)["product_name"], fields(job)["product_id"]) == ("done", "What", "SKU")


def test_it_believes_the_headers_of_another_file_before_memory(
    store: StoreRef, taught: Import, tmp_path: Path
) -> None:
    header = (*importing.HEADER, "No")
    path = importing.write(tmp_path / "a.csv", [[*importing.row("500"), "7"]], header)

    job = importing.bring(store.id, path)

    assert (job.state, fields(job)["order_id"]) == ("done", "order_id")
    assert factories.value("SELECT count(*) FROM orders WHERE external_id = '500'") == 1


def test_it_is_not_hindered_by_a_memory_that_fits_no_more(
    store: StoreRef, taught: Import, tmp_path: Path
) -> None:
    job = importing.bring(store.id, importing.write(tmp_path / "a.csv", [importing.row("500")]))

    assert job.state == "done"


def test_it_helps_where_a_column_was_added(store: StoreRef, taught: Import, tmp_path: Path) -> None:
    job = importing.bring(store.id, file(tmp_path / "a.csv", "2", header=(*HEADER, "Notes"), more=("hello",)))

    assert (job.state, fields(job)) == ("done", MAPPING)


@pytest.mark.parametrize(
    ("header", "date", "code"),
    [
        (HEADER, "01/02/2026", "date_order_undecided"),
        (("Number", *HEADER[1:]), "2026-03-01", "missing_column"),
    ],
)
def test_it_tells_what_is_truly_wrong(
    store: StoreRef, taught: Import, tmp_path: Path, header: tuple[str, ...], date: str, code: str
) -> None:
    job = importing.bring(store.id, file(tmp_path / "a.csv", "2", header=header, date=date))

    assert (job.state, importing.told(job)[0][2]) == ("failed", code)


@pytest.mark.parametrize("how", ["undone", "dry"])
def test_it_forgets_imports_that_were_undone_or_dry(store: StoreRef, tmp_path: Path, how: str) -> None:
    first = importing.bring(store.id, file(tmp_path / "a.csv", "1"), dry_run=how == "dry", mapping=MAPPING)
    if how == "undone":
        undo.undo(first.pk, "tests")

    job = importing.bring(store.id, file(tmp_path / "b.csv", "2"))

    assert job.state == "failed"


def test_it_goes_on_with_the_columns_it_began_with(
    store: StoreRef, taught: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comanda.ingest.csv_import.writing.LINES_AT_ONCE", 1)
    path = importing.write(
        tmp_path / "a.csv",
        [["2", "x", "2026-03-01", "", "mug", "1", "9.00"], ["3", "x", "2026-03-01", "", "mug", "1", "9.00"]],
        ("No", "State", "When", "Who", "What", "Pieces", "Each"),
    )
    import_id = importing.ask(store.id, path)

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.run(import_id, stop)
    other: dict[str, Any] = {**MAPPING, "product_price": "Pieces", "product_quantity": "Each"}
    importing.bring(store.id, file(tmp_path / "b.csv", "9"), mapping=other)

    job = run.run(import_id)

    assert (job.state, fields(job)) == ("done", MAPPING)
    totals = "SELECT external_id, total FROM orders WHERE external_id IN ('2', '3') ORDER BY 1"
    assert factories.query(totals) == [("2", 9), ("3", 9)]

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from comanda.ingest.upsert import Cause, StoreRef, upsert
from comanda.records.models import Activity, ImportWrite, Product
from comanda.shapes import LineIn, Outcome, ProductIn, Result
from tests.factories import LIVE, at, cart, line, make_store, order, product

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = ProductIn(
    "mug", "Mug", "M1", "Kitchen", "simple", "A mug.\n\\N", Decimal("9.90"), "EUR", "https://shop.test/m.png",
    "https://shop.test/mug", archived=True, updated_at=at(1),
)  # fmt: skip


def tell(store: StoreRef, *shapes: ProductIn) -> list[Result]:
    """What the catalogue says."""
    return upsert(store, shapes, LIVE)


def buy(store: StoreRef, *lines: LineIn, order_id: str = "1", cause: Cause = LIVE) -> None:
    """An order of these lines."""
    (result,) = upsert(store, [order(order_id, *lines)], cause)
    assert result.outcome is Outcome.CREATED


def kept() -> dict[str, Any]:
    return dict(Product.objects.values().get())


def test_it_keeps_all_that_the_catalogue_says(store: StoreRef) -> None:
    (result,) = tell(store, TOLD)

    row = kept()
    for column in ("created_at", "updated_at", "sought"):
        row.pop(column)
    assert result == Result(Outcome.CREATED, row["id"])
    assert row == {
        "id": result.id, "store_id": store.id, "external_id": "mug", "name": "Mug", "sku": "M1",
        "category": "Kitchen", "kind": "simple", "description": "A mug.\n\\N", "price": Decimal("9.90"),
        "currency": "EUR", "image_url": "https://shop.test/m.png", "url": "https://shop.test/mug",
        "in_catalogue": True, "archived": True, "source_updated_at": at(1),
    }  # fmt: skip
    assert not Activity.objects.exists()


def test_it_changes_nothing_for_the_same_product(store: StoreRef) -> None:
    (created,) = tell(store, TOLD)
    before = kept()

    assert tell(store, replace(TOLD, price=Decimal("9.900"))) == [Result(Outcome.UNCHANGED, created.id)]
    assert kept() == before


def test_it_puts_what_the_catalogue_says_now_over_what_it_said(store: StoreRef) -> None:
    (created,) = tell(store, TOLD)
    newer = ProductIn("mug", "Big mug", updated_at=at(2))

    assert tell(store, newer) == [Result(Outcome.UPDATED, created.id)]
    row = kept()
    assert (row["name"], row["sku"], row["price"], row["archived"]) == ("Big mug", "", None, False)
    assert row["source_updated_at"] == at(2)


def test_it_lets_no_older_version_overwrite(store: StoreRef) -> None:
    (created,) = tell(store, TOLD)

    older, undated = (
        tell(store, replace(TOLD, name="Old", updated_at=at(0)))[0],
        tell(store, product("mug", name="?"))[0],
    )

    note = "; the one of 2026-03-01T12:01:00+00:00 was kept."
    assert older == Result(Outcome.UNCHANGED, created.id, note="This version is older" + note)
    assert undated == Result(Outcome.UNCHANGED, created.id, note="This version says no updated_at" + note)
    assert kept()["name"] == "Mug"


@pytest.mark.parametrize("sequence", list(permutations([0, 1, 2])))
def test_it_ends_with_the_newest_version_in_any_order(store: StoreRef, sequence: tuple[int, ...]) -> None:
    versions = [product(name=name, updated_at=at(n)) for n, name in enumerate(("same", "other", "same"))]

    for number in sequence:
        tell(store, versions[number])

    row = kept()
    assert (row["name"], row["source_updated_at"]) == ("same", at(2))


def test_it_makes_products_that_only_lines_tell_of(store: StoreRef) -> None:
    buy(
        store,
        line("mug", name="Mug", sku="M1", category="Kitchen", image_url="https://shop.test/m.png"),
        line(""),
    )

    row = kept()
    assert (row["external_id"], row["name"], row["sku"], row["category"], row["image_url"]) == (
        "mug", "Mug", "M1", "Kitchen", "https://shop.test/m.png",
    )  # fmt: skip
    assert (row["in_catalogue"], row["price"], row["currency"]) == (False, None, "")


@pytest.mark.parametrize("together", [True, False])
def test_it_takes_the_first_that_lines_say_of_each_column(store: StoreRef, together: bool) -> None:
    lines = [
        line("mug"),
        line("mug", sku="M1"),
        line("mug", name="Mug", sku="M2"),
        line("mug", name="Cup", category="K"),
    ]

    if together:
        buy(store, *lines)
    else:
        for number, each in enumerate(lines):
            buy(store, each, order_id=str(number))

    row = kept()
    assert (row["name"], row["sku"], row["category"], row["image_url"]) == ("Mug", "M1", "K", "")


def test_it_lets_no_line_change_the_catalogue(store: StoreRef) -> None:
    tell(store, product(name="", sku="M1"))
    before = kept()

    buy(store, line("mug", name="Mug", sku="M2"))

    assert kept() == before


def test_it_takes_a_product_of_lines_into_the_catalogue(store: StoreRef) -> None:
    upsert(store, [cart("c", line("mug", name="From a cart", sku="C1"))], LIVE)

    (result,) = tell(store, product(name="Mug"))

    row = kept()
    assert result == Result(Outcome.UPDATED, row["id"])
    assert (row["name"], row["sku"], row["in_catalogue"]) == ("Mug", "", True)


def test_it_answers_each_product_of_a_batch_in_its_place(store: StoreRef) -> None:
    tell(store, product("b"), product("d"))

    results = tell(
        store, product("c"), product("b"), product("\0"), product("d", name="New"), product("a"), product("c")
    )

    ids = dict(Product.objects.values_list("external_id", "id"))
    assert [(result.outcome, result.id) for result in results] == [
        (Outcome.CREATED, ids["c"]),
        (Outcome.UNCHANGED, ids["b"]),
        (Outcome.REFUSED, None),
        (Outcome.UPDATED, ids["d"]),
        (Outcome.CREATED, ids["a"]),
        (Outcome.UNCHANGED, ids["c"]),
    ]


def test_it_knows_a_product_by_its_store_too(store: StoreRef) -> None:
    tell(store, product())
    tell(make_store("other"), product(name="Other"))

    assert list(Product.objects.order_by("id").values_list("external_id", "name")) == [
        ("mug", "Mug"),
        ("mug", "Other"),
    ]


def test_it_remembers_what_an_import_made_and_filled(store: StoreRef) -> None:
    buy(store, line("mug", sku="M1"))
    cause = Cause("csv", live=False, import_id=7)

    buy(store, line("mug", name="Mug", sku="M2"), line("cup"), order_id="2", cause=cause)
    buy(store, line("mug", category="Kitchen"), order_id="3", cause=cause)

    ids = dict(Product.objects.values_list("external_id", "id"))
    wrote = ImportWrite.objects.filter(kind="product").order_by("record_id")
    assert [(each.record_id, each.before, each.after) for each in wrote] == [
        (ids["mug"], {"name": "", "category": ""}, {"name": "Mug", "category": "Kitchen"}),
        (ids["cup"], None, None),
    ]

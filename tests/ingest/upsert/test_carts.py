from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, Cart, CartLine, Contact, Inbox
from comanda.shapes import CartIn, CartState, Outcome, Result
from tests.factories import LIVE, NOON, at, cart, contact, line

pytestmark = pytest.mark.django_db(transaction=True)


def put(store: StoreRef, shape: CartIn) -> Result:
    (result,) = upsert(store, [shape], LIVE)
    return result


def activity() -> list[tuple[str, datetime, dict[str, Any]]]:
    return [(a.kind, a.at, a.data) for a in Activity.objects.filter(cart_id__isnull=False).order_by("id")]


FULL = cart(
    "c1",
    line("mug", "2", "5", name="Mug", discount=Decimal(1)),
    line("cup"),
    total=Decimal("19.50"),
    state=CartState.ABANDONED,
    contact=contact(),
    updated_at=at(5),
    abandoned_at=at(4),
    order_id="1001",
    url="https://shop.test/cart/c1",
    raw=b"{}",
)
DATA = {"total": "19.5", "currency": "EUR"}


def test_it_keeps_all_that_the_shop_said(store: StoreRef) -> None:
    result = put(store, FULL)

    row: dict[str, Any] = dict(Cart.objects.values().get())
    for column in ("digest", "created_at", "updated_at"):
        row.pop(column)
    assert result == Result(Outcome.CREATED, row["id"])
    assert row == {
        "id": result.id, "store_id": store.id, "external_id": "c1", "contact_id": Contact.objects.get().pk,
        "state": "abandoned", "currency": "EUR", "total": Decimal("19.50"), "started_at": NOON,
        "abandoned_at": at(4), "source_updated_at": at(5), "order_external_id": "1001",
        "url": "https://shop.test/cart/c1",
    }  # fmt: skip
    lines = CartLine.objects.order_by("position")
    assert list(
        lines.values_list("cart_id", "position", "product__external_id", "quantity", "discount", "name")
    ) == [
        (result.id, 1, "mug", Decimal(2), Decimal(1), "Mug"),
        (result.id, 2, "cup", Decimal(1), Decimal(0), ""),
    ]
    assert Inbox.objects.values_list("kind", "external_id").get() == ("cart", "c1")


def test_it_tells_the_life_of_a_cart(store: StoreRef) -> None:
    states = [CartState.ACTIVE, CartState.ACTIVE, CartState.ABANDONED, CartState.RECOVERED, CartState.ORDERED]
    for minute, state in enumerate(states):
        put(store, replace(FULL, state=state, updated_at=at(10 + minute)))

    assert activity() == [
        ("cart_begun", NOON, DATA),
        ("cart_updated", at(11), DATA),
        ("cart_abandoned", at(4), DATA),
        ("cart_recovered", at(13), DATA),
        ("cart_updated", at(14), DATA),
    ]
    assert Cart.objects.get().state == "recovered"
    assert set(Activity.objects.filter(cart_id__isnull=False).values_list("contact_id")) == {
        (Contact.objects.get().pk,)
    }


def test_a_cart_that_is_ordered_after_it_was_abandoned_is_recovered(store: StoreRef) -> None:
    put(store, FULL)
    put(store, replace(FULL, state=CartState.ORDERED, updated_at=at(6)))

    assert Cart.objects.get().state == "recovered"
    assert activity()[-1] == ("cart_recovered", at(6), DATA)


def test_a_cart_that_is_ordered_at_once_is_ordered(store: StoreRef) -> None:
    put(store, replace(FULL, state=CartState.ACTIVE))
    put(store, replace(FULL, state=CartState.ORDERED, updated_at=at(6)))

    assert Cart.objects.get().state == "ordered"
    assert activity()[-1] == ("cart_ordered", at(6), DATA)


def test_it_tells_of_a_cart_first_heard_of_when_abandoned(store: StoreRef) -> None:
    put(store, FULL)

    assert activity() == [("cart_begun", NOON, DATA), ("cart_abandoned", at(4), DATA)]


def test_it_changes_nothing_for_the_same_or_an_older_version(store: StoreRef) -> None:
    created = put(store, FULL)
    told = activity()

    same = put(store, FULL)
    older = put(store, replace(FULL, state=CartState.ACTIVE, updated_at=at(1)))

    assert same == Result(Outcome.UNCHANGED, created.id)
    assert older.outcome is Outcome.UNCHANGED
    assert older.note == "This version is older; the one of 2026-03-01T12:05:00+00:00 was kept."
    assert activity() == told
    assert Cart.objects.get().state == "abandoned"


def test_it_replaces_lines_and_contact_with_a_newer_version(store: StoreRef) -> None:
    put(store, FULL)
    result = put(store, replace(FULL, lines=[line("tea")], contact=None, updated_at=at(6)))

    assert result.outcome is Outcome.UPDATED
    assert list(CartLine.objects.values_list("position", "product__external_id")) == [(1, "tea")]
    assert Cart.objects.get().contact_id is None
    assert activity()[-1] == ("cart_updated", at(6), DATA)


def test_it_keeps_an_empty_cart_of_nobody(store: StoreRef) -> None:
    result = put(store, replace(FULL, lines=[], contact=None, total=Decimal(0)))

    assert result.outcome is Outcome.CREATED
    assert not CartLine.objects.exists()
    assert Cart.objects.get().total == 0


def test_it_refuses_a_cart_that_cannot_be_kept(store: StoreRef) -> None:
    result = put(store, replace(FULL, currency="euro"))

    assert result.outcome is Outcome.REFUSED
    assert [(problem.field, problem.value) for problem in result.problems] == [("currency", "euro")]
    assert not Cart.objects.exists()

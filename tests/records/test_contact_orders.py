"""What a contact bought or left in a cart."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import contact_orders
from comanda.records.contact_orders import By, Month, Page
from comanda.records.models import Contact, Store
from comanda.shapes import CartState, OrderStatus
from tests.factories import LIVE, at, cart, contact, line, make_store, order

pytestmark = pytest.mark.django_db

ANA = contact("ana@example.com")


def ana() -> int:
    """Her contact's id."""
    return Contact.objects.get(email="ana@example.com").pk


def pages(read: Callable[[int | None], Page[Any]]) -> list[str]:
    """The shop's ids, page by page."""
    found: list[str] = []
    after, more = None, True
    while more:
        page = read(after)
        found += [each.external_id for each in page.items]
        more = page.more
        after = page.items[-1].pk if page.items else None
    return found


@pytest.fixture
def shops(store: StoreRef) -> list[StoreRef]:
    """Two shops in which Ana bought six times and began four carts."""
    other = make_store("other")
    bought = [("1", 5, "10"), ("2", 5, "10"), ("3", 1, "30"), ("4", 9, "20"), ("5", 3, "5")]
    upsert(
        store,
        [
            order(
                order_id,
                line("mug", "1", price),
                contact=ANA,
                placed_at=at(minutes),
                status=OrderStatus.PENDING if order_id == "3" else OrderStatus.COMPLETED,
            )
            for order_id, minutes, price in bought
        ]
        + [order("8", contact=contact("rui@example.com")), order("9")],
        LIVE,
    )
    upsert(other, [order("6", line("mug", "1", "15"), contact=ANA, placed_at=at(4))], LIVE)
    for number, state in enumerate((CartState.ABANDONED, CartState.ACTIVE, CartState.ABANDONED)):
        upsert(store, [cart(f"c{number}", contact=ANA, state=state, started_at=at(number))], LIVE)
    upsert(other, [cart("c3", contact=ANA, state=CartState.ABANDONED, started_at=at(-1))], LIVE)
    return [store, other]


@pytest.mark.parametrize(
    ("by", "found"),
    [(By.LATEST, "421653"), (By.OLDEST, "356124"), (By.LARGEST, "346215"), (By.SMALLEST, "512643")],
)
@pytest.mark.parametrize("limit", [1, 2, 6, 50])
def test_it_lists_orders_in_every_order(shops: list[StoreRef], by: By, found: str, limit: int) -> None:
    assert pages(lambda after: contact_orders.orders(ana(), by, limit, after=after)) == list(found)


def test_it_narrows_orders(shops: list[StoreRef]) -> None:
    pending = contact_orders.orders(ana(), By.LATEST, 9, status=OrderStatus.PENDING)
    there = contact_orders.orders(ana(), By.LATEST, 9, store_id=shops[1].id)
    neither = contact_orders.orders(ana(), By.LATEST, 9, store_id=shops[1].id, status=OrderStatus.PENDING)

    assert [each.external_id for each in pending.items] == ["3"]
    assert [each.external_id for each in there.items] == ["6"]
    assert neither.items == []


def test_it_lists_carts(shops: list[StoreRef]) -> None:
    def abandoned(after: int | None) -> Page[Any]:
        return contact_orders.carts(ana(), By.LATEST, 2, states=[CartState.ABANDONED], after=after)

    assert pages(abandoned) == ["c2", "c0", "c3"]
    assert pages(lambda after: contact_orders.carts(ana(), By.OLDEST, 3, after=after)) == [
        "c3",
        "c0",
        "c1",
        "c2",
    ]
    here = contact_orders.carts(ana(), By.LATEST, 9, states=[CartState.ABANDONED], store_id=shops[0].id)
    assert [each.external_id for each in here.items] == ["c2", "c0"]


def test_it_begins_anew_behind_an_order_that_is_gone(shops: list[StoreRef]) -> None:
    assert len(contact_orders.orders(ana(), By.LATEST, 9, after=4711).items) == 6


def test_it_adds_up_months_as_the_zone_has_them(store: StoreRef) -> None:
    new_year = datetime(2026, 1, 1, 1, tzinfo=UTC)
    upsert(
        store,
        [
            order("1", line("mug", "2", "10"), contact=ANA, placed_at=new_year),
            order("2", line("mug", "1", "5"), contact=ANA, placed_at=new_year, status=OrderStatus.PENDING),
            order("3", contact=ANA, placed_at=datetime(2025, 12, 24, tzinfo=UTC), refund_total=Decimal(4)),
            order("4", contact=ANA, placed_at=new_year, currency="USD"),
        ],
        LIVE,
    )

    at_home = contact_orders.months(ana(), "Europe/Lisbon")
    in_brazil = contact_orders.months(ana(), "America/Sao_Paulo")

    december, january = date(2025, 12, 1), date(2026, 1, 1)
    assert at_home == {
        "EUR": [Month(december, 1, Decimal(6)), Month(january, 2, Decimal(20))],
        "USD": [Month(january, 1, Decimal(10))],
    }
    assert in_brazil == {
        "EUR": [Month(december, 3, Decimal(26))],
        "USD": [Month(december, 1, Decimal(10))],
    }


def test_it_names_the_stores(shops: list[StoreRef]) -> None:
    make_store("third")
    assert contact_orders.stores(ana()) == list(
        Store.objects.filter(key__in=["shop", "other"]).order_by("name")
    )

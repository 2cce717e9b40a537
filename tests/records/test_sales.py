"""How the shops do equals what anyone finds who adds their orders up."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import periods, sales
from comanda.records.sales import Asked, Compared, Customers, Takings
from comanda.shapes import OrderStatus
from tests import factories
from tests.factories import LIVE, NOON

pytestmark = pytest.mark.django_db
WEEK = periods.ending(NOON, 7, ZoneInfo("Europe/Lisbon"))


@dataclass(frozen=True)
class Sale:
    """An order in one of two stores, so many hours ago."""

    store: int
    buyer: str
    currency: str
    status: OrderStatus
    cents: int
    refund: int
    hours: int


SALES = st.lists(
    st.builds(
        Sale,
        store=st.integers(0, 1),
        buyer=st.sampled_from(["", "ana", "rui", "eva"]),
        currency=st.sampled_from(["EUR", "BRL"]),
        status=st.sampled_from(OrderStatus),
        cents=st.integers(-500, 10_000),
        refund=st.sampled_from([0, 50]),
        hours=st.integers(-2, 20 * 24),
    ),
    max_size=12,
)


def sell(store: StoreRef, number: int, sale: Sale) -> None:
    order = factories.order(
        str(number),
        currency=sale.currency,
        status=sale.status,
        total=Decimal(sale.cents) / 100,
        refund_total=Decimal(sale.refund) / 100,
        contact=factories.contact(f"{sale.buyer}@example.com") if sale.buyer else None,
        placed_at=NOON - timedelta(hours=sale.hours),
    )
    (result,) = upsert(store, [order], LIVE)
    assert result.problems == []


def takings(found: list[Sale]) -> Takings:
    done = [sale for sale in found if sale.status == OrderStatus.COMPLETED]
    revenue = sum((Decimal(sale.cents - sale.refund) / 100 for sale in done), Decimal(0))
    return Takings(len(found), len(done), revenue)


def placed(found: list[Sale], since: Any, until: Any) -> list[Sale]:
    return [sale for sale in found if since <= NOON - timedelta(hours=sale.hours) < until]


def customers(found: list[Sale], since: Any, until: Any) -> Customers:
    first: dict[str, int] = defaultdict(int)
    for sale in found:
        first[sale.buyer] = max(first[sale.buyer], sale.hours)
    buyers = {sale.buyer for sale in placed(found, since, until) if sale.buyer}
    new = [buyer for buyer in buyers if NOON - timedelta(hours=first[buyer]) >= since]
    return Customers(len(new), len(buyers) - len(new))


@settings(max_examples=40)
@given(sold=SALES)
def test_it_adds_up_both_spans(sold: list[Sale]) -> None:
    factories.clear()
    refs = [factories.make_store(f"s{number}") for number in range(2)]
    for number, sale in enumerate(sold):
        sell(refs[sale.store], number, sale)
    now = placed(sold, WEEK.since, WEEK.until)
    before = placed(sold, WEEK.earlier[0], WEEK.earlier_until)

    found = sales.read(Asked(WEEK))

    assert found.total.now.orders == len(now)
    assert found.total.before.orders == len(before)
    assert found.by_currency == {
        currency: Compared(
            takings([sale for sale in now if sale.currency == currency]),
            takings([sale for sale in before if sale.currency == currency]),
        )
        for currency in {sale.currency for sale in now + before}
    }
    for number, ref in enumerate(refs):
        own = [sale for sale in now if sale.store == number and sale.currency == "EUR"]
        assert found.by_store.get(ref.id, {}).get("EUR", Compared()).now == takings(own)
    for piece, (start, end) in zip(found.by_piece("EUR"), WEEK.pieces, strict=True):
        assert piece.now == takings([sale for sale in placed(now, start, end) if sale.currency == "EUR"])
    assert sales.customers(Asked(WEEK)) == (
        customers(sold, WEEK.since, WEEK.until),
        customers(sold, WEEK.earlier[0], WEEK.earlier_until),
    )


def test_it_looks_at_one_store_or_currency(store: StoreRef) -> None:
    other = factories.make_store("other")
    for number, (where, currency) in enumerate([(store, "EUR"), (store, "BRL"), (other, "EUR")]):
        buyer = factories.contact(f"p{number}@example.com")
        placed_at = NOON - timedelta(days=1)
        order = factories.order(str(number), currency=currency, contact=buyer, placed_at=placed_at)
        upsert(where, [order], LIVE)

    here, in_reais = Asked(WEEK, store_id=store.id), Asked(WEEK, currency="BRL")

    assert list(sales.read(here).by_currency) == ["BRL", "EUR"]
    assert list(sales.read(here).by_store) == [store.id]
    assert sales.read(in_reais).total.now.orders == 1
    assert sales.customers(here)[0] == Customers(2, 0)
    assert sales.customers(in_reais)[0] == Customers(1, 0)


def test_who_bought_elsewhere_before_is_not_new(store: StoreRef) -> None:
    other = factories.make_store("other")
    buyer = factories.contact()
    upsert(other, [factories.order("1", contact=buyer, placed_at=NOON - timedelta(days=400))], LIVE)
    upsert(store, [factories.order("2", contact=buyer, placed_at=NOON - timedelta(days=1))], LIVE)

    assert sales.customers(Asked(WEEK, store_id=store.id))[0] == Customers(0, 1)


def test_it_tells_when_a_store_last_sold(store: StoreRef) -> None:
    for hours in (30, 2, 50):
        upsert(store, [factories.order(str(hours), placed_at=NOON - timedelta(hours=hours))], LIVE)

    found = sales.read(Asked(WEEK))

    assert found.last_order_at(store.id) == NOON - timedelta(hours=2)
    assert found.last_order_at(0) is None


@pytest.mark.parametrize(
    ("now", "before", "grown"), [(3, 2, "0.5"), (0, 4, "-1"), (1, 0, None), (1, -2, None)]
)
def test_it_tells_by_how_much_something_grew(now: int, before: int, grown: str | None) -> None:
    assert sales.change(now, before) == (None if grown is None else Decimal(grown))


def test_it_knows_whether_there_are_few(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        upsert(store, [factories.order(str(number), placed_at=NOON - timedelta(days=1 + 20 * number))], LIVE)

    for few, expected in ((1, False), (2, True)):
        monkeypatch.setattr(sales, "FEW", few)
        assert sales.are_few(Asked(WEEK)) is expected

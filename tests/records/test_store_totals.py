"""What stores have brought equals what anyone finds who adds their orders up."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comanda.ingest.upsert import upsert
from comanda.lib import money
from comanda.records import store_totals, stores
from comanda.records.models import Store
from comanda.shapes import OrderStatus
from tests import factories
from tests.factories import LIVE

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Sale:
    """An order in one of three stores."""

    store: int
    buyer: str
    currency: str
    status: OrderStatus
    products: tuple[str, ...]
    price: Decimal
    refund: Decimal
    minutes: int


SALES = st.lists(
    st.builds(
        Sale,
        store=st.integers(0, 2),
        buyer=st.sampled_from(["", "ana", "rui", "eva"]),
        currency=st.sampled_from(["EUR", "JPY", "KWD"]),
        status=st.sampled_from(OrderStatus),
        products=st.lists(st.sampled_from("abc"), max_size=4).map(tuple),
        price=st.decimals("-10", "1000", places=4),
        refund=st.sampled_from([Decimal(0), Decimal("0.005")]),
        minutes=st.integers(0, 10_000),
    ),
    max_size=12,
)


def sell(store: Any, number: int, sale: Sale) -> None:
    lines = [factories.line(product, price=str(sale.price)) for product in sale.products]
    order = factories.order(
        str(number),
        currency=sale.currency,
        status=sale.status,
        total=sale.price,
        refund_total=sale.refund,
        contact=factories.contact(f"{sale.buyer}@example.com") if sale.buyer else None,
        placed_at=factories.at(sale.minutes),
    )
    order.lines = lines
    (result,) = upsert(store, [order], LIVE)
    assert result.problems == []


def added_up(sales: list[Sale]) -> dict[str, Any]:
    """The same by plain addition."""
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for sale in sales:
        if sale.status == OrderStatus.COMPLETED:
            revenue[sale.currency] += sale.price - sale.refund
    return {
        "orders": len(sales),
        "lines": sum(len(sale.products) for sale in sales),
        "contacts": len({sale.buyer for sale in sales} - {""}),
        "products": len({product for sale in sales for product in sale.products}),
        "revenue": {code: money.to_the_cent(total, code) for code, total in revenue.items()},
        "last_order_at": max((factories.at(sale.minutes) for sale in sales), default=None),
    }


@settings(max_examples=40)
@given(sales=SALES)
def test_it_counts_what_each_store_has_brought(sales: list[Sale]) -> None:
    factories.clear()
    refs = [factories.make_store(f"s{number}") for number in range(3)]
    for number, sale in enumerate(sales):
        sell(refs[sale.store], number, sale)
    kept = list(Store.objects.order_by("-key"))

    told = store_totals.of(kept)

    assert [each["key"] for each in told] == ["s2", "s1", "s0"]
    for each, store in zip(told, (2, 1, 0), strict=True):
        expected = added_up([sale for sale in sales if sale.store == store])
        assert {name: each[name] for name in expected} == expected
    assert [stores.totals(store) for store in kept] == told


def test_it_tells_nothing_of_no_stores(db: None) -> None:
    assert store_totals.of([]) == []

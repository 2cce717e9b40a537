"""What a contact bought or left in a cart: orders and carts a page at a time, and how much by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from django.db.models import Q, QuerySet

from comanda.records import database
from comanda.records.models import Cart, Order, Store
from comanda.shapes import CartState, OrderStatus

T = TypeVar("T", Order, Cart)


class By(StrEnum):
    """How they are put in order."""

    LATEST = "latest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"


_UPWARD = (By.OLDEST, By.SMALLEST)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of them in order; ``more`` tells whether others lie behind."""

    items: list[T]
    more: bool


def orders(
    contact_id: int,
    by: By,
    limit: int,
    *,
    status: OrderStatus | None = None,
    store_id: int | None = None,
    after: int | None = None,
) -> Page[Order]:
    """Orders that all filters let through, behind the one with the id ``after``."""
    found = Order.objects.filter(contact_id=contact_id).select_related("store")
    if status is not None:
        found = found.filter(status=status)
    return _page(found, by, limit, store_id, after, "placed_at")


def carts(
    contact_id: int,
    by: By,
    limit: int,
    *,
    states: Sequence[CartState] = (),
    store_id: int | None = None,
    after: int | None = None,
) -> Page[Cart]:
    """Carts that all filters let through, behind the one with the id ``after``."""
    found = Cart.objects.filter(contact_id=contact_id).select_related("store")
    if states:
        found = found.filter(state__in=states)
    return _page(found, by, limit, store_id, after, "started_at")


def _page(
    found: QuerySet[T], by: By, limit: int, store_id: int | None, after: int | None, when: str
) -> Page[T]:
    if store_id is not None:
        found = found.filter(store_id=store_id)
    column = when if by in (By.LATEST, By.OLDEST) else "total"
    if after is not None:
        found = found.filter(_behind(found, column, by in _UPWARD, after))
    way = "" if by in _UPWARD else "-"
    rows = list(found.order_by(f"{way}{column}", f"{way}id")[: limit + 1])
    return Page(rows[:limit], len(rows) > limit)


def _behind(found: QuerySet[T], column: str, upward: bool, after: int) -> Q:
    """What lies behind one of them; all, where that one is there no more."""
    place = found.filter(id=after).values_list(column, flat=True).first()
    if place is None:
        return Q()
    beyond = "gt" if upward else "lt"
    return Q(**{f"{column}__{beyond}": place}) | Q(**{column: place, f"id__{beyond}": after})


@dataclass(frozen=True, slots=True)
class Month:
    """What was bought in a month: all orders, and the revenue of completed ones."""

    first_day: date
    orders: int
    revenue: Decimal


_MONTHS = """
SELECT currency, date_trunc('month', placed_at AT TIME ZONE %(zone)s)::date, count(*),
       COALESCE(sum(total - refund_total) FILTER (WHERE status = 'completed'), 0)
FROM orders WHERE contact_id = %(contact_id)s GROUP BY 1, 2 ORDER BY 1, 2
"""


def months(contact_id: int, zone: str) -> dict[str, list[Month]]:
    """By currency, the months of the time zone in which there were orders, first to last."""
    found: dict[str, list[Month]] = {}
    with database.cursor() as cursor:
        cursor.execute(_MONTHS, {"contact_id": contact_id, "zone": zone})
        for currency, first_day, count, revenue in cursor.fetchall():
            found.setdefault(currency, []).append(Month(first_day, count, revenue))
    return found


def stores(contact_id: int) -> list[Store]:
    """The stores in which the contact has orders or carts."""
    bought = Order.objects.filter(contact_id=contact_id).values("store_id")
    begun = Cart.objects.filter(contact_id=contact_id).values("store_id")
    return list(Store.objects.filter(Q(id__in=bought) | Q(id__in=begun)).order_by("name", "key"))

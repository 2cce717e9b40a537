"""One product: what was sold of it, by month, to whom, in which orders. Read from its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection

from comanda.records.models import Contact, Order

_MOST_BUYERS, _MOST_ORDERS = 10, 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What a product brought in one currency: completed orders, the prices paid for it."""

    currency: str
    sold: Decimal
    revenue: Decimal
    orders: int
    buyers: int
    first_sold_at: datetime
    last_sold_at: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the time zone in which it was sold."""

    first_day: date
    sold: Decimal
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought it, in completed orders."""

    contact: Contact
    sold: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class Bought:
    """An order with the product in it, and how many of it."""

    order: Order
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Story:
    """All of it; ``months`` by currency, first to last."""

    figures: Sequence[Figures]
    months: dict[str, list[Month]]
    buyers: Sequence[Buyer]
    latest: Sequence[Bought]


# A product that sells well has tens of thousands of lines: they are read once, for all four answers.
_STORY = """
WITH bought AS MATERIALIZED (
    SELECT o.id, o.currency, o.placed_at, o.contact_id, o.status = 'completed' AS counts,
           l.quantity, l.revenue
    FROM (SELECT order_id, sum(quantity) AS quantity, sum(total) AS revenue
          FROM order_line WHERE product_id = %(product_id)s GROUP BY 1) l
    JOIN orders o ON o.id = l.order_id
)
SELECT (SELECT json_agg(f) FROM (
    SELECT currency, sum(quantity)::text AS sold, sum(revenue)::text AS revenue, count(*) AS orders,
           count(DISTINCT contact_id) AS buyers,
           min(placed_at) AS first_sold_at, max(placed_at) AS last_sold_at
    FROM bought WHERE counts GROUP BY 1 ORDER BY 1) f),
(SELECT json_agg(m) FROM (
    SELECT currency, date_trunc('month', placed_at AT TIME ZONE %(zone)s)::date AS first_day,
           sum(quantity)::text AS sold, sum(revenue)::text AS revenue
    FROM bought WHERE counts GROUP BY 1, 2 ORDER BY 1, 2) m),
(SELECT json_agg(b) FROM (
    SELECT contact_id, sum(quantity)::text AS sold, count(*) AS orders
    FROM bought WHERE counts AND contact_id IS NOT NULL
    GROUP BY 1 ORDER BY sum(quantity) DESC, 3 DESC, 1 LIMIT %(buyers)s) b),
(SELECT json_agg(l) FROM (
    SELECT id, quantity::text FROM bought ORDER BY placed_at DESC, id DESC LIMIT %(orders)s) l)
"""


def story(product_id: int, zone: str) -> Story:
    """All that orders tell of a product; months are those of the time zone."""
    asked: dict[str, Any] = {"product_id": product_id, "zone": zone}
    asked |= {"buyers": _MOST_BUYERS, "orders": _MOST_ORDERS}
    with connection.cursor() as cursor:
        cursor.execute(_STORY, asked)
        figures, months, buyers, latest = (_rows(told) for told in cursor.fetchall()[0])
    return Story([_figures(row) for row in figures], _months(months), _buyers(buyers), _latest(latest))


def _rows(told: Any) -> list[dict[str, Any]]:
    """Django has psycopg hand JSON over as text; nothing is null."""
    rows: list[dict[str, Any]] = (orjson.loads(told) if isinstance(told, str) else told) or []
    return rows


def _figures(row: dict[str, Any]) -> Figures:
    times = {name: datetime.fromisoformat(row[name]) for name in ("first_sold_at", "last_sold_at")}
    return Figures(**{**row, "sold": Decimal(row["sold"]), "revenue": Decimal(row["revenue"]), **times})


def _months(rows: Sequence[dict[str, Any]]) -> dict[str, list[Month]]:
    found: dict[str, list[Month]] = {}
    for row in rows:
        month = Month(date.fromisoformat(row["first_day"]), Decimal(row["sold"]), Decimal(row["revenue"]))
        found.setdefault(row["currency"], []).append(month)
    return found


def _buyers(rows: Sequence[dict[str, Any]]) -> list[Buyer]:
    contacts = Contact.objects.in_bulk([row["contact_id"] for row in rows])
    return [
        Buyer(contacts[row["contact_id"]], Decimal(row["sold"]), row["orders"])
        for row in rows
        if row["contact_id"] in contacts
    ]


def _latest(rows: Sequence[dict[str, Any]]) -> list[Bought]:
    orders = Order.objects.select_related("store", "contact").in_bulk([row["id"] for row in rows])
    return [Bought(orders[row["id"]], Decimal(row["quantity"])) for row in rows if row["id"] in orders]

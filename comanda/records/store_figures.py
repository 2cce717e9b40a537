"""What stores have brought, as their pages show it: cheaper than ``store_totals``, which counts lines too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection

from comanda.records.models import Store

FEW = 50_000
"""So many orders are gone through while someone waits for a page."""

# Contacts are counted by grouping, which needs no sorting as DISTINCT does.
_ORDERS = """
SELECT store_id, currency, count(*),
       COALESCE(sum(total - refund_total) FILTER (WHERE status = 'completed'), 0), max(placed_at)
FROM orders WHERE store_id = ANY(%(ids)s) GROUP BY store_id, currency
"""
_CONTACTS = """
SELECT store_id, count(contact_id)
FROM (SELECT store_id, contact_id FROM orders WHERE store_id = ANY(%(ids)s) GROUP BY store_id, contact_id) one
GROUP BY store_id
"""
_ARE_FEW = "SELECT count(*) < %(few)s FROM (SELECT FROM orders LIMIT %(few)s) few"


@dataclass(slots=True)
class Figures:
    """What one store has brought. ``revenue`` is by currency: that of completed orders, less refunds."""

    orders: int = 0
    contacts: int = 0
    revenue: dict[str, Decimal] = field(default_factory=dict)
    last_order_at: datetime | None = None


def are_quick() -> bool:
    """Whether there are so few orders that reading them all takes no longer than a page may."""
    with connection.cursor() as cursor:
        cursor.execute(_ARE_FEW, {"few": FEW})
        return bool(cursor.fetchone()[0])


def of(stores: Sequence[Store]) -> dict[int, Figures]:
    """For each store, by its id. Reads all of their orders."""
    found = {store.pk: Figures() for store in stores}
    asked = {"ids": list(found)}
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, asked)
        for store_id, currency, orders, revenue, last_order_at in cursor.fetchall():
            own = found[store_id]
            own.orders += orders
            own.revenue[currency] = revenue
            own.last_order_at = max(filter(None, (own.last_order_at, last_order_at)))
        cursor.execute(_CONTACTS, asked)
        for store_id, contacts in cursor.fetchall():
            found[store_id].contacts = contacts
    for own in found.values():
        own.revenue = dict(sorted(own.revenue.items()))
    return found

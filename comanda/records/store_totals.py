"""What stores have brought, counted for many at once."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection

from comanda.lib import money
from comanda.records.models import Store, Sync, SyncState

# One statement, so that all counts are of the same moment; each table is gone through once however many
# stores are asked for. Contacts are counted by grouping, which needs no sorting as DISTINCT does.
_TOTALS = """
SELECT s.id, COALESCE(o.orders, 0), COALESCE(l.lines, 0), COALESCE(o.contacts, 0), COALESCE(p.products, 0),
       COALESCE(r.revenue, '{}'), o.last_order_at
FROM store s
LEFT JOIN (
    SELECT store_id, sum(orders)::bigint AS orders, count(contact_id) AS contacts,
           max(last_order_at) AS last_order_at
    FROM (
        SELECT store_id, contact_id, count(*) AS orders, max(placed_at) AS last_order_at
        FROM orders WHERE store_id = ANY(%(ids)s) GROUP BY store_id, contact_id
    ) bought
    GROUP BY store_id
) o ON o.store_id = s.id
LEFT JOIN (
    SELECT o.store_id, count(*) AS lines FROM orders o JOIN order_line l ON l.order_id = o.id
    WHERE o.store_id = ANY(%(ids)s) GROUP BY o.store_id
) l ON l.store_id = s.id
LEFT JOIN (
    SELECT store_id, count(*) AS products FROM product WHERE store_id = ANY(%(ids)s) GROUP BY store_id
) p ON p.store_id = s.id
LEFT JOIN (
    SELECT store_id, jsonb_object_agg(currency, revenue::text)::text AS revenue
    FROM (
        SELECT store_id, currency, sum(total - refund_total) AS revenue FROM orders
        WHERE store_id = ANY(%(ids)s) AND status = 'completed' GROUP BY store_id, currency
    ) brought
    GROUP BY store_id
) r ON r.store_id = s.id
WHERE s.id = ANY(%(ids)s)
"""


def of(stores: Sequence[Store]) -> list[dict[str, Any]]:
    """For each store the object of ``store list --json``. Reads all of their orders."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"ids": [store.pk for store in stores]})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    synced = _synced_to(stores)
    return [{**_told(store, *found[store.pk]), "synced_to": synced.get(store.pk)} for store in stores]


def _synced_to(stores: Sequence[Store]) -> dict[int, datetime | None]:
    """Up to when all orders of the shop are here, for those whose history is in."""
    done = Sync.objects.filter(store__in=stores, resource="orders", state=SyncState.DONE)
    return dict(done.values_list("store_id", "synced_to"))


def _told(
    store: Store,
    orders: int,
    lines: int,
    contacts: int,
    products: int,
    revenue: str,
    last_order_at: Any,
) -> dict[str, Any]:
    return {
        "key": store.key,
        "name": store.name,
        "kind": store.kind,
        "platform": store.platform,
        "currency": store.currency,
        "timezone": store.timezone,
        "orders": orders,
        "lines": lines,
        "contacts": contacts,
        "products": products,
        "revenue": {
            code: money.to_the_cent(Decimal(brought), code)
            for code, brought in sorted(orjson.loads(revenue).items())
        },
        "last_order_at": last_order_at,
    }

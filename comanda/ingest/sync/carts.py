"""What becomes of carts: ordered, abandoned, recovered.

A cart is ordered when an order comes with its id, or of the same person with the same things; abandoned when
the store's delay has passed without a change; recovered when it is ordered after that.

Platforms tell only that a cart exists. The rest is worked out here, from the records alone, so that it comes
out the same whenever it is done.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from psycopg import Cursor

from comanda.records import database, locks
from comanda.records.models import Store

DELAY = timedelta(hours=1)
_WINDOW = timedelta(days=7)
"""How long after its last change an order without the cart's id may still be the cart's."""
_PROBED = timedelta(days=28)
"""How long after its last change such an order is still looked for, for it may be told of late."""
_SAY = """
INSERT INTO activity (kind, contact_id, store_id, cart_id, at, live, data)
SELECT kind, contact_id, %(store_id)s, id, at, live,
       jsonb_build_object('total', total::text, 'currency', currency) FROM changed RETURNING cart_id
"""
_ORDERED = f""", changed AS (
    UPDATE cart c SET state = CASE f.before WHEN 'abandoned' THEN 'recovered' ELSE 'ordered' END,
           order_external_id = f.order_id, updated_at = now()
    FROM found f WHERE c.id = f.id
    RETURNING c.id, c.contact_id, c.total, c.currency, f.at,
              CASE f.before WHEN 'abandoned' THEN 'cart_recovered' ELSE 'cart_ordered' END AS kind,
              f.at > now() - interval '1 day' AS live
)
{_SAY}
"""
"""What follows on ``found``: carts with the order that each became."""
_BY_ID = f"""
WITH found AS (
    SELECT DISTINCT ON (c.id) c.id, c.state AS before, o.external_id AS order_id, o.placed_at AS at
    FROM cart c JOIN orders o ON o.store_id = c.store_id AND o.cart_external_id = c.external_id
                             AND o.cart_external_id <> ''
    WHERE c.store_id = %(store_id)s AND c.state IN ('active', 'abandoned') AND o.source_status <> 'deleted'
      AND (o.external_id <> c.external_id OR o.status NOT IN ('created', 'canceled'))
    ORDER BY c.id, o.placed_at
)
{_ORDERED}
"""
_BY_CONTACT = f"""
WITH found AS (
    SELECT DISTINCT ON (c.id) c.id, c.state AS before, o.external_id AS order_id, o.placed_at AS at
    FROM cart c JOIN orders o ON o.store_id = c.store_id AND o.contact_id = c.contact_id
    WHERE c.store_id = %(store_id)s AND c.state IN ('active', 'abandoned') AND o.status <> 'canceled'
      AND (o.cart_external_id = '' OR o.cart_external_id = o.external_id) AND o.external_id <> c.external_id
      AND (COALESCE(c.source_updated_at, c.started_at) > now() - %(probed)s
           OR c.created_at > now() - interval '1 day')  -- of a history, whose orders are here already
      AND o.placed_at >= c.started_at
      AND o.placed_at < COALESCE(c.source_updated_at, c.started_at) + %(window)s
      AND EXISTS (SELECT FROM cart_line cl JOIN order_line ol ON ol.order_id = o.id
                  AND ol.product_id = cl.product_id WHERE cl.cart_id = c.id)
    ORDER BY c.id, o.placed_at
)
{_ORDERED}
"""
_ABANDON = f"""
WITH changed AS (
    UPDATE cart c SET state = 'abandoned', updated_at = now(),
           abandoned_at = COALESCE(c.source_updated_at, c.started_at) + %(delay)s
    WHERE c.store_id = %(store_id)s AND c.state = 'active'
      AND COALESCE(c.source_updated_at, c.started_at) < now() - %(delay)s
    RETURNING c.id, c.contact_id, c.total, c.currency, c.abandoned_at AS at, 'cart_abandoned' AS kind,
              c.abandoned_at > now() - interval '1 day' AS live
)
{_SAY}
"""


def delay_of(store: Store) -> timedelta:
    """How long a cart lies until it counts as abandoned: the store's own, else an hour."""
    minutes = store.settings.get("cart_minutes")
    return timedelta(minutes=minutes) if isinstance(minutes, int) and minutes > 0 else DELAY


def settle(store: Store) -> int:
    """Works out what became of the carts of a store; gives how many changed."""
    times = {"delay": delay_of(store), "window": _WINDOW, "probed": _PROBED}
    asked: dict[str, Any] = {"store_id": store.pk, **times}
    with transaction.atomic(), database.cursor() as cursor:
        locks.enter_door(cursor)
        return sum(_do(cursor, statement, asked) for statement in (_BY_ID, _BY_CONTACT, _ABANDON))


def _do(cursor: Cursor[Any], statement: str, asked: dict[str, Any]) -> int:
    cursor.execute(statement, asked)
    return len(cursor.fetchall())

"""Orders that the shop no longer has: kept here, canceled, with the shop's word ``deleted``.

Their money no longer counts. Should the shop restore one, its next version is written over this one.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from psycopg import Cursor

from comanda.records import database, locks
from comanda.records.models import Store

WORD = "deleted"
_ORDERS = """
WITH found AS (
    SELECT id, status, contact_id FROM orders
    WHERE store_id = %(store_id)s AND external_id = ANY(%(ids)s) AND source_status <> %(word)s
    ORDER BY id FOR NO KEY UPDATE
), changed AS (
    UPDATE orders o SET status = 'canceled', source_status = %(word)s, digest = '', fingerprint = '',
           canceled_at = COALESCE(o.canceled_at, now()), updated_at = now()
    FROM found f WHERE o.id = f.id RETURNING o.id, o.contact_id, f.status AS before, o.source_status
)
INSERT INTO activity (kind, contact_id, store_id, order_id, at, live, data)
SELECT 'order_updated', contact_id, %(store_id)s, id, now(), %(live)s, jsonb_build_object('changes',
       jsonb_build_object('source_status', jsonb_build_array(NULL, %(word)s::text))
       || CASE WHEN before = 'canceled' THEN '{}'::jsonb
               ELSE jsonb_build_object('status', jsonb_build_array(before, 'canceled')) END)
FROM changed RETURNING order_id
"""
_PRODUCTS = """
UPDATE product SET archived = true, updated_at = now()
WHERE store_id = %(store_id)s AND external_id = ANY(%(ids)s) AND NOT archived
"""


def orders(store: Store, ids: Sequence[str], *, live: bool) -> int:
    """Marks these orders as deleted in the shop; gives how many were not so marked before."""
    with transaction.atomic(), database.cursor() as cursor:
        locks.enter_door(cursor)
        return _mark(cursor, store, ids, live=live)


def _mark(cursor: Cursor[Any], store: Store, ids: Sequence[str], *, live: bool) -> int:
    cursor.execute(_ORDERS, {"store_id": store.pk, "ids": list(ids), "word": WORD, "live": live})
    return len(cursor.fetchall())


def products(store: Store, ids: Sequence[str]) -> None:
    """Takes products out of the catalogue; what was bought of them stays."""
    with transaction.atomic(), database.cursor() as cursor:
        locks.enter_door(cursor)
        cursor.execute(_PRODUCTS, {"store_id": store.pk, "ids": list(ids)})

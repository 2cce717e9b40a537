"""Orders written: new ones, and newer versions of known ones.

What may overwrite what is judged in ``versions``. A new version replaces the old one whole, contact
included: what stands here is what the newest version says, in whatever order versions come in.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

from comanda.shapes import OrderIn, Outcome, Result

from . import changes, prepare, rows, text, versions
from .log import Log

_FIND = """
SELECT external_id, id, digest, source_updated_at, contact_id FROM orders
WHERE store_id = %(store_id)s AND external_id = ANY(%(keys)s) ORDER BY id FOR NO KEY UPDATE
"""
_BEFORE = """
SELECT o.id, (to_jsonb(o) - 'digest' || jsonb_build_object(
    'digest', encode(o.digest, 'hex'),
    'lines', COALESCE((SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position)
                       FROM order_line l WHERE l.order_id = o.id), '[]'),
    'refunds', COALESCE((SELECT jsonb_agg(to_jsonb(r) ORDER BY r.external_id)
                         FROM refund r WHERE r.order_id = o.id), '[]')))::text
FROM orders o WHERE o.id = ANY(%(ids)s)
"""
_CREATED = '{{"status":"{}","total":"{}","currency":"{}"}}'
"""What the activity says of a new order, as JSON; none of the three has a character to be escaped."""

_OWN = ("digest", "fingerprint", "items", "contact_id", "import_id")
_SHAPE = (
    ("number", "number"), ("status", "status"), ("source_status", "source_status"), ("currency", "currency"),
    ("total", "total"), ("refund_total", "refund_total"), ("discount_total", "discount_total"),
    ("shipping_total", "shipping_total"), ("tax_total", "tax_total"), ("placed_at", "placed_at"),
    ("paid_at", "paid_at"), ("fulfilled_at", "fulfilled_at"), ("canceled_at", "canceled_at"),
    ("source_updated_at", "updated_at"), ("coupons", "coupons"), ("tags", "tags"),
    ("shipping_method", "shipping_method"), ("payment_method", "payment_method"), ("admin_url", "admin_url"),
    ("cart_external_id", "cart_id"),
)  # fmt: skip
_UPDATE = f"""
UPDATE orders SET {", ".join(f"{column} = %({column})s" for column, _ in _SHAPE)}, items = %(items)s,
       digest = %(digest)s, fingerprint = %(fingerprint)s, contact_id = %(contact_id)s,
       import_id = %(import_id)s, updated_at = now()
WHERE id = %(id)s
"""


@dataclass(slots=True)
class Pending:
    """An order to be written; ``id`` is 0 for a new one, ``contact_id`` comes once people are known."""

    shape: OrderIn
    row: prepare.Row
    result: Result
    id: int = 0
    contact_id: int | None = None
    kept_contact_id: int | None = None


def find(
    cursor: Cursor[Any], prepared: Iterable[tuple[OrderIn, prepare.Row, Result]], log: Log
) -> list[Pending]:
    """Locks the orders known already and answers those that have something to be written.

    The results of the others are filled in here: unchanged, with the reason where it is not plain.
    """
    asked = list(prepared)
    if not asked:
        return []
    cursor.execute(_FIND, {"store_id": log.store.id, "keys": [row.key for _, row, _ in asked]})
    known = {key: found for key, *found in cursor.fetchall()}
    pending = []
    for shape, row, result in asked:
        if row.key not in known:
            result.outcome = Outcome.CREATED
            pending.append(Pending(shape, row, result))
            continue
        order_id, digest, version, contact_id = known[row.key]
        versions.judge(result, order_id, bytes(digest) == row.digest, shape.updated_at, version)
        if result.outcome is Outcome.UPDATED:
            pending.append(Pending(shape, row, result, order_id, kept_contact_id=contact_id))
    return pending


def write(cursor: Cursor[Any], pending: list[Pending], products: rows.Products, log: Log) -> None:
    """Writes orders, their lines and refunds, and tells the log."""
    new = sorted((each for each in pending if not each.id), key=lambda each: each.row.key)
    changed = sorted((each for each in pending if each.id), key=lambda each: each.id)
    _insert(cursor, new, log)
    before = _change(cursor, changed, log)
    rows.copy(
        cursor,
        "order_line",
        ("order_id", "position", "product_id", *prepare.LINE.columns),
        (rows.lines(each.id, each.row, products) for each in (*new, *changed) if each.row.lines),
    )
    rows.copy(
        cursor,
        "refund",
        ("order_id", *prepare.REFUND.columns),
        (f"{each.id}\t{refund}" for each in (*new, *changed) for refund in each.row.refunds),
    )
    for each in pending:
        _tell(each, before.get(each.id), log)


def _insert(cursor: Cursor[Any], new: list[Pending], log: Log) -> None:
    for each, order_id in zip(new, rows.next_ids(cursor, "orders", len(new)), strict=True):
        each.id = each.result.id = order_id
    import_id = text.optional(log.cause.import_id)
    rows.copy(
        cursor,
        "orders",
        ("id", "store_id", *prepare.ORDER.columns, *_OWN),
        (
            f"{each.id}\t{log.store.id}\t{each.row.columns}\t{text.binary(each.row.digest)}\t"
            f"{text.binary(each.shape.fingerprint)}\t{each.row.items}\t{text.optional(each.contact_id)}\t{import_id}"
            for each in new
        ),
    )


def _change(cursor: Cursor[Any], changed: list[Pending], log: Log) -> dict[int, str]:
    """Puts new versions over old; what stood there before, as JSON text by order id."""
    if not changed:
        return {}
    ids = {"ids": [each.id for each in changed]}
    cursor.execute(_BEFORE, ids)
    before = dict(cursor.fetchall())
    cursor.executemany(_UPDATE, [_values(each, log) for each in changed])
    cursor.execute("DELETE FROM order_line WHERE order_id = ANY(%(ids)s)", ids)
    cursor.execute("DELETE FROM refund WHERE order_id = ANY(%(ids)s)", ids)
    return before


def _values(each: Pending, log: Log) -> dict[str, Any]:
    values = {column: getattr(each.shape, attribute) for column, attribute in _SHAPE}
    values |= {
        "coupons": list(each.shape.coupons),
        "tags": list(each.shape.tags),
        "status": str(each.shape.status),
    }
    return values | {
        "id": each.id,
        "items": each.row.items,
        "digest": each.row.digest,
        "fingerprint": each.shape.fingerprint,
        "contact_id": each.contact_id,
        "import_id": log.cause.import_id,
    }


def _tell(each: Pending, before: str | None, log: Log) -> None:
    shape = each.shape
    after = f'["{each.row.digest.hex()}"]'
    if before is None:
        data = _CREATED.format(shape.status, text.number(shape.total), shape.currency)
        log.add("order_created", shape.placed_at, data, contact_id=each.contact_id, order_id=each.id)
        log.made("order", each.id, after)
    else:
        news = {"changes": changes.of_order(shape, each.contact_id, json.loads(before, parse_float=str))}
        contact_id = each.kept_contact_id if each.contact_id is None else each.contact_id
        if news["changes"]:  # else only its digest differs: another status map gave the same status
            at = shape.updated_at or log.now
            log.add("order_updated", at, news, contact_id=contact_id, order_id=each.id)
        log.replaced("order", each.id, before, after)
    log.received("order", each.row.key, shape.raw)

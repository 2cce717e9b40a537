"""Carts written; they follow the same rules of versions as orders."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

from comanda.shapes import CartIn, CartState, Outcome, Result

from . import prepare, rows, text, versions
from .log import Log

_FIND = """
SELECT external_id, id, digest, source_updated_at, contact_id, state, order_external_id FROM cart
WHERE store_id = %(store_id)s AND external_id = ANY(%(keys)s) ORDER BY id FOR NO KEY UPDATE
"""
_SHAPE = (
    ("state", "state"), ("currency", "currency"), ("total", "total"), ("started_at", "started_at"),
    ("abandoned_at", "abandoned_at"), ("source_updated_at", "updated_at"), ("order_external_id", "order_id"),
    ("url", "url"),
)  # fmt: skip
_UPDATE = f"""
UPDATE cart SET {", ".join(f"{column} = %({column})s" for column, _ in _SHAPE)}, digest = %(digest)s,
       contact_id = %(contact_id)s, updated_at = now()
WHERE id = %(id)s
"""
_BECAME = {
    CartState.ACTIVE: "cart_updated",
    CartState.ABANDONED: "cart_abandoned",
    CartState.RECOVERED: "cart_recovered",
    CartState.ORDERED: "cart_ordered",
}


@dataclass(slots=True)
class Pending:
    """A cart to be written; ``id`` is 0 for a new one."""

    shape: CartIn
    row: prepare.Row
    result: Result
    id: int = 0
    contact_id: int | None = None
    kept_contact_id: int | None = None
    state_before: str = ""


def find(
    cursor: Cursor[Any], prepared: Iterable[tuple[CartIn, prepare.Row, Result]], log: Log
) -> list[Pending]:
    """Locks the carts known already and answers those that have something to be written."""
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
        cart_id, digest, version, contact_id, state, order_id = known[row.key]
        versions.judge(result, cart_id, bytes(digest) == row.digest, shape.updated_at, version)
        if result.outcome is Outcome.UPDATED:
            _stay_ordered(shape, state, order_id)
            pending.append(Pending(shape, row, result, cart_id, None, contact_id, state))
    return pending


def _stay_ordered(shape: CartIn, state: str, order_id: str) -> None:
    """Shops go on telling of a cart that was ordered as of any other: it does not become active again.

    One that is ordered after it was abandoned is recovered.
    """
    if state in (CartState.ORDERED, CartState.RECOVERED) and shape.state is CartState.ACTIVE:
        shape.state, shape.order_id = CartState(state), shape.order_id or order_id
    elif state in (CartState.ABANDONED, CartState.RECOVERED) and shape.state is CartState.ORDERED:
        shape.state = CartState.RECOVERED


def write(cursor: Cursor[Any], pending: list[Pending], products: rows.Products, log: Log) -> None:
    """Writes carts and their lines, and tells the log."""
    new = sorted((each for each in pending if not each.id), key=lambda each: each.row.key)
    changed = sorted((each for each in pending if each.id), key=lambda each: each.id)
    for each, cart_id in zip(new, rows.next_ids(cursor, "cart", len(new)), strict=True):
        each.id = each.result.id = cart_id
    rows.copy(
        cursor,
        "cart",
        ("id", "store_id", *prepare.CART.columns, "digest", "contact_id"),
        (
            f"{each.id}\t{log.store.id}\t{each.row.columns}\t{text.binary(each.row.digest)}\t"
            f"{text.optional(each.contact_id)}"
            for each in new
        ),
    )
    if changed:
        cursor.executemany(_UPDATE, [_values(each) for each in changed])
        cursor.execute(
            "DELETE FROM cart_line WHERE cart_id = ANY(%(ids)s)", {"ids": [each.id for each in changed]}
        )
    rows.copy(
        cursor,
        "cart_line",
        ("cart_id", "position", "product_id", *prepare.LINE.columns),
        (rows.lines(each.id, each.row, products) for each in (*new, *changed) if each.row.lines),
    )
    for each in pending:
        _tell(each, log)


def _values(each: Pending) -> dict[str, Any]:
    values = {column: getattr(each.shape, attribute) for column, attribute in _SHAPE}
    return values | {
        "state": str(each.shape.state),
        "id": each.id,
        "digest": each.row.digest,
        "contact_id": each.contact_id,
    }


def _tell(each: Pending, log: Log) -> None:
    shape = each.shape
    contact_id = each.contact_id if each.contact_id is not None else each.kept_contact_id
    data = {"total": text.number(shape.total), "currency": shape.currency}
    if not each.state_before:
        log.add("cart_begun", shape.started_at, data, contact_id=contact_id, cart_id=each.id)
    if each.state_before != shape.state and (each.state_before or shape.state is not CartState.ACTIVE):
        at = (
            (shape.abandoned_at if shape.state is CartState.ABANDONED else None)
            or shape.updated_at
            or log.now
        )
        log.add(_BECAME[shape.state], at, data, contact_id=contact_id, cart_id=each.id)
    elif each.state_before:
        log.add("cart_updated", shape.updated_at or log.now, data, contact_id=contact_id, cart_id=each.id)
    log.received("cart", each.row.key, shape.raw)

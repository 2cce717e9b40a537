"""An import taken back: what it made disappears, what it changed goes back to what it was.

Whatever was changed since by someone else is left as it is and told. Runs in steps of their own
transactions, each with the door closed for a moment; one that was cut off is finished by asking again.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from psycopg import Cursor
from psycopg.types.json import Jsonb

from comanda.ingest.csv_import.undo_sql import (
    CONTACTS_BACK,
    CONTACTS_GONE,
    MEMBERSHIPS_GONE,
    ORDERS_BACK,
    ORDERS_GONE,
    ORDERS_KEPT,
    PRODUCTS_BACK,
    PRODUCTS_GONE,
)
from comanda.records import audit, database, locks
from comanda.records.models import Import, ImportState

_STEP = 5_000
_TAKE = """
SELECT record_id FROM import_write WHERE import_id = %(import_id)s AND kind = %(kind)s
ORDER BY record_id LIMIT %(step)s
"""
_FORGET = "DELETE FROM import_write WHERE import_id = %(import_id)s AND kind = %(kind)s AND record_id = ANY(%(ids)s)"


class CannotUndo(Exception):
    """The import is not one that can be taken back; the message says why."""


def undo(import_id: int, actor: str) -> dict[str, Any]:
    """Takes an import back and tells what became of it.

    Gives ``orders``, ``contacts`` and ``products``, each with how many were ``removed``, ``restored`` and
    ``kept`` (changed since, or still in use), and ``kept_orders``: the shop's ids of the first hundred orders
    kept. Raises CannotUndo, and Import.DoesNotExist for an unknown id.
    """
    job = Import.objects.get(id=import_id)
    if job.dry_run or job.state == ImportState.UNDONE or job.source != "csv":
        raise CannotUndo(f"Import {import_id} cannot be undone: {_why(job)}")
    if job.state not in (ImportState.DONE, ImportState.FAILED):
        Import.objects.filter(id=import_id).update(state=ImportState.FAILED, error="Cut off to be undone.")
    told: dict[str, Any] = {**_nothing(), **job.counts.get("undo", {})}
    for kind, step in (("order", _orders), ("contact", _contacts), ("product", _products)):
        while _step(import_id, kind, step, told):
            pass
    with transaction.atomic():
        Import.objects.filter(id=import_id).update(state=ImportState.UNDONE)
        audit.note(actor, "import.undo", f"import {import_id}", **told)
    return {"id": import_id, "state": "undone", **told}


def _why(job: Import) -> str:
    if job.dry_run:
        return "it was a dry run and wrote nothing."
    if job.source != "csv":
        return "only files can be taken back."
    return "it was undone already."


def _nothing() -> dict[str, Any]:
    blank = {"removed": 0, "restored": 0, "kept": 0}
    return {"orders": dict(blank), "contacts": dict(blank), "products": dict(blank), "kept_orders": []}


def _step(import_id: int, kind: str, step: Any, told: dict[str, Any]) -> bool:
    """Takes back some records of one kind; false when none is left."""
    with transaction.atomic(durable=True), database.cursor() as cursor:
        locks.close_door(cursor)
        cursor.execute(_TAKE, {"import_id": import_id, "kind": kind, "step": _STEP})
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return False
        asked = {"import_id": import_id, "ids": ids}
        step(cursor, asked, told)
        cursor.execute(_FORGET, {**asked, "kind": kind})
        cursor.execute(
            "UPDATE import SET counts = counts || %(undo)s WHERE id = %(import_id)s",
            {"undo": Jsonb({"undo": told}), "import_id": import_id},
        )
    return True


def _orders(cursor: Cursor[Any], asked: dict[str, Any], told: dict[str, Any]) -> None:
    kept = _run(cursor, (ORDERS_KEPT,), asked)
    untouched = {**asked, "ids": sorted(set(asked["ids"]) - {row[0] for row in kept})}
    told["orders"]["kept"] += len(kept)
    told["kept_orders"] = [*told["kept_orders"], *(row[1] for row in kept)][:100]
    told["orders"]["restored"] += len(_run(cursor, ORDERS_BACK, untouched))
    told["orders"]["removed"] += len(_run(cursor, ORDERS_GONE, untouched))


def _contacts(cursor: Cursor[Any], asked: dict[str, Any], told: dict[str, Any]) -> None:
    _run(cursor, MEMBERSHIPS_GONE, asked)
    counts = told["contacts"]
    counts["restored"] += len(_run(cursor, CONTACTS_BACK, asked))
    removed = len(_run(cursor, CONTACTS_GONE, asked))
    counts["removed"] += removed
    counts["kept"] += _made(cursor, asked, "contact") - removed


def _products(cursor: Cursor[Any], asked: dict[str, Any], told: dict[str, Any]) -> None:
    counts = told["products"]
    counts["restored"] += len(_run(cursor, PRODUCTS_BACK, asked))
    removed = len(_run(cursor, PRODUCTS_GONE, asked))
    counts["removed"] += removed
    counts["kept"] += _made(cursor, asked, "product") - removed


def _made(cursor: Cursor[Any], asked: dict[str, Any], kind: str) -> int:
    cursor.execute(
        "SELECT count(*) FROM import_write WHERE import_id = %(import_id)s AND kind = %(kind)s"
        " AND record_id = ANY(%(ids)s) AND before IS NULL",
        {**asked, "kind": kind},
    )
    found = cursor.fetchone()
    return int(found[0]) if found else 0


def _run(cursor: Cursor[Any], statements: Iterable[str], asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Runs statements one after another; the rows that the last one gives."""
    for statement in statements:
        cursor.execute(statement, asked)
    return cursor.fetchall()

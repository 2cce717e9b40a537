"""An import taken back: what it made disappears, what it changed goes back to what it was.

Whatever was changed since by someone else is left as it is and told. Runs in steps of their own
transactions, each with the door closed for a moment; one that was cut off is finished by asking again.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from psycopg import Cursor
from psycopg.types.json import Jsonb

from comanda.ingest.csv_import import turns, undo_sql
from comanda.ingest.csv_import.turns import AlreadyRunning, Turn
from comanda.records import audit, database, locks
from comanda.records import progress as showing
from comanda.records.models import Import, ImportState, ImportWrite

Progress = Callable[[int, int], None]
"""Told how many records are done, and of how many."""

_STEP = 5_000
UNDER_WAY = "It is being undone. If that was cut off, undo it again: it goes on where it was."
_TAKE = """
SELECT record_id FROM import_write
WHERE import_id = %(import_id)s AND kind = %(kind)s AND record_id > %(after)s
ORDER BY record_id LIMIT %(step)s
"""
_FORGET = """
DELETE FROM import_write
WHERE import_id = %(import_id)s AND kind = %(kind)s AND record_id = ANY(%(ids)s)
"""


class CannotUndo(Exception):
    """The import is not one that can be taken back; the message says why."""


class StillRunning(CannotUndo):
    """The import was told to stop and has not yet: ask again in a moment."""


def undo(import_id: int, actor: str, progress: Progress | None = None) -> dict[str, Any]:
    """Takes an import back and tells what became of it; one that is under way is stopped first.

    Gives ``orders``, ``contacts`` and ``products``, each with how many were ``removed``, ``restored`` and
    ``kept`` (changed since, or still in use), and ``kept_orders``: the shop's ids of the first hundred orders
    kept. Raises CannotUndo, StillRunning, and Import.DoesNotExist for an unknown id.
    """
    database.outlast(partial(_announce, import_id))
    try:
        with turns.taken(import_id) as turn:
            # Someone else may have had the turn with the very same wish.
            database.outlast(partial(_announce, import_id))
            with showing.shown(task_of(import_id)) as tell:
                return _Undoing(import_id, actor, turn, partial(_tell, tell, progress)).all()
    except AlreadyRunning:
        raise StillRunning(
            f"Import {import_id} is still being run, or undone, by another process. It was told to stop: "
            "ask again in a moment."
        ) from None


def task_of(import_id: int) -> str:
    """The name under which its progress shows."""
    return f"undo {import_id}"


def is_announced(job: Import) -> bool:
    """Whether its record says that it is being undone; nobody may be at it right now."""
    return bool(job.state == ImportState.FAILED and job.error == UNDER_WAY)


def _tell(show: showing.Tell, progress: Progress | None, done: int, total: int) -> None:
    show("undoing", done, total)
    if progress:
        progress(done, total)


def check(job: Import) -> None:
    """Raises CannotUndo for an import that cannot be taken back."""
    if job.dry_run or job.state == ImportState.UNDONE or job.source != "csv":
        raise CannotUndo(f"Import {job.pk} cannot be undone: {_why(job)}")


def _announce(import_id: int) -> None:
    """Says in the record that it is being undone, which stops a run; raises CannotUndo."""
    check(Import.objects.get(id=import_id))
    Import.objects.filter(id=import_id).exclude(state=ImportState.UNDONE).update(
        state=ImportState.FAILED, error=UNDER_WAY
    )


def _why(job: Import) -> str:
    if job.dry_run:
        return "it was a dry run and wrote nothing."
    if job.source != "csv":
        return "only files can be taken back."
    return "it was undone already."


def _nothing() -> dict[str, Any]:
    blank = {"removed": 0, "restored": 0, "kept": 0}
    return {"orders": dict(blank), "contacts": dict(blank), "products": dict(blank), "kept_orders": []}


class _Undoing:
    """One import being taken back by the process whose turn it is."""

    def __init__(self, import_id: int, actor: str, turn: Turn, progress: Progress | None) -> None:
        self._import_id, self._actor, self._turn = import_id, actor, turn
        self._progress = progress
        self._done, self._total = 0, 0

    def all(self) -> dict[str, Any]:
        """Takes all of it back; what an earlier attempt took back counts too."""
        self._total = database.outlast(ImportWrite.objects.filter(import_id=self._import_id).count)
        for kind, take_back in (("order", _orders), ("contact", _contacts), ("product", _products)):
            after: int | None = 0
            while after is not None:
                after = database.outlast(partial(self._step, kind, take_back, after))
        return database.outlast(self._end)

    def _step(
        self, kind: str, take_back: Callable[[Cursor[Any], dict[str, Any], dict[str, Any]], None], after: int
    ) -> int | None:
        """Takes back the next records of one kind; the id of the last, None when none was left."""
        self._turn.hold()
        asked: dict[str, Any] = {"import_id": self._import_id, "kind": kind, "after": after, "step": _STEP}
        with transaction.atomic(durable=True), database.cursor() as cursor:
            locks.close_door(cursor)
            ids = [row[0] for row in cursor.execute(_TAKE, asked).fetchall()]
            if not ids:
                return None
            asked["ids"] = ids
            told = self._told()
            take_back(cursor, asked, told)
            cursor.execute(_FORGET, asked)
            cursor.execute(
                "UPDATE import SET counts = counts || %(undo)s WHERE id = %(import_id)s",
                {"undo": Jsonb({"undo": told}), "import_id": self._import_id},
            )
        self._done += len(ids)
        if self._progress:
            self._progress(self._done, self._total)
        return int(ids[-1])

    def _told(self) -> dict[str, Any]:
        counts: dict[str, Any] = Import.objects.values_list("counts", flat=True).get(id=self._import_id)
        return {**_nothing(), **counts.get("undo", {})}

    def _end(self) -> dict[str, Any]:
        told = self._told()
        with transaction.atomic():
            ended = Import.objects.filter(id=self._import_id).exclude(state=ImportState.UNDONE)
            if ended.update(state=ImportState.UNDONE, error=""):
                audit.note(self._actor, "import.undo", f"import {self._import_id}", **told)
        return {"id": self._import_id, "state": "undone", **told}


def _orders(cursor: Cursor[Any], asked: dict[str, Any], told: dict[str, Any]) -> None:
    kept = _run(cursor, asked, undo_sql.ORDERS_KEPT)
    kept_ids = {row[0] for row in kept}
    _run(cursor, {**asked, "ids": sorted(kept_ids)}, undo_sql.ORDERS_PASSED_ON)
    untouched = {**asked, "ids": sorted(set(asked["ids"]) - kept_ids)}
    told["orders"]["kept"] += len(kept)
    told["kept_orders"] = [*told["kept_orders"], *(row[1] for row in kept)][:100]
    _run(cursor, untouched, *undo_sql.ORDERS_LOGGED)
    told["orders"]["restored"] += len(_run(cursor, untouched, *undo_sql.ORDERS_BACK))
    told["orders"]["removed"] += len(_run(cursor, untouched, *undo_sql.ORDERS_GONE))


def _contacts(cursor: Cursor[Any], asked: dict[str, Any], told: dict[str, Any]) -> None:
    made = _made(cursor, asked)
    stated = sorted({row[0] for row in _run(cursor, asked, undo_sql.CONSENTS_GONE)})
    _run(cursor, {"stated": stated}, undo_sql.CONSENTS_BACK)
    _run(cursor, asked, undo_sql.TAGS_GONE)
    tags = [row[0] for row in _run(cursor, asked, undo_sql.TAGS_GIVEN)]
    _run(cursor, {**asked, "tags": tags}, undo_sql.UNUSED_TAGS_GONE)
    _run(cursor, asked, undo_sql.MEMBERSHIPS_PASSED_ON, undo_sql.MEMBERSHIPS_GONE, undo_sql.IDENTITIES_GONE)
    _run(cursor, asked, undo_sql.CONTACTS_BACK)
    removed = len(_run(cursor, asked, *undo_sql.CONTACTS_GONE))
    told["contacts"]["removed"] += removed
    told["contacts"]["kept"] += made - removed
    told["contacts"]["restored"] += len(_run(cursor, asked, undo_sql.CONTACTS_LOGGED))
    _run(cursor, asked, undo_sql.CONTACTS_PASSED_ON)


def _products(cursor: Cursor[Any], asked: dict[str, Any], told: dict[str, Any]) -> None:
    made = _made(cursor, asked)
    told["products"]["restored"] += len(_run(cursor, asked, undo_sql.PRODUCTS_BACK))
    removed = len(_run(cursor, asked, undo_sql.PRODUCTS_GONE))
    told["products"]["removed"] += removed
    told["products"]["kept"] += made - removed
    _run(cursor, asked, undo_sql.PRODUCTS_PASSED_ON)


def _made(cursor: Cursor[Any], asked: dict[str, Any]) -> int:
    """How many of these records the import made that are still there."""
    return len(_run(cursor, asked, undo_sql.MADE[asked["kind"]]))


def _run(cursor: Cursor[Any], asked: dict[str, Any], *statements: str) -> list[tuple[Any, ...]]:
    """Runs statements one after another; the rows that the last one gives, if it gives any."""
    for statement in statements:
        cursor.execute(statement, asked)
    return cursor.fetchall() if cursor.description else []

"""An import run from its file to the last committed order.

Each batch is one transaction that also moves the import's mark (``after``) and keeps its problems. A run
that was cut off goes on behind that mark, so that nothing is lost and nothing comes twice.
"""

import dataclasses
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import duckdb
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from comanda.ingest.csv_import import mappings, problem_rows, staging, turns
from comanda.ingest.csv_import.problems import FileRefused, refuse
from comanda.ingest.csv_import.reader import OrderFile
from comanda.ingest.csv_import.turns import AlreadyRunning, Turn
from comanda.ingest.csv_import.writing import Writing
from comanda.lib import garbage, workdir
from comanda.records import database
from comanda.records import progress as showing
from comanda.records.models import UNFINISHED, Import, ImportProblem, ImportState

__all__ = ["AlreadyRunning", "Progress", "Stopped", "run"]

Progress = Callable[[str, int, int], None]
"""Told a stage, how much is done, and of how much.

``reading`` is counted in bytes, ``staging`` and ``writing`` in rows, ``examining`` not at all.

What it raises stops the import, which can go on later.
"""


Opened = Callable[[OrderFile], None]


class Stopped(Exception):
    """The import cannot go on now, and stays where it is; the message says why."""


def run(import_id: int, progress: Progress | None = None, opened: Opened | None = None) -> Import:
    """Runs an import to its end and gives its record; one that has ended already is left as it is.

    How far it is shows as the progress of ``import ID`` too. ``opened`` is given the file before it is read.
    A file that cannot be read ends as ``failed``, with its problems. Raises AlreadyRunning, Stopped, and
    psycopg's OperationalError when the database stays away for two minutes: then the import can be run again
    later.
    """
    with turns.taken(import_id) as turn:
        job: Import = database.outlast(partial(Import.objects.select_related("store").get, id=import_id))
        if job.state not in UNFINISHED:
            return job
        try:
            with showing.shown(f"import {import_id}", progress) as tell:
                return _run(job, turn, tell, opened)
        except database.LOST as error:
            if not database.is_full(error):
                raise
            raise Stopped(f"The disk of the database is full ({str(error).strip()}).") from error


def _run(job: Import, turn: Turn, progress: Progress, opened: Opened | None) -> Import:
    started = time.monotonic()
    database.outlast(partial(_enter, job, ImportState.READING, started_at=Now()))
    if job.dry_run:
        database.outlast(partial(_begin_anew, job))
    try:
        with workdir.opened(settings.DATA_DIR / "work", f"import-{job.id}") as folder:
            file = mappings.open_file(job, folder, progress)
            with file, garbage.collected_rarely():
                if opened:
                    opened(file)
                counts = _write(job, file, turn, started, progress)
    except FileRefused as refusal:
        return database.outlast(partial(_fail, job, refusal))
    except OSError as error:
        return database.outlast(partial(_fail, job, _unreadable(error)))
    return database.outlast(partial(_finish, job, counts, time.monotonic() - started))


def _enter(job: Import, state: ImportState, **columns: Any) -> None:
    """Says how far the import is; raises AlreadyRunning when someone has begun to undo it."""
    going_on = Import.objects.filter(id=job.id, state__in=UNFINISHED)
    if not going_on.update(state=state, **columns):
        raise AlreadyRunning(f"Import {job.id} was stopped: it is being undone.")


def _begin_anew(job: Import) -> None:
    """A dry run writes nothing to go on from."""
    job.after, job.counts, job.seconds = None, {}, 0.0
    ImportProblem.objects.filter(import_id=job.id).delete()


def _unreadable(error: OSError) -> FileRefused:
    if staging.is_full(error):
        return refuse("disk_full", f"There is no room to read the file ({error}).", "Make room, then again.")
    return refuse("unreadable", f"The file cannot be read: {error.strerror or error}.", "Give it again.")


def _write(job: Import, file: OrderFile, turn: Turn, started: float, progress: Progress) -> dict[str, Any]:
    form = dataclasses.asdict(file.format)
    database.outlast(
        partial(_enter, job, ImportState.WRITING, format=form, after=job.after, counts=job.counts)
    )
    writing = Writing(job, file, turn, started)

    def report(rows: int) -> None:
        progress("writing", rows, file.rows)

    report(writing.counts["rows"])
    try:
        writing.all(report)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise Stopped(f"There is no room left to read the file ({error}).") from error
    return writing.counts


def _fail(job: Import, refusal: FileRefused) -> Import:
    """The record says why and keeps each problem; what an earlier run wrote stays until it is undone."""
    with transaction.atomic(), database.cursor() as cursor:
        problem_rows.write(cursor, job.id, [("", problem) for problem in refusal.problems])
        Import.objects.filter(id=job.id).update(
            state=ImportState.FAILED, error=problem_rows.clean(str(refusal)), finished_at=Now()
        )
    job.refresh_from_db()
    return job


def _finish(job: Import, counts: dict[str, Any], seconds: float) -> Import:
    Import.objects.filter(id=job.id).update(
        state=ImportState.DONE, counts=counts, seconds=job.seconds + seconds, finished_at=Now()
    )
    job.refresh_from_db()
    return job

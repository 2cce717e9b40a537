"""Imports as jobs. Whatever cuts one off, the queue brings it up again, and it goes on where it was."""

from contextlib import suppress

from django.db import transaction
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from comanda.ingest.csv_import import drafts, rehearsals
from comanda.ingest.csv_import import run as runs
from comanda.ingest.csv_import import undo as undoing
from comanda.jobs import app, leaving
from comanda.records import database
from comanda.records.models import Import, ImportState

_LATER = 30
"""Seconds until an import is tried again that someone else is at, or that has no room."""


_PASSING = (runs.AlreadyRunning, runs.Stopped, undoing.StillRunning, *database.LOST)


class Again(BaseRetryStrategy):
    """When an import that did not end is brought up again: as soon as there is a worker, or later."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """None for what would fail again."""
        if isinstance(exception, leaving.Leaving):
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, _PASSING):
            return RetryDecision(retry_in={"seconds": _LATER})
        return None


@app.task(name="import.run", queue="imports", retry=Again())
def run_import(import_id: int) -> None:
    """Runs an import, or goes on with one that was cut off. One whose store was deleted is no more."""
    if not Import.objects.filter(id=import_id).exists():
        return
    runs.run(import_id, lambda stage, done, total: leaving.check())


@app.task(name="import.undo", queue="imports", retry=Again())
def undo_import(import_id: int, actor: str) -> None:
    """Takes an import back. One that is undone already may be so by this very job, cut off at its end."""
    if Import.objects.filter(id=import_id, state=ImportState.UNDONE).exists():
        return
    undoing.undo(import_id, actor, lambda done, total: leaving.check())


@app.task(name="import.look", queue="imports", retry=Again())
def look_into_draft(draft_id: int, look: int) -> None:
    """Looks into the file of a draft."""
    drafts.look(draft_id, look, lambda stage, done, total: leaving.check())


@app.task(name="import.rehearse", queue="imports", retry=Again())
def rehearse_draft(draft_id: int, import_id: int) -> None:
    """Does the dry run of a draft."""
    rehearsals.perform(draft_id, import_id, lambda stage, done, total: leaving.check())


def enqueue(import_id: int) -> None:
    """Hands an import to a worker; imports of one store run one after another."""
    store_id = Import.objects.values_list("store_id", flat=True).get(id=import_id)
    run_import.configure(lock=f"import-{store_id}").defer(import_id=import_id)


def enqueue_undo(import_id: int, actor: str) -> None:
    """Has a worker take an import back; asking twice is asking once."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        undo = undo_import.configure(queueing_lock=f"undo-{import_id}")
        undo.defer(import_id=import_id, actor=actor)


def enqueue_look(draft_id: int, look: int) -> None:
    """Has a worker look into the file of a draft."""
    look_into_draft.configure(lock=f"draft-{draft_id}").defer(draft_id=draft_id, look=look)


def enqueue_rehearsal(draft_id: int, import_id: int) -> None:
    """Has a worker do the dry run of a draft; dry runs of one draft run one after another."""
    rehearse_draft.configure(lock=f"draft-{draft_id}").defer(draft_id=draft_id, import_id=import_id)

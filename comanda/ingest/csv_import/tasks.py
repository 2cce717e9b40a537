"""Imports as jobs. Whatever cuts one off, the queue brings it up again, and it goes on where it was."""

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

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
    """Runs an import, or goes on with one that was cut off."""
    runs.run(import_id, lambda stage, done, total: leaving.check())


@app.task(name="import.undo", queue="imports", retry=Again())
def undo_import(import_id: int, actor: str) -> None:
    """Takes an import back. One that is undone already may be so by this very job, cut off at its end."""
    if Import.objects.filter(id=import_id, state=ImportState.UNDONE).exists():
        return
    undoing.undo(import_id, actor, lambda done, total: leaving.check())


def enqueue(import_id: int) -> None:
    """Hands an import to a worker; imports of one store run one after another."""
    store_id = Import.objects.values_list("store_id", flat=True).get(id=import_id)
    run_import.configure(lock=f"import-{store_id}").defer(import_id=import_id)

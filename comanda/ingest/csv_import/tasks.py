"""Imports as jobs. Whatever cuts one off, the queue brings it up again, and it goes on where it was."""

from comanda.ingest.csv_import import drafts, rehearsals
from comanda.ingest.csv_import import run as runs
from comanda.ingest.csv_import import undo as undoing
from comanda.jobs import app, leaving
from comanda.jobs.again import Again
from comanda.jobs.asking import once
from comanda.records import database
from comanda.records.models import Import, ImportState

AGAIN = Again(runs.AlreadyRunning, runs.Stopped, undoing.StillRunning, *database.LOST)


@app.task(name="import.run", queue="imports", retry=AGAIN)
def run_import(import_id: int) -> None:
    """Runs an import, or goes on with one that was cut off. One whose store was deleted is no more."""
    if not Import.objects.filter(id=import_id).exists():
        return
    runs.run(import_id, lambda stage, done, total: leaving.check())


@app.task(name="import.undo", queue="imports", retry=AGAIN)
def undo_import(import_id: int, actor: str) -> None:
    """Takes an import back. One that is undone already may be so by this very job, cut off at its end."""
    if Import.objects.filter(id=import_id, state=ImportState.UNDONE).exists():
        return
    undoing.undo(import_id, actor, lambda done, total: leaving.check())


@app.task(name="import.look", queue="imports", retry=AGAIN)
def look_into_draft(draft_id: int, look: int) -> None:
    """Looks into the file of a draft."""
    drafts.look(draft_id, look, lambda stage, done, total: leaving.check())


@app.task(name="import.rehearse", queue="imports", retry=AGAIN)
def rehearse_draft(draft_id: int, import_id: int) -> None:
    """Does the dry run of a draft."""
    rehearsals.perform(draft_id, import_id, lambda stage, done, total: leaving.check())


def enqueue(import_id: int) -> None:
    """Hands an import to a worker; imports of one store run one after another."""
    store_id = Import.objects.values_list("store_id", flat=True).get(id=import_id)
    run_import.configure(lock=f"import-{store_id}").defer(import_id=import_id)


def enqueue_undo(import_id: int, actor: str) -> None:
    """Has a worker take an import back; asking twice is asking once."""
    undo = undo_import.configure(queueing_lock=f"undo-{import_id}")
    once(undo, import_id=import_id, actor=actor)


def enqueue_look(draft_id: int, look: int) -> None:
    """Has a worker look into the file of a draft."""
    look_into_draft.configure(lock=f"draft-{draft_id}").defer(draft_id=draft_id, look=look)


def enqueue_rehearsal(draft_id: int, import_id: int) -> None:
    """Has a worker do the dry run of a draft; dry runs of one draft run one after another."""
    rehearse_draft.configure(lock=f"draft-{draft_id}").defer(draft_id=draft_id, import_id=import_id)

"""A store deleted everywhere: from the database, and from the files that are kept beside it."""

from django.db import transaction

from comanda.ingest.csv_import import kept_files, turns
from comanda.jobs import app, leaving
from comanda.jobs.again import Again
from comanda.records import database, progress, store_removal
from comanda.records.models import Import, Store

_LATER = 5
"""Seconds until it is tried again when an import has not stopped yet, or the database was away."""


class Later(Exception):
    """An import of the store has not stopped yet: try again in a moment."""


def remove(store: Store, actor: str) -> bool:
    """Deletes a store at once if it is small, else has a worker do it; whether it is gone now."""
    with transaction.atomic():
        going = store_removal.contents(store)
        if not store_removal.begin(store, going, actor):
            return False
        if not going.is_small:
            _enqueue(store.pk)
            return False
        paths = kept_files.of_store(store.pk)
        store_removal.carry_out(store.pk, _tell_nobody)
    kept_files.discard(paths)
    return True


@app.task(name="store.remove", queue="imports", retry=Again(Later, *database.LOST, later=_LATER))
def finish(store_id: int) -> None:
    """Does the rest of a removal: waits for its imports to stop, then takes all away. May be done again.

    Raises Later.
    """
    for import_id in list(Import.objects.filter(store_id=store_id).values_list("id", flat=True)):
        _wait_for(import_id)
    paths = kept_files.of_store(store_id)
    with progress.shown(task_of(store_id), lambda *told: leaving.check()) as show:
        store_removal.carry_out(store_id, lambda done, total: show("deleting", done, total))
    kept_files.discard(paths)


def task_of(store_id: int) -> str:
    """The name under which its progress shows."""
    return f"store removal {store_id}"


def _enqueue(store_id: int) -> None:
    """Behind the imports of the store, if any is under way."""
    progress.announce(task_of(store_id))
    finish.configure(lock=f"import-{store_id}").defer(store_id=store_id)


def _wait_for(import_id: int) -> None:
    """Until whoever runs the import has noticed that it is over."""
    try:
        with turns.taken(import_id):
            pass
    except turns.AlreadyRunning as running:
        raise Later(str(running)) from running


def _tell_nobody(done: int, total: int) -> None:
    """It is over before anyone could look."""

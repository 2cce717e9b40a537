"""Imports as jobs."""

from comanda.ingest.csv_import import run as runs
from comanda.ingest.csv_import import undo as undoing
from comanda.jobs import app
from comanda.records.models import Import


@app.task(name="import.run", queue="imports")
def run_import(import_id: int) -> None:
    """Runs an import, or goes on with one that was cut off."""
    try:
        runs.run(import_id)
    except runs.AlreadyRunning:
        return


@app.task(name="import.undo", queue="imports")
def undo_import(import_id: int, actor: str) -> None:
    """Takes an import back."""
    undoing.undo(import_id, actor)


def enqueue(import_id: int) -> None:
    """Hands an import to a worker; imports of one store run one after another."""
    store_id = Import.objects.values_list("store_id", flat=True).get(id=import_id)
    run_import.configure(lock=f"import-{store_id}").defer(import_id=import_id)

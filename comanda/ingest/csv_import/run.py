"""An import run from its file to the last committed order.

Each batch is one transaction that also moves the import's mark (``after``) and keeps its problems. A run
that was cut off goes on behind that mark, so that nothing is lost and nothing comes twice.
"""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from comanda.ingest.csv_import import problem_rows
from comanda.ingest.csv_import.problems import FileRefused, file_problem
from comanda.ingest.csv_import.reader import Options, OrderFile
from comanda.ingest.csv_import.writing import AlreadyRunning, Writing
from comanda.lib import garbage
from comanda.records import database
from comanda.records.models import UNFINISHED, Import, ImportState, Store

__all__ = ["AlreadyRunning", "Progress", "run"]

Progress = Callable[[str, int, int], None]
"""Told (``reading``, ``staging`` or ``writing``; how much is done; of how much: bytes, then rows)."""


def run(import_id: int, progress: Progress | None = None) -> Import:
    """Runs an import to its end and gives its record; one that has ended already is left as it is.

    A file that cannot be read ends as ``failed``, with its problems, and nothing written. Raises
    AlreadyRunning, and psycopg's OperationalError when the database stays away for two minutes: then the
    import can be run again later.
    """
    job = Import.objects.select_related("store").get(id=import_id)
    if job.state not in UNFINISHED:
        return job
    started = time.monotonic()
    Import.objects.filter(id=job.id).update(state=ImportState.READING, started_at=Now())
    work = settings.DATA_DIR / "work"
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=work, prefix=f"import-{job.id}-") as workdir:
        try:
            file = _open(job, Path(workdir), progress)
        except FileRefused as refusal:
            return _fail(job, refusal)
        except OSError as error:
            return _fail(
                job, FileRefused([file_problem("unreadable", f"a readable file ({error})", "Give it again.")])
            )
        with file, garbage.collected_rarely():
            counts = _write(job, file, started, progress)
    return _finish(job, file, counts, started)


def _open(job: Import, workdir: Path, progress: Progress | None) -> OrderFile:
    """Opens the file, by the store's remembered mapping as long as the file has those columns."""
    found = dict(job.options)
    given = found.pop("mapping", {})
    remembered = {**job.store.import_mapping, **given}
    path = Path(job.file_path)
    try:
        return OrderFile.open(path, _options(job.store, remembered, found), workdir, progress)
    except FileRefused:
        if remembered == given:
            raise
    return OrderFile.open(path, _options(job.store, given, found), workdir, progress)


def _options(store: Store, mapping: dict[str, str], found: dict[str, Any]) -> Options:
    return Options(
        mapping=mapping,
        constants=found.get("constants", {}),
        currency=store.currency,
        timezone=store.timezone,
        country=store.country,
        delimiter=found.get("delimiter"),
        encoding=found.get("encoding"),
        decimal=found.get("decimal"),
        date_order=found.get("date_order"),
    )


def _write(job: Import, file: OrderFile, started: float, progress: Progress | None) -> dict[str, Any]:
    if job.dry_run:
        job.after, job.counts = None, {}
    Import.objects.filter(id=job.id).update(
        state=ImportState.WRITING, format=dataclasses.asdict(file.format), after=job.after, counts=job.counts
    )
    writing = Writing(job, file, started)

    def report(rows: int) -> None:
        if progress:
            progress("writing", rows, file.rows)

    report(writing.counts["rows"])
    writing.all(report)
    return writing.counts


def _fail(job: Import, refusal: FileRefused) -> Import:
    """Nothing was written; the record says why and keeps each problem."""
    with transaction.atomic(), database.cursor() as cursor:
        problem_rows.write(cursor, job.id, [("", problem) for problem in refusal.problems])
        Import.objects.filter(id=job.id).update(
            state=ImportState.FAILED, error=problem_rows.clean(str(refusal)), finished_at=Now()
        )
    job.refresh_from_db()
    return job


def _finish(job: Import, file: OrderFile, counts: dict[str, Any], started: float) -> Import:
    form = file.format
    with transaction.atomic():
        Import.objects.filter(id=job.id).update(
            state=ImportState.DONE,
            counts=counts,
            seconds=job.seconds + time.monotonic() - started,
            finished_at=Now(),
        )
        if not job.dry_run:
            mapping = {field: form.header[index] for field, index in form.mapping.items()}
            Store.objects.filter(id=job.store_id).update(import_mapping=mapping)
    job.refresh_from_db()
    return job

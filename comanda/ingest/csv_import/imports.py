"""Imports as records: asked for, found again, summed up."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from comanda.ingest.csv_import import kept_files
from comanda.ingest.upsert import Rehearsal
from comanda.records import stores
from comanda.records.models import UNFINISHED, Import, ImportProblem, Store

OPTIONS = ("mapping", "constants", "delimiter", "encoding", "decimal", "date_order")
"""What an import may be told about its file; all else it finds out."""


def create(
    store: Store,
    path: Path,
    file_name: str,
    options: dict[str, Any],
    *,
    dry_run: bool,
    created_by: str,
    keep_file: bool,
) -> Import:
    """An import that waits to be run. ``keep_file`` copies the file into the data folder.

    ``options`` has any of ``OPTIONS``; raises ValueError for another, OSError for an unreadable file, and
    StoreClosed for a store that takes nothing in.
    """
    stores.check_open(store)
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise ValueError(f"unknown option {unknown[0]!r}: expected one of {', '.join(OPTIONS)}")
    made = Import(
        store=store,
        file_name=file_name,
        file_path=str(path.resolve()),
        file_digest=fingerprint(path),
        file_size=path.stat().st_size,
        options=given(options),
        dry_run=dry_run,
        created_by=created_by,
    )
    with transaction.atomic():
        made.save()
        if keep_file:
            kept_files.keep(made, path)
    return made


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Only what was said, as JSON gives it back."""
    said: dict[str, Any] = json.loads(json.dumps({key: value for key, value in options.items() if value}))
    return said


def fingerprint(path: Path) -> str:
    """What tells a file from every other: the BLAKE2b of its bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()


def find_unfinished(store: Store, path: Path, options: dict[str, Any], *, created_by: str) -> Import | None:
    """An import of the same file with the same options that the same caller began and that was cut off."""
    cut_off = Import.objects.filter(
        store=store,
        dry_run=False,
        state__in=UNFINISHED,
        created_by=created_by,
        file_digest=fingerprint(path),
    ).order_by("-id")
    return next((each for each in cut_off if each.options == given(options)), None)


def problems(import_id: int) -> QuerySet[ImportProblem]:
    """What was refused or doubted, in the order of the file."""
    return ImportProblem.objects.filter(import_id=import_id).order_by("row", "id")


def summary(import_id: int) -> dict[str, Any]:
    """The object with which ``import --json`` ends."""
    job = Import.objects.get(id=import_id)
    counts = {**blank(), **job.counts}
    return {
        "id": job.id,
        "state": job.state,
        "dry_run": job.dry_run,
        **counts,
        "seconds": round(job.seconds, 3),
        "error": job.error,
    }


def blank() -> dict[str, Any]:
    """Counts before anything was counted. ``refused`` and ``rows`` count rows of the file."""
    return {
        "rows": 0,
        "lines": 0,
        "refused": 0,
        "warnings": 0,
        "orders": {"created": 0, "updated": 0, "unchanged": 0},
        "contacts": {"created": 0, "updated": 0},
        "products": {"created": 0, "updated": 0},
    }


_WRITTEN = """
SELECT kind, count(*) FILTER (WHERE before IS NULL), count(*) FILTER (WHERE before <> '{}')
FROM import_write WHERE import_id = %(import_id)s AND kind IN ('contact', 'product') GROUP BY kind
"""


def written(import_id: int) -> dict[str, dict[str, int]]:
    """How many contacts and products an import made, and of how many it changed details."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, {"import_id": import_id})
        found = {kind: (made, changed) for kind, made, changed in cursor.fetchall()}
    return {
        f"{kind}s": dict(zip(("created", "updated"), found.get(kind, (0, 0)), strict=True))
        for kind in ("contact", "product")
    }


def rehearsed(rehearsal: Rehearsal) -> dict[str, dict[str, int]]:
    """The same for a dry run."""
    return {
        "contacts": {"created": rehearsal.contacts_created, "updated": rehearsal.contacts_updated},
        "products": {"created": rehearsal.products_created, "updated": rehearsal.products_updated},
    }

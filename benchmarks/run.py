"""All measures, one after another, on an embedded PostgreSQL of their own."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from benchmarks import api, catalog, contacts, imports, kills, pages, reads
from benchmarks.measure import Measure, save, show
from comanda.cli import database

_ALL: dict[str, Callable[[Path, bool], Iterator[Measure]]] = {
    "imports": imports.measure,
    "api": api.measure,
    "pages": pages.measure,
    "reads": reads.measure,
    "contacts": contacts.measure,
    "catalog": catalog.measure,
    "kills": kills.measure,
}


def run(quick: bool, only: str, results: Path) -> None:
    """Measures, prints the table and writes it to ``results``."""
    found: list[Measure] = []
    with database.opened() as server, tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        # Processes that are measured apart find the same database.
        os.environ["COMANDA_DATABASE_URL"] = server.dsn if server else os.environ["COMANDA_DATABASE_URL"]
        for name, measure in _ALL.items():
            if only in name:
                found += measure(Path(folder), quick)
    show(found, quick)
    save(found, results)

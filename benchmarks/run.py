"""All measures, one after another, on an embedded PostgreSQL of their own."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from benchmarks import api, catalog, contacts, imports, kills, pages, reads, shops
from benchmarks.measure import Measure, save, show, tell
from comanda.cli import database

_ALL: dict[str, Callable[[Path, bool], Iterator[Measure]]] = {
    "imports": imports.measure,
    "api": api.measure,
    "pages": pages.measure,
    "shops": shops.measure,
    "history": shops.measure_memory,
    "reads": reads.measure,
    "contacts": contacts.measure,
    "catalog": catalog.measure,
    "kills": kills.measure,
}


def run(quick: bool, only: str, results: Path) -> None:
    """Measures, tells each figure as it comes, prints the table and writes it to ``results``.

    With ``only``, figures of other measures stay in ``results`` as they are. What was measured before one
    fails is written all the same.
    """
    found: list[Measure] = []
    with database.opened() as server, tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        # Processes that are measured apart find the same database.
        os.environ["COMANDA_DATABASE_URL"] = server.dsn if server else os.environ["COMANDA_DATABASE_URL"]
        try:
            for name, measure in _ALL.items():
                if only in name:
                    for each in measure(Path(folder), quick):
                        tell(each)
                        found.append(each)
        finally:
            save(found, results, keep_others=bool(only))
    show(found, quick)

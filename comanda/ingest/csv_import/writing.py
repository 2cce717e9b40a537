"""Orders of an opened file written through the door, batch after batch."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from psycopg import Cursor
from psycopg.types.json import Jsonb

from comanda.ingest.csv_import import imports, problem_rows
from comanda.ingest.csv_import.problems import RowProblem, Severity
from comanda.ingest.csv_import.reader import OrderFile, Parsed
from comanda.ingest.csv_import.turns import AlreadyRunning, Turn
from comanda.ingest.upsert import Cause, Checked, Rehearsal, StoreRef, check, upsert
from comanda.lib.ahead import ahead
from comanda.records import database
from comanda.records.models import Import
from comanda.shapes import Result

LINES_AT_ONCE = 20_000
_KEPT = """
SELECT external_id, fingerprint FROM orders
WHERE store_id = %(store_id)s AND external_id = ANY(%(keys)s) AND fingerprint <> ''
"""
_MARK = """
UPDATE import SET after = %(after)s, counts = %(counts)s, seconds = %(seconds)s
WHERE id = %(id)s AND after IS NOT DISTINCT FROM %(before)s AND state = 'writing'
"""


@dataclass(slots=True)
class Batch:
    """Some orders of a file, one after another, those that can be written ``checked`` for the door.

    ``counts`` is what they add up to with all before them.
    """

    parsed: list[Parsed] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)
    rows: int = 0
    counts: dict[str, Any] = field(default_factory=dict)

    @property
    def last(self) -> str:
        """The id behind which the next batch begins."""
        return self.parsed[-1].order_id

    def add(self, parsed: Parsed) -> None:
        """Takes in the next order."""
        self.parsed.append(parsed)
        self.rows += parsed.rows
        if parsed.order is not None:
            self.checked.append(check(parsed.order))


def batches(parsed: Iterable[Parsed]) -> Iterator[Batch]:
    """Parsed orders in batches of about ``LINES_AT_ONCE`` rows."""
    batch = Batch()
    for each in parsed:
        batch.add(each)
        if batch.rows >= LINES_AT_ONCE:
            yield batch
            batch = Batch()
    if batch.parsed:
        yield batch


class Writing:
    """Takes an import from its mark to the end of its file, as long as it has its turn."""

    def __init__(self, job: Import, file: OrderFile, turn: Turn, started: float) -> None:
        self._job, self._file, self._turn = job, file, turn
        self._began = started - job.seconds
        self._store = StoreRef(job.store.id, job.store.key, job.store.country, job.store.contact_list_id)
        self._cause = Cause("csv", live=False, import_id=job.id)
        self._rehearsal = Rehearsal() if job.dry_run else None
        self._after: str | None = job.after
        self.counts: dict[str, Any] = {**imports.blank(), **job.counts}

    def all(self, report: Callable[[int], None]) -> None:
        """Writes all that lies behind the mark; ``report`` is told the rows done after each batch.

        Raises AlreadyRunning when someone else has the turn, or has begun to undo the import.
        """
        made = ahead(batches(self._file.read(self._after, self._fingerprints_of)), depth=2)
        try:
            for batch in made:
                database.outlast(partial(self._write, batch))
                report(self.counts["rows"])
        finally:
            made.close()
        if self._rehearsal is None:
            self.counts |= database.outlast(partial(imports.written, self._job.id))
        else:
            self.counts |= imports.rehearsed(self._rehearsal)

    def _fingerprints_of(self, keys: Sequence[str]) -> dict[str, bytes]:
        """From which rows the orders with these ids were last written, as far as a file wrote them."""
        return database.outlast(partial(_kept_fingerprints, self._store.id, list(keys)))

    def _write(self, batch: Batch) -> None:
        self._turn.hold()
        if self._is_committed(batch):
            return
        also = partial(self._keep, batch)
        if self._rehearsal is None:
            upsert(self._store, batch.checked, self._cause, also)
        else:
            results = upsert(self._store, batch.checked, self._cause, rehearsal=self._rehearsal)
            with transaction.atomic(), database.cursor() as cursor:
                also(cursor=cursor, results=results)
        self._after, self.counts = batch.last, batch.counts

    def _is_committed(self, batch: Batch) -> bool:
        """Whether this very batch was committed already, and only the answer was lost on its way."""
        kept = Import.objects.values("after", "counts").get(id=self._job.id)
        if not batch.counts or kept["after"] != batch.last:
            return False
        self._after, self.counts = batch.last, kept["counts"]
        return True

    def _keep(self, batch: Batch, cursor: Cursor[Any], results: list[Result]) -> None:
        """Moves the mark and keeps the problems, in the transaction that wrote the orders."""
        written = (parsed.order_id for parsed in batch.parsed if parsed.order is not None)
        answers = dict(zip(written, results, strict=True))
        found: list[tuple[str, RowProblem]] = []
        for parsed in batch.parsed:
            result = answers.get(parsed.order_id)
            if result is not None and result.problems and not parsed.raw_rows:
                parsed.raw_rows = self._file.rows_of(parsed.order_id)
            found += problem_rows.of_parsed(parsed, result)
        batch.counts = _added(self.counts, batch, answers, [problem for _, problem in found])
        problem_rows.write(cursor, self._job.id, found)
        mark = {"id": self._job.id, "before": self._after, "after": batch.last, "counts": Jsonb(batch.counts)}
        cursor.execute(_MARK, {**mark, "seconds": time.monotonic() - self._began})
        if cursor.rowcount != 1:
            raise AlreadyRunning(f"Import {self._job.id} was stopped: it is being undone.")


def _kept_fingerprints(store_id: int, keys: list[str]) -> dict[str, bytes]:
    with database.cursor() as cursor:
        cursor.execute(_KEPT, {"store_id": store_id, "keys": keys})
        return {key: bytes(mark) for key, mark in cursor.fetchall()}


def _added(
    before: dict[str, Any], batch: Batch, answers: dict[str, Result], found: list[RowProblem]
) -> dict[str, Any]:
    """The counts after a batch. Each row of the file is a line that came in or a row refused."""
    counts = deepcopy(before)
    counts["rows"] += batch.rows
    counts["warnings"] += sum(1 for problem in found if problem.severity is Severity.WARNING)
    for parsed in batch.parsed:
        result = answers.get(parsed.order_id)
        if parsed.is_same:
            counts["lines"] += parsed.lines
            counts["orders"]["unchanged"] += 1
        elif result is None or result.problems:
            counts["refused"] += parsed.rows
        else:
            counts["lines"] += parsed.lines
            counts["orders"][str(result.outcome)] += 1
    return counts

"""Many orders in one call: taken in as an import of their own, batch by batch."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models.functions import Now
from psycopg import Cursor
from psycopg.types.json import Jsonb

from comanda.ingest.csv_import import imports
from comanda.ingest.csv_import.problems import Severity
from comanda.ingest.upsert import Cause, StoreRef, rows, text, upsert
from comanda.lib.ahead import ahead
from comanda.records.models import Import, ImportState
from comanda.shapes import OrderIn, Outcome, Problem, Result

BATCH = 2_000
"""Orders in one transaction."""

_COLUMNS = (
    "import_id", "row", "severity", "code", "column", "value", "expected", "mend", "order_external_id",
)  # fmt: skip
_MARK = "UPDATE import SET counts = %(counts)s, seconds = %(seconds)s WHERE id = %(id)s"


@dataclass(slots=True)
class Item:
    """One order of the call, in place ``row`` (from 1): what it is, or what is wrong with it."""

    row: int
    order: OrderIn | None
    problems: list[Problem] = field(default_factory=list)
    order_id: str = ""


def take(store: StoreRef, items: Iterable[Item], *, live: bool, created_by: str, size: int) -> Import:
    """Writes the orders and gives the import that tells what became of each.

    Each batch is one transaction, with its problems and the counts so far. Raises what the door raises; the
    import then stands as failed, and what was committed stays: the call may be made again as it is.
    """
    job = Import.objects.create(
        store_id=store.id,
        source="api",
        state=ImportState.WRITING,
        file_size=size,
        created_by=created_by,
        started_at=Now(),
    )
    taking = _Taking(job, store, Cause("api", live, job.pk))
    batches = ahead(_batches(items), depth=2)
    try:
        for batch in batches:
            taking.write(batch)
    except BaseException as error:
        _end(job, ImportState.FAILED, f"It was cut off: {type(error).__name__}. Send it again.")
        raise
    finally:
        batches.close()
    taking.count_contacts()
    _end(job, ImportState.DONE, "")
    return Import.objects.select_related("store").get(id=job.pk)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


class _Taking:
    """The call under way."""

    def __init__(self, job: Import, store: StoreRef, cause: Cause) -> None:
        self._job, self._store, self._cause = job, store, cause
        self._started = time.monotonic()
        self._counts: dict[str, Any] = imports.blank()

    def write(self, batch: list[Item]) -> None:
        """One batch through the door."""
        sent = [(item, item.order) for item in batch if item.order is not None]

        def also(cursor: Cursor[Any], results: list[Result]) -> None:
            for (item, _), result in zip(sent, results, strict=True):
                item.problems = result.problems
            rows.copy(cursor, "import_problem", _COLUMNS, _problem_rows(self._job.pk, batch))
            counts = _counted(self._counts, batch, results)
            seconds = time.monotonic() - self._started
            cursor.execute(_MARK, {"counts": Jsonb(counts), "seconds": seconds, "id": self._job.pk})

        results = upsert(self._store, [order for _, order in sent], self._cause, also)
        self._counts = _counted(self._counts, batch, results)

    def count_contacts(self) -> None:
        """Adds the numbers of contacts and products made and changed."""
        counts = {**self._counts, **imports.written(self._job.pk)}
        Import.objects.filter(id=self._job.pk).update(counts=counts)


def _counted(before: dict[str, Any], batch: list[Item], results: list[Result]) -> dict[str, Any]:
    """The counts once this batch is written too."""
    orders = dict(before["orders"])
    for result in results:
        if result.outcome is not Outcome.REFUSED:
            orders[str(result.outcome)] += 1
    taken = [item.order for item in batch if item.order is not None and not item.problems]
    return {
        **before,
        "rows": before["rows"] + len(batch),
        "refused": before["refused"] + sum(bool(item.problems) for item in batch),
        "lines": before["lines"] + sum(len(order.lines) for order in taken),
        "orders": orders,
    }


def _problem_rows(import_id: int, batch: list[Item]) -> Iterator[str]:
    for item in batch:
        order_id = item.order.order_id if item.order is not None else item.order_id
        for problem in item.problems:
            said = (
                Severity.REFUSED, problem.code, problem.field, problem.value, problem.expected, problem.mend,
                order_id,
            )  # fmt: skip
            yield f"{import_id}\t{item.row}\t" + "\t".join(map(_clean, said))


def _clean(said: str) -> str:
    """Text as the database can hold it; what is wrong with it is told in words already."""
    shown = said[:1000].replace("\0", "\N{SYMBOL FOR NULL}")
    return text.raw(shown.encode("utf-8", "replace").decode())


def _end(job: Import, state: ImportState, error: str) -> None:
    Import.objects.filter(id=job.pk).update(state=state, error=error, finished_at=Now())

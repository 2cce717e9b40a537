"""Imports as they are shown."""

from datetime import datetime
from typing import Any

from comanda.api.rest.fields import Answer
from comanda.ingest.csv_import import imports
from comanda.records.models import Import, ImportProblem, ImportState


class OrderCounts(Answer):
    """Orders of a file, by what became of them."""

    created: int
    updated: int
    unchanged: int


class RecordCounts(Answer):
    """Contacts or products that an import made, and those whose details it changed."""

    created: int
    updated: int


class BackCounts(Answer):
    """What became of records when their import was taken back: ``kept`` were changed since, or are in use."""

    removed: int
    restored: int
    kept: int


class UndoOut(Answer):
    """What taking an import back did; ``kept_orders`` are the shop's ids of the first hundred orders kept."""

    orders: BackCounts
    contacts: BackCounts
    products: BackCounts
    kept_orders: list[str]


class ImportOut(Answer):
    """A file (or one bulk call) brought in. In a dry run, counts tell what would be.

    ``state`` goes from ``waiting`` over ``reading`` and ``writing`` to ``done``, or to ``failed``, where
    ``error`` says why. ``rows`` are those dealt with so far, ``rows_in_file`` all, once they are counted.
    """

    id: int
    store: str
    source: str
    state: ImportState
    dry_run: bool
    file_name: str
    file_size: int
    rows_in_file: int | None
    rows: int
    lines: int
    refused: int
    warnings: int
    orders: OrderCounts
    contacts: RecordCounts
    products: RecordCounts
    undo: UndoOut | None
    error: str
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float


class ProblemOut(Answer):
    """What was refused or doubted, where, what would have been right, and how to mend it.

    ``row`` counts as a spreadsheet does, the header being 1; 0 is the file as a whole.
    """

    row: int
    severity: str
    code: str
    column: str
    value: str
    expected: str
    mend: str
    order_id: str


class ImportDetails(ImportOut):
    """An import with its first problems."""

    problems: list[ProblemOut]


_AS_KEPT = (
    "id", "source", "state", "dry_run", "file_name", "file_size", "error", "created_by", "created_at",
    "started_at", "finished_at",
)  # fmt: skip
_OF_PROBLEM = ("row", "severity", "code", "column", "value", "expected", "mend")
_FIRST = 20


def show(job: Import) -> ImportOut:
    """An import without its problems."""
    return ImportOut(**_values(job))


def show_details(job: Import) -> ImportDetails:
    """An import with its first problems."""
    first = imports.problems(job.pk)[:_FIRST]
    return ImportDetails(**_values(job), problems=[show_problem(each) for each in first])


def show_problem(problem: ImportProblem) -> ProblemOut:
    """A problem."""
    said = {column: getattr(problem, column) for column in _OF_PROBLEM}
    return ProblemOut(order_id=problem.order_external_id, **said)


def _values(job: Import) -> dict[str, Any]:
    counts = {name: job.counts.get(name, nothing) for name, nothing in imports.blank().items()}
    return {
        **{column: getattr(job, column) for column in _AS_KEPT},
        **counts,
        "store": job.store.key,
        "rows_in_file": job.format.get("rows"),
        "undo": job.counts.get("undo"),
        "seconds": round(job.seconds, 3),
    }

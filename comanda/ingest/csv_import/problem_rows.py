"""Problems of an import kept in the database, and given back as a file to mend."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from psycopg import Cursor

from comanda.ingest.csv_import.problems import RowProblem, Severity, explain
from comanda.ingest.csv_import.reader import Parsed
from comanda.ingest.csv_import.rejects import Reject, Settings, render
from comanda.ingest.upsert import rows, text
from comanda.records.models import Import, ImportProblem
from comanda.shapes import Problem, Result

_COLUMNS = (
    "import_id", "row", "severity", "code", "column", "value", "expected", "mend", "order_external_id", "raw",
)  # fmt: skip
ALONG = Problem("refused_with_its_order", "", "", "an order whose rows are all right", "Nothing in this row.")
"""For a row that is refused only because another row of its order is."""


def of_parsed(parsed: Parsed, result: Result | None = None) -> Iterator[tuple[str, RowProblem]]:
    """Each problem of one order with the order's id; a refused order answers for all of its rows.

    ``result`` is the door's answer, if it was asked: it may refuse what the file could not know.
    """
    own = list(parsed.problems)
    for problem in result.problems if result else ():
        first, cells = parsed.raw_rows[0] if parsed.raw_rows else (0, [])
        own.append(RowProblem(first, problem.field, problem, Severity.REFUSED, cells))
    for found in own:
        yield parsed.order_id, found
    told = {found.row for found in own if found.severity is Severity.REFUSED}
    for number, cells in parsed.raw_rows:
        if number not in told:
            yield parsed.order_id, RowProblem(number, "", ALONG, Severity.REFUSED, cells)


def write(cursor: Cursor[Any], import_id: int, problems: Iterable[tuple[str, RowProblem]]) -> None:
    """Keeps problems, in the transaction under way."""
    rows.copy(
        cursor, "import_problem", _COLUMNS, (_row(import_id, order_id, found) for order_id, found in problems)
    )


def _row(import_id: int, order_id: str, found: RowProblem) -> str:
    problem = found.problem
    said = (
        found.severity,
        problem.code,
        found.column,
        problem.value,
        problem.expected,
        problem.mend,
        order_id,
    )
    raw = text.data(found.raw) if found.raw else text.NULL
    return f"{import_id}\t{found.row}\t" + "\t".join(clean(value) for value in said) + f"\t{raw}"


def clean(value: str) -> str:
    """Text as the database can hold it: what is wrong with it is told in words already."""
    return text.raw(value.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode())


def rejects(import_id: int) -> Iterator[bytes]:
    """The refused rows of an import as a CSV file in pieces (see ``rejects``)."""
    form = Import.objects.get(id=import_id).format
    header = form.get("header", [])
    settings = Settings(
        decimal=form.get("decimal", ""),
        date_order=form.get("date_order", ""),
        mapping={field: header[index] for field, index in form.get("mapping", {}).items()},
        constants=form.get("constants", {}),
    )
    return render(header, _refused(import_id), settings, form.get("delimiter", ","))


def _refused(import_id: int) -> Iterator[Reject]:
    kept = ImportProblem.objects.filter(import_id=import_id, severity=Severity.REFUSED, raw__isnull=False)
    rows = kept.order_by("row", "id").iterator(chunk_size=2000)
    for row, together in groupby(rows, key=lambda problem: problem.row):
        problems = list(together)
        own = [_told(each) for each in problems if each.code != ALONG.code]
        yield Reject(row, problems[0].raw or [], own)


def _told(kept: ImportProblem) -> RowProblem:
    problem = Problem(kept.code, kept.column, kept.value, kept.expected, kept.mend)
    return RowProblem(kept.row, kept.column, problem)


def sentence(kept: ImportProblem) -> str:
    """A kept problem in sentences."""
    return explain(_told(kept))

"""The file of refused rows, which imports as it is once it is mended.

It has the columns of the file it came from, cells as they were read. Before them stand columns that
say what is wrong; an import passes these over. The last of them has no cells: its header says by which
decimal mark, order of dates, columns and constants the rows were read, for a few rows may not show it.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from comanda.ingest.csv_import.fields import FIELDS
from comanda.ingest.csv_import.problems import RowProblem, Severity

COLUMNS = ("_row", "_column", "_problem", "_expected", "_mend")
_SETTINGS = "_settings "
_ALSO = " | "


@dataclass(frozen=True, slots=True)
class Settings:
    """How the rows of a rejects file were read; "" and empty where the file does not say."""

    decimal: str = ""
    date_order: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reject:
    """A refused row: its number in the file it came from, its cells, and what is wrong with it."""

    row: int
    cells: Sequence[str]
    problems: Sequence[RowProblem]


def is_own(title: str) -> bool:
    """Whether a column is one that only a rejects file has."""
    return title in COLUMNS or title.startswith(_SETTINGS)


def rejects_of(
    raw_rows: Iterable[tuple[int, Sequence[str]]], problems: Sequence[RowProblem]
) -> Iterator[Reject]:
    """All rows of a refused order, each with its own problems; an order is refused as a whole."""
    refusals = [problem for problem in problems if problem.severity is Severity.REFUSED]
    for row, cells in raw_rows:
        yield Reject(row, cells, [problem for problem in refusals if problem.row == row])


def render(
    header: Sequence[str], rejects: Iterable[Reject], settings: Settings, delimiter: str = ","
) -> Iterator[bytes]:
    """The rejects file in pieces, a row each, in UTF-8 with the mark by which spreadsheets know it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    buffer.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer.writerow([*COLUMNS, _title_of(settings), *header])
    yield _emptied(buffer)
    for reject in rejects:
        writer.writerow([*_told(reject), "", *reject.cells])
        yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


def settings_in(header: Sequence[str]) -> Settings:
    """How to read a rejects file, by its header; empty settings for any other file.

    The file may have been through any hands: what is not of the right type is passed over.
    """
    title = next((title for title in header if title.startswith(_SETTINGS)), "")
    try:
        said = json.loads(title.removeprefix(_SETTINGS)) if title else {}
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        return Settings()
    return Settings(
        decimal=said["decimal"] if said.get("decimal") in (".", ",") else "",
        date_order=said["date_order"] if said.get("date_order") in ("dmy", "mdy") else "",
        mapping={name: text for name, text in _texts(said.get("mapping")).items() if text in header},
        constants=_texts(said.get("constants")),
    )


def _texts(said: object) -> dict[str, str]:
    pairs = said.items() if isinstance(said, dict) else ()
    return {name: text for name, text in pairs if name in FIELDS and isinstance(text, str)}


def _title_of(settings: Settings) -> str:
    said = {
        "decimal": settings.decimal,
        "date_order": settings.date_order,
        "mapping": dict(settings.mapping),
        "constants": dict(settings.constants),
    }
    return _SETTINGS + json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)


def _told(reject: Reject) -> list[str]:
    if not reject.problems:
        said = "Another row of the same order is refused, and an order comes in as a whole."
        return [str(reject.row), "", "refused_with_its_order", said, "Nothing in this row."]
    problems = [each.problem for each in reject.problems]
    return [
        str(reject.row),
        _ALSO.join(each.column for each in reject.problems),
        _ALSO.join(
            f"{problem.code}: {problem.value}" if problem.value else problem.code for problem in problems
        ),
        _ALSO.join(problem.expected for problem in problems),
        _ALSO.join(problem.mend for problem in problems),
    ]

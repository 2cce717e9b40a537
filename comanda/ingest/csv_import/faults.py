"""Rows that are wrong as rows, whatever their cells say."""

from dataclasses import dataclass
from enum import StrEnum

from comanda.ingest.csv_import.problems import CellProblem


class Fault(StrEnum):
    """What is wrong with a row; kept beside it while the file is read."""

    WIDTH = "wrong_width"
    QUOTES = "bad_quotes"
    BYTES = "broken_text"
    NUL = "nul"
    ROW = "row_too_long"
    SHORT = "short_row"


@dataclass(frozen=True, slots=True)
class _Telling:
    expected: str
    mend: str


_TELLINGS = {
    Fault.WIDTH: _Telling(
        "As many cells as the header has.",
        "Put quotes around cells that hold the delimiter, and add what is missing.",
    ),
    Fault.QUOTES: _Telling(
        'Quotes around a whole cell, and "" for a quote inside it.',
        "Write the quotes so, or take them out.",
    ),
    Fault.BYTES: _Telling(
        "UTF-8 text, as in the rest of the file.",
        "Some bytes of the row are no UTF-8; they were read as Windows-1252. Check the accented letters.",
    ),
    Fault.NUL: _Telling("Text without NUL characters.", "Take out the NUL characters, shown as ␀."),
    Fault.ROW: _Telling(
        "A row of at most half a million characters.",
        "Shorten its cells, or mend a quote that does not close. In the rejects file they are cut.",
    ),
    Fault.SHORT: _Telling(
        "As many cells as the header has.", "The missing cells at the end of the row were taken as empty."
    ),
}


def problem_of(fault: Fault, value: str = "") -> CellProblem:
    """The fault in words."""
    telling = _TELLINGS[fault]
    return CellProblem(fault.value, "", value, telling.expected, telling.mend)

"""How the file parts its cells, and its header."""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from comanda.ingest.csv_import import header as headers
from comanda.ingest.csv_import.problems import FileRefused, refuse

DELIMITERS = (",", ";", "\t", "|")
NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "bar": "|"}
MOST_COLUMNS = 16_384
"""As many as the widest spreadsheet has."""

_RECORDS = 100
_LONGEST_TITLE = 10_000
"""A title that is longer has swallowed what is behind it."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """``lines`` physical lines stand before the first row; ``blank`` of the records there are blank."""

    delimiter: str
    header: tuple[str, ...]
    lines: int
    blank: int


def sniff(start: str, mapping: Mapping[str, str], wanted: str | None) -> Dialect:
    """Reads the dialect off the start of the file. Raises ``FileRefused`` where there is no header."""
    named, rest = _separator_line(start)
    delimiter = canonical(wanted) if wanted else named or _best(rest, mapping)
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=delimiter)
    blank = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                break
            blank += 1
        else:
            raise refuse(
                "empty", "The file holds nothing but blank lines.", "Export it again, with its rows."
            )
    except csv.Error:
        raise _unclosed() from None
    if any(len(cell) > _LONGEST_TITLE for cell in cells):
        raise _unclosed()
    if len(cells) > MOST_COLUMNS:
        raise refuse(
            "too_many_columns",
            f"The file has {len(cells):,} columns; at most {MOST_COLUMNS:,} are read.",
            "Export only the columns that are orders.",
            row=1,
        )
    return Dialect(delimiter, tuple(cells), reader.line_num + bool(named), blank)


def _unclosed() -> FileRefused:
    return refuse("unclosed_quote", "A quote in the header does not close.", "Mend the header.", row=1)


def canonical(wanted: str) -> str:
    """The delimiter as one character. Raises ``FileRefused``."""
    found = NAMES.get(wanted.lower(), wanted)
    if found not in DELIMITERS:
        raise refuse(
            "unknown_delimiter",
            f"{wanted!r} is no delimiter that is read.",
            "Use comma, semicolon, tab or bar.",
        )
    return found


def _separator_line(start: str) -> tuple[str, str]:
    """The delimiter that a first line ``sep=;`` names, as Excel writes it, and the text behind it."""
    first, _, rest = start.partition("\n")
    first = first.rstrip("\r").strip('"')
    if first.lower().startswith("sep=") and first[4:] in DELIMITERS:
        return first[4:], rest
    return "", start


def _best(start: str, mapping: Mapping[str, str]) -> str:
    """The delimiter that gives the most known headers, then the evenest rows, then the most columns."""
    return max(DELIMITERS, key=lambda delimiter: _score(start, delimiter, mapping))


def _score(start: str, delimiter: str, mapping: Mapping[str, str]) -> tuple[int, float, int]:
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    records: list[list[str]] = []
    try:
        for cells in reader:
            if cells:
                records.append(cells)
            if len(records) > _RECORDS:
                break
    except csv.Error:
        pass
    if not records or len(records[0]) < 2:
        return 0, 0.0, 0
    widths = Counter(len(cells) for cells in records[:-1] or records)
    width, count = widths.most_common(1)[0]
    even = count / sum(widths.values()) if width > 1 else 0.0
    return headers.recognise(records[0], mapping), even, len(records[0])

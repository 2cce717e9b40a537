"""The exact way through a file: record by record, for files in which a line is not always a row.

It knows cells with line ends in them, blank lines, old Mac line ends, rows of the wrong width and rows
with damage, and tells each by the number that a spreadsheet shows. What it reads is written out again
in a form that DuckDB takes at once.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from comanda.ingest.csv_import.faults import Fault
from comanda.ingest.csv_import.problems import refuse
from comanda.lib.text import shorten

LONGEST_CELL = 1 << 20
"""Characters in one cell; more is taken for a quote that does not close."""
LONGEST_ROW = 1 << 19
"""Characters in one row; a longer one is refused and its cells are cut."""

_BROKEN = re.compile("[\udc80-\udcff\0]")
_FIX = {
    **{0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)},
    0: "\u2400",
}
_CUT = 1_000
_TOLD_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What a row of the file must look like.

    ``required`` is the index of the last column that a row must reach; cells that it lacks behind that
    are empty ones. ``kept`` are the columns that are staged; with ``is_wide`` a row is kept whole too.
    """

    delimiter: str
    columns: int
    required: int
    kept: tuple[int, ...]
    is_wide: bool
    skips_spaces: bool


@dataclass(frozen=True, slots=True)
class Record:
    """``number`` is the record's place, the header being 1; ``fault`` is "" for a good row."""

    number: int
    cells: list[str]
    fault: str


class _Lines:
    """The lines of a file, counted."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.count = 0
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.last = next(self._lines)
        self.count += 1
        return self.last


def stage(
    source: Path,
    target: Path,
    shape: Shape,
    skip: tuple[int, int],
    progress: Callable[[int], None] | None = None,
) -> tuple[int, bool]:
    """Writes the records of ``source`` to ``target`` as ``n, fault, raw`` and the kept columns.

    ``skip`` tells how many lines and how many numbered records stand before the first row. Gives the
    number of records written and whether any has a fault. Raises ``FileRefused`` where a quote does
    not close.
    """
    csv.field_size_limit(LONGEST_CELL)
    count = 0
    has_faults = False
    with source.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        with target.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
            for record in _records(file, shape, skip):
                writer.writerow(_staged(record, shape))
                count += 1
                has_faults = has_faults or record.fault != ""
                if progress and count % _TOLD_EVERY == 0:
                    progress(count)
    return count, has_faults


def _records(file: Iterator[str], shape: Shape, skip: tuple[int, int]) -> Iterator[Record]:
    lines = _Lines(file)
    for _ in range(skip[0]):
        next(lines, None)
    reader = csv.reader(lines, delimiter=shape.delimiter, strict=True, skipinitialspace=shape.skips_spaces)
    number = skip[1]
    while True:
        number += 1
        before = lines.count
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _misquoted(number, lines.count - before, lines.last, shape, error)
            continue
        if any(cells) and any(map(str.strip, cells)):
            yield _checked(number, cells, shape)


def _misquoted(number: int, spanned: int, line: str, shape: Shape, error: csv.Error) -> Record:
    """A row of one line is refused for itself; a cell over several lines may have swallowed any number."""
    if spanned > 1 or "unexpected end of data" in str(error):
        raise refuse(
            "unclosed_quote",
            "A quote opens in this row and does not close as it should.",
            'Close it, or write "" for a quote inside a cell.',
            row=number,
            value=line.strip() if spanned <= 1 else "",
        ) from None
    record = _checked(number, _loosely(line, shape), shape)
    return record if record.fault == Fault.ROW else Record(number, record.cells, Fault.QUOTES)


def _loosely(line: str, shape: Shape) -> list[str]:
    """The cells of a line with misplaced quotes, as well as they can be told."""
    try:
        return next(csv.reader([line], delimiter=shape.delimiter), [])
    except csv.Error:
        return line.rstrip("\r\n").split(shape.delimiter)


def _checked(number: int, cells: list[str], shape: Shape) -> Record:
    if sum(map(len, cells)) > LONGEST_ROW:
        return Record(number, _mend([shorten(cell, _CUT) for cell in cells]), Fault.ROW)
    if _BROKEN.search("\x1f".join(cells)):
        fault = Fault.NUL if any("\0" in cell for cell in cells) else Fault.BYTES
        return Record(number, _mend(cells), fault)
    if len(cells) > shape.columns and not any(map(str.strip, cells[shape.columns :])):
        cells = cells[: shape.columns]
    if len(cells) == shape.columns:
        return Record(number, cells, "")
    if len(cells) < shape.columns and len(cells) > shape.required:
        return Record(number, cells + [""] * (shape.columns - len(cells)), Fault.SHORT)
    return Record(number, cells, Fault.WIDTH)


def _mend(cells: Sequence[str]) -> list[str]:
    """The same cells without what UTF-8 cannot hold: broken bytes by Windows-1252, NUL as its picture."""
    return [cell.translate(_FIX) for cell in cells]


def _staged(record: Record, shape: Shape) -> list[str | int]:
    cells = record.cells
    is_odd = record.fault not in ("", Fault.SHORT)
    raw = json.dumps(cells, ensure_ascii=False) if shape.is_wide or is_odd else ""
    if len(cells) < shape.columns:
        cells = cells + [""] * (shape.columns - len(cells))
    kept = [cells[index] for index in shape.kept]
    return [record.number, record.fault, raw, *kept]

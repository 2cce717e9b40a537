"""CSV files for people to open in a spreadsheet, where no cell of text can be taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from comanda.lib import money

Cell = str | int | Decimal | None

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a spreadsheet knows a formula: https://owasp.org/www-community/attacks/CSV_Injection"""

_AT_ONCE = 500


def write(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file in pieces, in UTF-8 with the mark by which spreadsheets know it."""
    buffer = io.StringIO("\ufeff", newline="")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(map(_text, header))
    for number, row in enumerate(rows, start=1):
        writer.writerow(map(_text, row))
        if number % _AT_ONCE == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _text(cell: Cell) -> str:
    """Numbers as they are; text that begins like a formula behind an apostrophe, which makes it text."""
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(_STARTS) else cell
        case Decimal():
            return money.plain(cell)
    return str(cell)

"""What the whole file says about its numbers and dates, before any one of them is read.

``1,234`` and ``03/04/2025`` mean two things each. The mark and the order are decided once, from every
value of every such column; where the values leave it open or contradict each other, the file is
refused and the two readings are shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from comanda.ingest.csv_import.fields import FIELDS, Kind
from comanda.ingest.csv_import.header import Columns
from comanda.ingest.csv_import.problems import FileRefused, file_problem, refuse
from comanda.lib import dates, numbers
from comanda.lib.dates import Epoch, Order

_MOST_SHAPES = 10_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A value of a column as it stands in ``row``; its digits may have been made alike."""

    column: str
    text: str
    row: int


@dataclass(slots=True)
class Findings:
    """How to read the file; ``names_currency`` says that some amounts stand with a currency sign or code."""

    mark: str = "."
    order: Order | None = None
    epochs: dict[str, Epoch] = field(default_factory=dict)
    names_currency: bool = False


def examine(
    connection: duckdb.DuckDBPyConnection, columns: Columns, mark: str | None, order: str | None
) -> Findings:
    """Decides mark and order; those that the caller fixed stand. Raises ``FileRefused``."""
    findings = Findings()
    forms = {
        name: list(shapes(connection, columns.mapping[name], columns.title(name)))
        for name in _fields(columns, Kind.MONEY, Kind.QUANTITY)
    }
    findings.mark = (
        _fixed_mark(mark) if mark else _decide_mark([seen for some in forms.values() for seen in some])
    )
    money = [seen for name, some in forms.items() if FIELDS[name].kind is Kind.MONEY for seen in some]
    findings.names_currency = any(numbers.names_currency(seen.text) for seen in money)
    starts: list[Seen] = []
    for name in _fields(columns, Kind.DATE):
        index = columns.mapping[name]
        findings.epochs[name] = epoch(connection, index)
        if not findings.epochs[name]:
            starts += date_starts(connection, index, columns.title(name))
    findings.order = _fixed_order(order) if order else _decide_order(connection, columns, starts)
    return findings


def _fields(columns: Columns, *kinds: Kind) -> list[str]:
    return [name for name in columns.mapping if FIELDS[name].kind in kinds]


def shapes(connection: duckdb.DuckDBPyConnection, index: int, title: str) -> Iterable[Seen]:
    """The distinct forms of a number column: every digit but 0 made a 9, an example's row with each."""
    cell = f"c{index}"
    rows = connection.execute(
        "SELECT translate(text, '12345678', '99999999') AS shape, min(row), arg_min(text, row) "
        f"FROM (SELECT {cell} AS text, min(n) AS row, count(*) AS times "
        f"FROM staged WHERE {cell} IS NOT NULL AND fault IS NULL GROUP BY text) "
        f"GROUP BY shape ORDER BY sum(times) DESC, shape LIMIT {_MOST_SHAPES}"
    ).fetchall()
    return [Seen(title, text, row) for _, row, text in rows]


def mark_proofs(forms: Iterable[Seen]) -> dict[str, Seen]:
    """The first number that proves each decimal mark, and under ``?`` the first that could have either."""
    proofs: dict[str, Seen] = {}
    for seen in sorted(forms, key=lambda seen: seen.row):
        mark = numbers.mark_of(seen.text)
        if mark == "?" or (mark and _parses(seen.text, mark)):
            proofs.setdefault(mark, seen)
    return proofs


def _decide_mark(forms: Iterable[Seen]) -> str:
    proofs = mark_proofs(forms)
    if "." in proofs and "," in proofs:
        raise _contradiction(
            "decimal", proofs["."], proofs[","], "decimals behind a point", "decimals behind a comma"
        )
    if "?" in proofs and len(proofs) == 1:
        seen = proofs["?"]
        raise refuse(
            "decimal_undecided",
            "Whether the point or the comma parts the decimals shows in no number of the file.",
            "Say which: decimal . or decimal ,",
            row=seen.row,
            column=seen.column,
            value=seen.text,
        )
    return "," if "," in proofs else "."


def _parses(text: str, mark: str) -> bool:
    try:
        numbers.parse(text, mark)
    except ValueError:
        return False
    return True


def epoch(connection: duckdb.DuckDBPyConnection, index: int) -> Epoch:
    """What a date column counts, if all of it is one kind of count."""
    cell = f"c{index}"
    where = f"FROM staged WHERE trim({cell}) <> '' AND fault IS NULL"
    first = connection.execute(f"SELECT {cell} {where} LIMIT 1").fetchone()
    if first is None or not dates.epoch_of([first[0]]):
        return Epoch.NONE
    forms = connection.execute(
        f"SELECT DISTINCT regexp_replace(translate(trim({cell}), '012345678', '999999999'), '.{{20,}}', '') "
        f"{where} LIMIT {_MOST_SHAPES}"
    ).fetchall()
    return dates.epoch_of(form for (form,) in forms)


def date_starts(connection: duckdb.DuckDBPyConnection, index: int, title: str) -> list[Seen]:
    """The distinct beginnings of a date column, where day and month stand, with the first row of each."""
    cell = f"c{index}"
    rows = connection.execute(
        f"SELECT left(trim({cell}), 6) AS start, min(n) "
        f"FROM staged WHERE {cell} IS NOT NULL AND fault IS NULL "
        f"GROUP BY start ORDER BY count(*) DESC, start LIMIT {_MOST_SHAPES}"
    ).fetchall()
    return sorted((Seen(title, start, row) for start, row in rows), key=lambda seen: seen.row)


def _decide_order(
    connection: duckdb.DuckDBPyConnection, columns: Columns, starts: list[Seen]
) -> Order | None:
    by_text = {seen.text: seen for seen in reversed(starts)}
    day_first, month_first, either = dates.order_of(seen.text for seen in starts)
    if day_first is not None and month_first is not None:
        first, second = (
            whole(connection, columns.header.index(by_text[text].column), by_text[text])
            for text in (day_first, month_first)
        )
        raise _contradiction("date_order", first, second, "the day first", "the month first")
    if day_first is not None:
        return Order.DAY_FIRST
    if month_first is not None:
        return Order.MONTH_FIRST
    if either is None:
        return None
    seen = whole(connection, columns.header.index(by_text[either].column), by_text[either])
    raise refuse(
        "date_order_undecided",
        "Whether the day or the month stands first shows in no date of the file.",
        "Say which: date_order dmy (day first) or date_order mdy (month first).",
        row=seen.row,
        column=seen.column,
        value=seen.text,
    )


def whole(connection: duckdb.DuckDBPyConnection, index: int, seen: Seen) -> Seen:
    """The same place with the whole cell."""
    cell = f"c{index}"
    found = connection.execute(f"SELECT {cell} FROM staged WHERE n = $row", {"row": seen.row}).fetchone()
    return Seen(seen.column, found[0] if found else seen.text, seen.row)


def _contradiction(option: str, first: Seen, second: Seen, says: str, says_too: str) -> FileRefused:
    mend = f"Write them alike; or say {option}, and rows that do not fit are refused one by one."
    return FileRefused(
        [
            file_problem(
                f"{option}_contradicted",
                f"This has {what}, others do not.",
                mend,
                row=s.row,
                column=s.column,
                value=s.text,
            )
            for s, what in sorted(((first, says), (second, says_too)), key=lambda pair: pair[0].row)
        ]
    )


def _fixed_mark(mark: str) -> str:
    names = {"point": ".", "dot": ".", "comma": ","}
    found = names.get(mark.lower(), mark)
    if found not in (".", ","):
        raise refuse("unknown_decimal", f"{mark!r} is no decimal mark.", "Use point or comma.")
    return found


def _fixed_order(order: str) -> Order:
    try:
        return Order(order.lower())
    except ValueError:
        raise refuse("unknown_date_order", f"{order!r} is no order of dates.", "Use dmy or mdy.") from None

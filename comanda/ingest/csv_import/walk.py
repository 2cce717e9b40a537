"""A walk through the orders of an opened file, by the bytes of their ids.

Each order is read in one of two ways, a window of some thousand rows at a time. Those whose rows are
``plain`` come as columns; for the others, and for a plain one of which anything has to be told, all rows are
read one by one. The second way is the rule, the first only its quick form: it never tells a problem.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import duckdb

from comanda.ingest.csv_import import plain, staging
from comanda.ingest.csv_import.evidence import Findings
from comanda.ingest.csv_import.fingerprints import Fingerprints
from comanda.ingest.csv_import.header import Columns
from comanda.ingest.csv_import.lines import KEY, LINE_FIELDS, NUMBER, Row, Tray
from comanda.ingest.csv_import.orders import OrderReader, Place
from comanda.ingest.csv_import.plain import Fact
from comanda.ingest.csv_import.problems import RowProblem
from comanda.ingest.csv_import.raw_rows import RawRows
from comanda.lib.text import shorten
from comanda.shapes import OrderIn, Problem

BATCH = 10_000
"""Rows that are in memory at a time, besides those of the order at hand."""


@dataclass(slots=True)
class Parsed:
    """One order, or why it is refused, or that it need not be looked at.

    ``rows`` of the file went into it; ``lines`` of the order came out, 0 when refused. ``raw_rows``
    (number and cells) are there when it is refused. Rows without an order id come together, first,
    as one that has the id "". ``is_same`` is true of an order that is known with the same rows: it was not
    read again, and has no ``order``.
    """

    order: OrderIn | None
    order_id: str
    rows: int
    lines: int
    problems: list[RowProblem]
    raw_rows: list[tuple[int, list[str]]]
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What a walk goes over: the staged rows, and all that decides how they are read.

    ``key`` is the SQL expression of the order id.
    """

    connection: duckdb.DuckDBPyConnection
    memory: staging.Memory
    key: str
    columns: Columns
    constants: Mapping[str, str]
    findings: Findings
    place: Place
    rows: int
    has_faults: bool
    raw_rows: RawRows

    def cell(self, name: str) -> str:
        """The SQL expression of a field in a row."""
        if name in self.columns.mapping:
            return f"c{self.columns.mapping[name]}"
        return staging.quoted(self.constants[name]) if name in self.constants else "NULL"

    def heads(self) -> list[str]:
        """The fields that speak of the order as a whole and have a column."""
        return [name for name in self.columns.mapping if name not in LINE_FIELDS and name != "order_id"]

    def reader(self) -> OrderReader:
        """What makes orders of rows."""
        settled = {k: v for k, v in self.constants.items() if k not in LINE_FIELDS and k != "order_id"}
        return OrderReader(self.heads(), settled, self.findings, self.place, has_faults=self.has_faults)


class Walk:
    """The orders behind ``after`` that are not in the table ``same``."""

    def __init__(self, ground: Ground, fingerprints: Fingerprints, after: str | None) -> None:
        self._ground, self._after = ground, after
        self._marks = fingerprints.all(after)
        # Each tells of a status word once: what the first cannot read is news to the second too.
        self._plain, self._exact = ground.reader(), ground.reader()

    def __iter__(self) -> Iterator[Parsed]:
        ground = self._ground
        ground.memory.run(self._build)
        lines = plain.Lines(ground.connection, ground.memory)
        odd = self._groups("key IN (SELECT key FROM fact WHERE NOT is_plain)", {})
        try:
            for window in _windows(plain.facts(ground.connection)):
                yield from self._with_raw(self._read(window, lines, odd))
        finally:
            lines.close()
            odd.close()

    def _build(self) -> None:
        ground = self._ground
        if ground.rows <= plain.FEW:
            plain.build_none(ground.connection, ground.key, self._after)
            return
        cells = {name: ground.cell(name) for name in LINE_FIELDS}
        heads = [ground.cell(name) for name in ground.heads()]
        plain.build(ground.connection, ground.key, cells, heads, ground.findings, self._after)

    def _read(self, window: Sequence[Fact], lines: plain.Lines, odd: Iterator[list[Row]]) -> list[Parsed]:
        ready: dict[str, OrderIn] = {}
        doubtful: list[Fact] = []
        for fact in window:
            if fact.is_plain:
                order = self._plain.read_plain(fact, lines.take(fact))
                if order is None:
                    doubtful.append(fact)
                else:
                    ready[fact.key] = order
        again = self._again(doubtful)
        found = []
        for fact in window:
            order = ready.get(fact.key)
            if order is not None:
                found.append(Parsed(order, fact.key, fact.rows, fact.rows, [], []))
            else:
                found.append(self._parsed(again.get(fact.key) or next(odd)))
            self._mark(found[-1])
        return found

    def _mark(self, parsed: Parsed) -> None:
        mark = next(mark for key, mark, _ in self._marks if key == parsed.order_id)
        if parsed.order is not None and not parsed.problems:
            parsed.order.fingerprint = mark

    def _again(self, facts: Sequence[Fact]) -> dict[str, list[Row]]:
        """The rows of these orders, by id."""
        if not facts:
            return {}
        asked = {
            "keys": [fact.key for fact in facts],
            "first": min(fact.first for fact in facts),
            "last": max(fact.last for fact in facts),
        }
        groups = self._groups("key IN (SELECT unnest($keys)) AND n BETWEEN $first AND $last", asked)
        return {rows[0][KEY]: rows for rows in groups}

    def _groups(self, where: str, values: Mapping[str, object]) -> Generator[list[Row]]:
        """The rows of each of these orders in file order."""
        cells = [self._ground.cell(name) for name in (*LINE_FIELDS, *self._ground.heads())]
        question = f"SELECT key, n, fault, {', '.join(cells)} FROM fresh WHERE {where} ORDER BY key, n"
        with self._ground.connection.cursor() as cursor:
            first = self._ground.memory.run(lambda: cursor.execute(question, values).fetchmany(BATCH))
            for _, rows in groupby(_rest(first, cursor), itemgetter(KEY)):
                yield list(rows)

    def _parsed(self, rows: list[Row]) -> Parsed:
        order, tray = self._exact.read(rows)
        lines = len(order.lines) if order else 0
        problems = self._tell(tray) if tray.found else []
        raw: list[tuple[int, list[str]]] = []
        if order is None:
            raw = [(row[NUMBER], []) for row in rows]
        return Parsed(order, rows[0][KEY], len(rows), lines, problems, raw)

    def _tell(self, tray: Tray) -> list[RowProblem]:
        return [
            RowProblem(
                row,
                self._ground.columns.title(found.field) if found.field else "",
                Problem(found.code, found.field, shorten(found.value), found.expected, found.mend),
                severity,
            )
            for row, severity, found in sorted(tray.found, key=lambda found: found[0])
        ]

    def _with_raw(self, parsed: list[Parsed]) -> list[Parsed]:
        """The same with the cells of refused rows, all asked for at once."""
        wanted = [number for each in parsed for number, _ in each.raw_rows]
        if not wanted:
            return parsed
        cells = dict(self._ground.raw_rows.numbered(wanted))
        for each in parsed:
            each.raw_rows = [(number, cells[number]) for number, _ in each.raw_rows]
            for problem in each.problems:
                problem.raw = cells.get(problem.row, [])
        return parsed


def _windows(facts: Iterator[Fact]) -> Iterator[list[Fact]]:
    """Orders of about ``BATCH`` rows together."""
    window: list[Fact] = []
    rows = 0
    for fact in facts:
        window.append(fact)
        rows += fact.rows
        if rows >= BATCH:
            yield window
            window, rows = [], 0
    if window:
        yield window


def _rest(rows: list[Row], cursor: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    while rows:
        yield from rows
        rows = cursor.fetchmany(BATCH)

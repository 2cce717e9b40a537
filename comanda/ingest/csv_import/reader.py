"""A file of order lines, opened, understood and read as orders.

Opening goes over the whole file once and settles everything that the file as a whole decides; reading
then gives one order after another, sorted by the bytes of their ids, and can begin behind any of them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from heapq import merge
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import duckdb

from comanda.ingest.csv_import import (
    constants,
    evidence,
    fingerprints,
    header,
    loading,
    rejects,
    source,
    staging,
)
from comanda.ingest.csv_import import dialect as dialects
from comanda.ingest.csv_import.evidence import Findings
from comanda.ingest.csv_import.fingerprints import Fingerprints, Known
from comanda.ingest.csv_import.header import Columns
from comanda.ingest.csv_import.lines import KEY, LINE_FIELDS, NUMBER, Row, Tray
from comanda.ingest.csv_import.loading import Loaded
from comanda.ingest.csv_import.orders import OrderReader, Place
from comanda.ingest.csv_import.problems import FileRefused, RowProblem, Severity
from comanda.ingest.csv_import.rejects import Settings
from comanda.lib.text import shorten
from comanda.shapes import OrderIn, Problem

__all__ = ["FileRefused", "Format", "Options", "OrderFile", "Parsed", "RowProblem", "Severity"]

BATCH = 10_000
"""Rows that are in memory at a time, besides those of the order at hand."""


@dataclass(frozen=True)
class Options:
    """What the caller fixed; ``None`` is to be found out.

    ``mapping`` gives fields the header of their column, ``constants`` a value for all rows.
    ``currency`` and ``timezone`` are the store's; ``country`` its ISO 3166 alpha-2 code or "".
    ``decimal`` is ``.`` or ``,``; ``date_order`` is ``dmy`` or ``mdy``. ``statuses`` says what words of the
    store's own mean.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    currency: str = "EUR"
    timezone: str = "UTC"
    country: str = ""
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    date_order: str | None = None
    statuses: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Format:
    """What was found out of the file; kept with the import.

    ``mapping`` gives fields the index of their column, ``dates`` date fields how they are written:
    ``iso``, ``dmy``, ``mdy``, ``seconds`` or ``milliseconds``. ``ignored`` are headers of no field.
    """

    delimiter: str
    encoding: str
    decimal: str
    date_order: str
    dates: dict[str, str]
    header: list[str]
    mapping: dict[str, int]
    constants: dict[str, str]
    ignored: list[str]
    rows: int
    orders: int

    def settings(self) -> Settings:
        """What a rejects file of this file says of itself."""
        mapping = {name: self.header[index] for name, index in self.mapping.items()}
        return Settings(self.decimal, self.date_order, mapping, self.constants)

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold of it, which is all."""
        return asdict(self)


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


class OrderFile:
    """An opened file. It keeps its rows in ``workdir`` until ``close``."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        columns: Columns,
        loaded: Loaded,
        findings: Findings,
        options: Options,
        form: Format,
        workdir: Path,
    ) -> None:
        self.format, self.rows, self.orders = form, loaded.rows, loaded.orders
        self._connection, self._columns, self._loaded = connection, columns, loaded
        self._findings, self._workdir = findings, workdir
        self._memory = staging.Memory(connection)
        zone, now = ZoneInfo(options.timezone), datetime.now(UTC)
        self._place = Place(options.currency, zone, options.country, now, options.statuses)
        self._constants = constants.settle(columns.constants, findings, self._place)
        self._fingerprints = self._fingerprinted(options)

    def _fingerprinted(self, options: Options) -> Fingerprints:
        form, key = self.format, self._loaded.key
        values = {"order_id": self._constants["order_id"]} if key.startswith("$") else {}
        fingerprints.build(self._connection, key, list(form.mapping.values()), values)
        titles = {name: form.header[index] for name, index in form.mapping.items()}
        reading = {"decimal": form.decimal, "dates": form.dates, "order": form.date_order, "mapping": titles,
                   "constants": form.constants, "currency": options.currency, "timezone": options.timezone,
                   "country": options.country, "statuses": dict(options.statuses)}  # fmt: skip
        return Fingerprints(self._connection, reading)

    @classmethod
    def open(
        cls,
        path: Path,
        options: Options,
        workdir: Path,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Self:
        """Goes over the whole file. Raises ``FileRefused`` when it cannot be read or is undecided.

        ``progress`` is told a stage (``reading`` in bytes, ``staging`` in rows, ``examining`` in nothing that
        can be counted), how far and of how much.
        """
        workdir.mkdir(parents=True, exist_ok=True)
        connection = None
        try:
            text = source.prepare(path, workdir, options.encoding, progress)
            dialect = dialects.sniff(source.start_of(text), options.mapping, options.delimiter)
            options = _completed(options, rejects.settings_in(dialect.header))
            columns = header.resolve(dialect.header, options.mapping, options.constants)
            connection = staging.connect(workdir, text.marks.size)
            memory = staging.Memory(connection)
            load = partial(loading.load, connection, text, dialect, columns, workdir, progress)
            loaded = memory.run(load)
            source.discard(text)
            staging.lock(connection)
            if progress:
                progress("examining", 0, 0)
            examine = partial(evidence.examine, connection, columns, options.decimal, options.date_order)
            findings = memory.run(examine)
            form = _form(text.encoding, dialect.delimiter, columns, findings, loaded)
            make = partial(cls, connection, columns, loaded, findings, options, form, workdir)
            return memory.run(make)
        except BaseException as error:
            staging.discard(connection, workdir)
            refusal = staging.refusal_of(error)
            if refusal is not None:
                raise refusal from error
            raise

    def read(self, after: str | None = None, known: Known | None = None) -> Iterator[Parsed]:
        """The orders by the bytes of their ids; only those whose id sorts behind ``after``.

        ``known`` tells the fingerprints of orders that are there already: those that carry the same are
        given as ``is_same``, in their place, without being read.
        """
        self._fingerprints.skip(after, known or (lambda keys: {}))
        return merge(self._read(after), self._same(after), key=lambda parsed: parsed.order_id.encode())

    def _same(self, after: str | None) -> Iterator[Parsed]:
        where, values = ("WHERE key > $after", {"after": after}) if after is not None else ("", {})
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT key, rows FROM same {where}", values)
            while found := cursor.fetchmany(BATCH):
                for key, rows in found:
                    yield Parsed(None, key, rows, rows, [], [], is_same=True)

    def _read(self, after: str | None) -> Iterator[Parsed]:
        fields = [name for name in self._columns.mapping if name not in LINE_FIELDS and name != "order_id"]
        settled = {k: v for k, v in self._constants.items() if k not in LINE_FIELDS and k != "order_id"}
        reader = OrderReader(
            fields,
            settled,
            self._findings,
            self._place,
            has_totals="line_total" in {*self._columns.mapping, *self._constants},
            has_faults=self._loaded.has_faults,
        )
        waiting: list[Parsed] = []
        count = 0
        marks = self._fingerprints.all(after)
        for rows in self._groups(fields, after):
            parsed = self._parsed(reader, rows)
            mark = next(mark for key, mark, _ in marks if key == parsed.order_id)
            if parsed.order is not None and not parsed.problems:
                parsed.order.fingerprint = mark
            waiting.append(parsed)
            count += len(rows)
            if count >= BATCH:
                yield from self._with_raw(waiting)
                waiting, count = [], 0
        yield from self._with_raw(waiting)

    def rows_of(self, order_id: str) -> list[tuple[int, list[str]]]:
        """Number and cells of the rows of an order, for one that is refused after it was read."""
        key = self._loaded.key
        parameters = {"asked": order_id}
        if key.startswith("$"):
            parameters["order_id"] = self._constants["order_id"]
        with self._connection.cursor() as cursor:
            rows = cursor.execute(f"SELECT n FROM staged WHERE {key} = $asked", parameters).fetchall()
        return sorted(self._raw([number for (number,) in rows]))

    def first_ids(self, count: int) -> list[str]:
        """The ids of the orders that stand first in the file."""
        key = self._loaded.key
        parameters = {"order_id": self._constants["order_id"]} if key.startswith("$") else {}
        with self._connection.cursor() as cursor:
            first = cursor.execute(
                f"SELECT key FROM (SELECT {key} AS key, n FROM staged LIMIT {BATCH}) WHERE key <> '' "
                f"GROUP BY key ORDER BY min(n) LIMIT {count}",
                parameters,
            ).fetchall()
        return [order_id for (order_id,) in first]

    def close(self) -> None:
        """Gives back the disk that the rows took."""
        staging.discard(self._connection, self._workdir)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _groups(self, fields: Sequence[str], after: str | None) -> Iterator[list[Row]]:
        """The rows of each order in file order."""
        sql, parameters = self._question(fields, after)
        cursor = self._connection.cursor()
        try:
            rows = self._memory.run(lambda: cursor.execute(sql, parameters).fetchmany(BATCH))
            group: list[Row] = []
            key = None
            while rows:
                for row in rows:
                    if row[KEY] == key:
                        group.append(row)
                    else:
                        if group:
                            yield group
                        group, key = [row], row[KEY]
                rows = cursor.fetchmany(BATCH)
            if group:
                yield group
        finally:
            cursor.close()

    def _question(self, fields: Sequence[str], after: str | None) -> tuple[str, dict[str, Any]]:
        parameters: dict[str, Any] = {}
        cells = [self._cell(name, parameters) for name in (*LINE_FIELDS, *fields)]
        key = self._loaded.key
        if key.startswith("$"):
            parameters["order_id"] = self._constants["order_id"]
        where = f"WHERE {key} NOT IN (SELECT key FROM same)"
        if after is not None:
            where, parameters["after"] = f"{where} AND {key} > $after", after
        return (
            f"SELECT {key} AS key, n, fault, {', '.join(cells)} FROM staged {where} ORDER BY key, n",
            parameters,
        )

    def _cell(self, name: str, parameters: dict[str, Any]) -> str:
        if name in self._columns.mapping:
            return f"c{self._columns.mapping[name]}"
        if name in self._constants:
            parameters[name] = self._constants[name]
            return f"${name}::VARCHAR"
        return "NULL"

    def _parsed(self, reader: OrderReader, rows: list[Row]) -> Parsed:
        order, tray = reader.read(rows)
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
                self._columns.title(found.field) if found.field else "",
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
        cells = dict(self._raw(wanted))
        for each in parsed:
            each.raw_rows = [(number, cells[number]) for number, _ in each.raw_rows]
            for problem in each.problems:
                problem.raw = cells.get(problem.row, [])
        return parsed

    def _raw(self, numbers: list[int]) -> Iterator[tuple[int, list[str]]]:
        width = len(self._columns.header)
        columns = "" if self._loaded.is_wide else "".join(f", c{index}" for index in range(width))
        with self._connection.cursor() as cursor:
            rows = cursor.execute(
                f"SELECT n, raw{columns} FROM staged WHERE n IN (SELECT unnest($numbers))",
                {"numbers": numbers},
            ).fetchall()
        for number, raw, *cells in rows:
            yield number, json.loads(raw) if raw else [cell or "" for cell in cells]


def _completed(options: Options, settings: Settings) -> Options:
    """The options, and what a rejects file says of itself where they are silent."""
    mapping = {k: v for k, v in settings.mapping.items() if k not in options.constants}
    constants = {k: v for k, v in settings.constants.items() if k not in options.mapping}
    return replace(
        options,
        mapping={**mapping, **options.mapping},
        constants={**constants, **options.constants},
        decimal=options.decimal or settings.decimal or None,
        date_order=options.date_order or settings.date_order or None,
    )


def _form(encoding: str, delimiter: str, columns: Columns, findings: Findings, loaded: Loaded) -> Format:
    order = findings.order.value if findings.order else ""
    return Format(
        delimiter=delimiter,
        encoding=encoding,
        decimal=findings.mark,
        date_order=order,
        dates={name: epoch.value or order or "iso" for name, epoch in findings.epochs.items()},
        header=list(columns.header),
        mapping=dict(columns.mapping),
        constants=dict(columns.constants),
        ignored=list(columns.ignored),
        rows=loaded.rows,
        orders=loaded.orders,
    )

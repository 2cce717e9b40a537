"""A file of order lines, opened, understood and read as orders.

Opening goes over the whole file once and settles everything that the file as a whole decides; reading
then gives one order after another, sorted by the bytes of their ids, and can begin behind any of them.
"""

from collections.abc import Callable, Iterator, Mapping
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
from comanda.ingest.csv_import.loading import Loaded
from comanda.ingest.csv_import.orders import Place
from comanda.ingest.csv_import.problems import FileRefused, RowProblem, Severity
from comanda.ingest.csv_import.raw_rows import RawRows
from comanda.ingest.csv_import.rejects import Settings
from comanda.ingest.csv_import.walk import BATCH, Ground, Parsed, Walk

__all__ = ["FileRefused", "Format", "Options", "OrderFile", "Parsed", "RowProblem", "Severity"]


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
        self._connection, self._workdir = connection, workdir
        zone, now = ZoneInfo(options.timezone), datetime.now(UTC)
        place = Place(options.currency, zone, options.country, now, options.statuses)
        settled = constants.settle(columns.constants, findings, place)
        self._key = loaded.key or staging.quoted(settled["order_id"])
        self._raw_rows = RawRows(connection, self._key, len(columns.header), is_wide=loaded.is_wide)
        self._ground = Ground(
            connection, staging.Memory(connection), self._key, columns, settled, findings, place,
            rows=loaded.rows, has_faults=loaded.has_faults, raw_rows=self._raw_rows,
        )  # fmt: skip
        self._fingerprints = self._fingerprinted(options)

    def _fingerprinted(self, options: Options) -> Fingerprints:
        form = self.format
        fingerprints.build(self._connection, self._key, list(form.mapping.values()))
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
        walk = Walk(self._ground, self._fingerprints, after)
        return merge(walk, self._same(after), key=lambda parsed: parsed.order_id.encode())

    def _same(self, after: str | None) -> Iterator[Parsed]:
        where, values = ("WHERE key > $after", {"after": after}) if after is not None else ("", {})
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT key, rows FROM same {where}", values)
            while found := cursor.fetchmany(BATCH):
                for key, rows in found:
                    yield Parsed(None, key, rows, rows, [], [], is_same=True)

    def rows_of(self, order_id: str) -> list[tuple[int, list[str]]]:
        """Number and cells of the rows of an order, for one that is refused after it was read."""
        return self._raw_rows.of_order(order_id)

    def first_ids(self, count: int) -> list[str]:
        """The ids of the orders that stand first in the file."""
        with self._connection.cursor() as cursor:
            first = cursor.execute(
                f"SELECT key FROM (SELECT {self._key} AS key, n FROM staged LIMIT {BATCH}) WHERE key <> '' "
                f"GROUP BY key ORDER BY min(n) LIMIT {count}"
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

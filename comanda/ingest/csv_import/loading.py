"""Gets the rows of a text into the staging table: all at once where that is exact, else one by one."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from comanda.ingest.csv_import import records, staging, watching
from comanda.ingest.csv_import.dialect import Dialect
from comanda.ingest.csv_import.fields import REQUIRED
from comanda.ingest.csv_import.header import Columns
from comanda.ingest.csv_import.problems import refuse
from comanda.ingest.csv_import.records import Shape
from comanda.ingest.csv_import.source import Progress, Text

MOST_LINES = 50_000
"""Rows that one order may have; more means that the column is not the order's id."""
MOST_NAMELESS = 20_000
"""Rows that may lack an order id."""

_NEEDED = (*REQUIRED, "product_price", "line_total")


@dataclass(frozen=True, slots=True)
class Loaded:
    """``key`` is the SQL expression of the order id: trimmed, '' where there is none; "" for a constant."""

    rows: int
    orders: int
    key: str
    has_faults: bool
    is_wide: bool


def load(
    connection: duckdb.DuckDBPyConnection,
    text: Text,
    dialect: Dialect,
    columns: Columns,
    workdir: Path,
    progress: Progress | None = None,
) -> Loaded:
    """Fills the table ``staged``. Raises ``FileRefused``."""
    width = len(columns.header)
    is_wide = width > staging.NARROW
    names = [f"c{index}" for index in (sorted(set(columns.mapping.values())) if is_wide else range(width))]
    has_faults = False
    if is_wide or not _load_lines(connection, text, dialect, width, progress):
        has_faults = _load_records(connection, text, dialect, columns, workdir, progress)
    rows = staging.drop_blank(connection, names)
    if progress:
        progress("staging", rows, rows)
    if not rows:
        raise refuse(
            "no_rows", "The file has a header and no rows.", "Export it again, with its rows.", row=1
        )
    return _counted(connection, columns, rows, has_faults=has_faults, is_wide=is_wide)


def _load_lines(
    connection: duckdb.DuckDBPyConnection, text: Text, dialect: Dialect, width: int, progress: Progress | None
) -> bool:
    """Whether every line was one row of the right width, and so the quick way is the exact one."""
    if not text.marks.is_regular:
        return False
    lines = text.marks.lines
    tell = (lambda share: progress("staging", int(share * lines), lines)) if progress else None
    try:
        with watching.watched(connection, tell):
            rows = staging.load_lines(connection, text.path, dialect.delimiter, width, dialect.lines)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False
    return rows == max(lines - dialect.lines, 0)


def _load_records(
    connection: duckdb.DuckDBPyConnection,
    text: Text,
    dialect: Dialect,
    columns: Columns,
    workdir: Path,
    progress: Progress | None,
) -> bool:
    width = len(columns.header)
    is_wide = width > staging.NARROW
    kept = tuple(sorted(set(columns.mapping.values()))) if is_wide else tuple(range(width))
    required = max((columns.mapping[field] for field in _NEEDED if field in columns.mapping), default=0)
    shape = Shape(dialect.delimiter, width, required, kept, is_wide, text.marks.spaced_quotes)
    target = workdir / "records.csv"
    lines = text.marks.lines
    tell = (lambda done: progress("staging", min(done, lines), lines)) if progress else None
    try:
        written, has_faults = records.stage(
            text.path, target, shape, (dialect.lines, dialect.blank + 1), tell
        )
        rows = staging.load_numbered(connection, target, [f"c{index}" for index in kept])
    finally:
        target.unlink(missing_ok=True)
    if rows != written:
        raise AssertionError(f"{written} records were staged as {rows} rows")
    return has_faults


def _counted(
    connection: duckdb.DuckDBPyConnection, columns: Columns, rows: int, *, has_faults: bool, is_wide: bool
) -> Loaded:
    """Counts orders, and refuses a column that can be no order id."""
    index = columns.mapping.get("order_id")
    if index is None:
        return Loaded(rows, 1, "", has_faults, is_wide)
    cell, title = f"c{index}", columns.header[index]
    key = f"coalesce(trim({cell}, $spaces), '')"
    uneven = _one(
        connection, f"SELECT count(*) FROM staged WHERE {cell} IS NULL OR {cell} <> trim({cell}, $spaces)"
    )
    if not uneven:
        key = cell
    grouped = f"SELECT {key} AS key, count(*) AS rows FROM staged GROUP BY key"
    parameters = {"spaces": staging.SPACES} if uneven else {}
    found = connection.execute(
        "SELECT count(*) FILTER (key <> ''), coalesce(sum(rows) FILTER (key = ''), 0), "
        f"max(rows) FILTER (key <> ''), arg_max(key, rows) FILTER (key <> '') FROM ({grouped})",
        parameters,
    ).fetchone()
    assert found is not None
    orders, nameless, most, largest = found
    if nameless > MOST_NAMELESS:
        expected = f"{nameless:,} of {rows:,} rows have no order id."
        raise refuse("no_order_id", expected, "Check that this column is the order's id.", column=title)
    if (most or 0) > MOST_LINES:
        expected = f"{most:,} rows have the same order id; at most {MOST_LINES:,} can be one order."
        raise refuse(
            "order_too_long",
            expected,
            "Check that this column is the order's id.",
            column=title,
            value=largest,
        )
    return Loaded(rows, orders, key.replace("$spaces", staging.quoted(staging.SPACES)), has_faults, is_wide)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = connection.execute(sql, {"spaces": staging.SPACES}).fetchone()
    assert found is not None
    return int(found[0])

"""A file looked into before anyone has said what its columns mean: all of it, once."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from comanda.ingest.csv_import import dialect as dialects
from comanda.ingest.csv_import import (
    evidence,
    header,
    likeness,
    loading,
    mappings,
    rejects,
    seen,
    source,
    staging,
    suggestions,
)
from comanda.ingest.csv_import.header import Columns
from comanda.ingest.csv_import.seen import Column, Proof, Seen
from comanda.ingest.csv_import.suggestions import Memory
from comanda.lib import dates
from comanda.lib.text import shorten

Progress = Callable[[str, int, int], None]

MOST_COLUMNS = 100
"""Columns of a wide file that are looked into, besides those that name themselves."""
_FIRST = 2_000
_WEIGHED = 300
_LONGEST = 80
_NUMBERS = 0.5
_DATES = 0.5


def inspect(
    path: Path,
    workdir: Path,
    last: Mapping[str, Any],
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> Seen:
    """What the file shows; ``delimiter`` and ``encoding`` are found out where they are not given.

    ``last`` is the format of the store's last import, or empty. ``progress`` is told a stage (``reading`` in
    bytes, ``staging`` in rows, ``looking`` in columns). Raises FileRefused and OSError.
    """
    workdir.mkdir(parents=True, exist_ok=True)
    connection = None
    try:
        text = source.prepare(path, workdir, encoding, progress)
        dialect = dialects.sniff(source.start_of(text), mappings.mapping_of(last), delimiter)
        titles = tuple(title.strip() for title in dialect.header)
        columns = Columns(titles, {str(index): index for index in _shown(titles, last)}, {}, ())
        connection = staging.connect(workdir, text.marks.size)
        memory = staging.Memory(connection)
        load = partial(loading.load, connection, text, dialect, columns, workdir, progress)
        loaded = memory.run(load)
        source.discard(text)
        staging.lock(connection)
        look = partial(_look, connection, columns, progress)
        found = Seen(dialect.delimiter, text.encoding, loaded.rows, memory.run(look))
        found.hidden = len(titles) - len(found.columns)
        _suggest(connection, found, _memory(last, titles), rejects.settings_in(dialect.header))
    except BaseException as error:
        refusal = staging.refusal_of(error)
        if refusal is not None:
            raise refusal from error
        raise
    finally:
        staging.discard(connection, workdir)
    return found


def _shown(titles: Sequence[str], last: Mapping[str, Any]) -> list[int]:
    """The first columns, and any that name themselves or were chosen the last time."""
    known = {*mappings.mapping_of(last).values(), *rejects.settings_in(titles).mapping.values()}
    own = {*header.named(titles, (), ()).values(), *(i for i, title in enumerate(titles) if title in known)}
    return sorted({*range(min(len(titles), MOST_COLUMNS)), *own})


def _look(connection: duckdb.DuckDBPyConnection, columns: Columns, progress: Progress | None) -> list[Column]:
    found = []
    for done, index in enumerate(columns.mapping.values()):
        if progress:
            progress("looking", done, len(columns.mapping))
        title = columns.header[index]
        if not rejects.is_own(title):
            found.append(_column(connection, index, title))
    return found


def _column(connection: duckdb.DuckDBPyConnection, index: int, title: str) -> Column:
    cell = f"trim(c{index}, $spaces)"
    counted = connection.execute(
        f"SELECT count(*), approx_count_distinct(c{index}) FROM staged WHERE {cell} <> ''",
        {"spaces": staging.SPACES},
    ).fetchone()
    assert counted is not None
    first = connection.execute(
        f"SELECT text, min(n) FROM (SELECT {cell} AS text, n FROM staged WHERE {cell} <> '' LIMIT {_FIRST}) "
        "GROUP BY text ORDER BY min(n)",
        {"spaces": staging.SPACES},
    ).fetchall()
    values = [text for text, _ in first[:_WEIGHED]]
    column = Column(index, clean(title, len(title)), *counted)
    column.samples = [clean(value, _LONGEST) for value in values[: seen.SAMPLES]]
    column.kinds = likeness.kinds_of(values)
    if column.share("number") >= _NUMBERS:
        column.marks = _marks(connection, index, title)
    column.epoch = evidence.epoch(connection, index).value
    if column.share("date") >= _DATES and not column.epoch:
        column.orders = _orders(connection, index, title)
    return column


def _marks(connection: duckdb.DuckDBPyConnection, index: int, title: str) -> dict[str, Proof]:
    proofs = evidence.mark_proofs(evidence.shapes(connection, index, title))
    return {mark: Proof(clean(found.text, _LONGEST), found.row) for mark, found in proofs.items()}


def _orders(connection: duckdb.DuckDBPyConnection, index: int, title: str) -> dict[str, Proof]:
    starts = {found.text: found for found in evidence.date_starts(connection, index, title)}
    told = zip(("dmy", "mdy", "?"), dates.order_of(starts), strict=True)
    wholes = {order: evidence.whole(connection, index, starts[text]) for order, text in told if text}
    return {order: Proof(clean(found.text, _LONGEST), found.row) for order, found in wholes.items()}


def clean(text: str, most: int = 200) -> str:
    """Text as a database and a page can hold it."""
    return shorten(text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode(), most)


def _suggest(
    connection: duckdb.DuckDBPyConnection,
    found: Seen,
    memory: Memory,
    said: rejects.Settings,
) -> None:
    """Adds what the columns seem to be, and what a rejects file or the last import says of them."""
    found.constants = {**memory.constants, **said.constants}
    found.decimal, found.date_order = said.decimal, said.date_order
    rows = _first_rows(connection, [column.index for column in found.columns])
    found.suggestions = suggestions.suggest(found.columns, rows, said.mapping, memory, found.constants)


def _memory(last: Mapping[str, Any], titles: Sequence[str]) -> Memory:
    """Constants are remembered for a file with the same headers only: another may say it itself."""
    is_same = last.get("header") == list(titles)
    return Memory(mappings.mapping_of(last), last.get("constants", {}) if is_same else {}, is_same)


def _first_rows(connection: duckdb.DuckDBPyConnection, indexes: Sequence[int]) -> list[dict[int, str]]:
    """The cells of the first rows by the number of their column."""
    cells = ", ".join(f"trim(coalesce(c{index}, ''), $spaces)" for index in indexes)
    rows = connection.execute(
        f"SELECT {cells} FROM staged WHERE fault IS NULL LIMIT {_FIRST}",
        {"spaces": staging.SPACES},
    ).fetchall()
    return [dict(zip(indexes, row, strict=True)) for row in rows]

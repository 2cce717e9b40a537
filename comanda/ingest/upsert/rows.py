"""Rows put into tables by COPY, with ids taken from the sequence beforehand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from psycopg import Cursor, sql

from .prepare import Row
from .text import NULL

_CHUNK = 1 << 18


def next_ids(cursor: Cursor[Any], table: str, count: int) -> list[int]:
    """Fresh ids of a table, as many as asked for, ascending."""
    if not count:
        return []
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%(table)s, 'id')) FROM generate_series(1, %(count)s)",
        {"table": table, "count": count},
    )
    return [row[0] for row in cursor.fetchall()]


def copy(cursor: Cursor[Any], table: str, columns: Sequence[str], rows: Iterable[str]) -> None:
    """Sends rows, each already in COPY text format and without its line end."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    chunks = _chunks(rows)
    first = next(chunks, None)
    if first is None:
        return
    with cursor.copy(statement) as stream:
        stream.write(first)
        for chunk in chunks:
            stream.write(chunk)


def lines(owner_id: int, row: Row, products: Mapping[str, int]) -> Iterator[str]:
    """The lines of an order or cart, with the ids of both."""
    for position, (product, line) in enumerate(zip(row.products, row.lines, strict=True), 1):
        yield f"{owner_id}\t{position}\t{products[product] if product else NULL}\t{line}"


def _chunks(rows: Iterable[str]) -> Iterator[str]:
    buffer: list[str] = []
    size = 0
    for row in rows:
        buffer.append(row)
        size += len(row)
        if size > _CHUNK:
            yield "\n".join(buffer) + "\n"
            buffer, size = [], 0
    if buffer:
        yield "\n".join(buffer) + "\n"

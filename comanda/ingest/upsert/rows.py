"""Rows put into tables by COPY, with ids taken from the sequence beforehand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from psycopg import Cursor, sql

from .prepare import Row

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
    """Sends rows, each (or several joined by line ends) in COPY text format, without the last line end."""
    chunks = _chunks(rows)
    first = next(chunks, None)
    if first is None:
        return
    with cursor.copy(_statement(table, tuple(columns))) as stream:
        stream.write(first)
        for chunk in chunks:
            stream.write(chunk)


@cache
def _statement(table: str, columns: tuple[str, ...]) -> bytes:
    statement = sql.SQL("COPY {} ({}) FROM STDIN")
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return statement.format(sql.Identifier(table), names).as_bytes()


@dataclass(frozen=True, slots=True)
class Products:
    """Ids of products as COPY text: by the shop's id (NULL for ""), and by what a packed line mentions."""

    by_key: Mapping[str, str]
    by_mention: Mapping[str, str]


def lines(owner_id: int, row: Row, products: Products) -> str:
    """The lines of an order or cart, joined, with the ids of both; ``products`` knows all."""
    ids = products.by_mention if row.is_packed else products.by_key
    triples = zip(count(1), map(ids.__getitem__, row.products), row.lines)
    return "\n".join([f"{owner_id}\t{position}\t{product}\t{line}" for position, product, line in triples])


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

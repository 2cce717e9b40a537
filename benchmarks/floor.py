"""The floor of an import: the same final rows, COPYed into the same tables with the same indexes."""

import time
from tempfile import TemporaryFile
from typing import IO

from django.db import transaction

from comanda.records import database

TABLES = (
    "contact",
    "contact_identity",
    "consent",
    "contact_tag",
    "list_member",
    "product",
    "orders",
    "order_line",
    "refund",
    "cart",
    "cart_line",
    "activity",
    "import_write",
    "import_problem",
    "inbox",
)
"""All that an import, or a call of the API, writes, in an order that foreign keys allow; but for the names of
tags and lists, of which the measured orders have none."""

_CHUNK = 1 << 20


def empty() -> None:
    """Takes all records and stores away and leaves the tables as new."""
    with database.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, store, import CASCADE")


def empty_records() -> None:
    """The same, but for the stores."""
    with database.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")


def copy_again() -> float:
    """Seconds to COPY all rows that stand in the tables now into the same tables, emptied."""
    with TemporaryFile() as dump:
        sizes = {table: _dump(table, dump) for table in TABLES}
        with database.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        dump.seek(0)
        started = time.perf_counter()
        with transaction.atomic(), database.cursor() as cursor:
            for table in TABLES:
                left = sizes[table]
                with cursor.copy(f"COPY {table} FROM STDIN") as stream:
                    while left and (piece := dump.read(min(left, _CHUNK))):
                        stream.write(piece)
                        left -= len(piece)
        return time.perf_counter() - started


def _dump(table: str, out: IO[bytes]) -> int:
    size = 0
    with database.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as stream:
        for piece in stream:
            size += out.write(bytes(piece))
    return size

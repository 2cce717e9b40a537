"""A made-up crowd in a real Comanda: a million contacts with their five million orders, in a few minutes.

The rows (``crowd.sql``) are like those that shops bring: several stores and currencies, a few people who buy
hundreds of times and many who buy once, names of many tongues, tags, lists, carts, refunds, activity.
``python -m benchmarks.crowd`` fills the database that ``COMANDA_DATA`` or ``COMANDA_DATABASE_URL`` names.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import duckdb
import psycopg
from django.db import transaction
from psycopg import sql

STORES: tuple[dict[str, Any], ...] = (
    {"key": "crowd-lisboa", "name": "Casa da Lanterna", "currency": "EUR", "timezone": "Europe/Lisbon"},
    {"key": "crowd-sao-paulo", "name": "Loja do Largo", "currency": "BRL", "timezone": "America/Sao_Paulo"},
    {"key": "crowd-madrid", "name": "Tienda del Sol", "currency": "EUR", "timezone": "Europe/Madrid"},
    {"key": "crowd-london", "name": "Gifts & Co.", "currency": "GBP", "timezone": "Europe/London"},
    {"key": "crowd-porto", "name": "Porto, Rua das Flores", "currency": "EUR", "timezone": "Europe/Lisbon",
     "kind": "physical", "latitude": 41.1436, "longitude": -8.6156},
    {"key": "crowd-paris", "name": "Paris, Le Marais", "currency": "EUR", "timezone": "Europe/Paris",
     "kind": "physical", "latitude": 48.8590, "longitude": 2.3620},
)  # fmt: skip
_SHARES = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6]
"""The stores of twelve buyers, by their place in ``STORES``."""

TAGS = (
    "vip", "newsletter", "wholesale", "gift buyer", "christmas", "returns often", "friend of the house",
    "press", "student", "teacher", "local", "tourist", "first order", "birthday club", "slow payer",
    "reviewer", "garden", "kitchen", "kids", "vintage", "outlet", "black friday", "easter", "summer",
    "winter", "call first", "invoice", "loyal", "sleeping", "won back",
)  # fmt: skip
LISTS = (
    "Newsletter", "Customers", "Lisboa shop", "Porto shop", "Paris shop", "Wholesalers", "Offers",
    "New arrivals", "Club", "Events", "Catalogue by post", "Testers",
)  # fmt: skip

BY_PRODUCT, BY_CONTACT, BY_ORDER = "products", "contacts", "orders"
TABLES = {
    "product": BY_PRODUCT,
    "contact": BY_CONTACT,
    "contact_identity": BY_CONTACT,
    "consent": BY_CONTACT,
    "contact_tag": BY_CONTACT,
    "list_member": BY_CONTACT,
    "orders": BY_ORDER,
    "order_line": BY_ORDER,
    "refund": BY_ORDER,
    "cart": BY_ORDER,
    "cart_line": BY_ORDER,
    "activity": BY_ORDER,
}
"""Each table with what its rows are made by."""

_CONTACTS, _ORDERS = 1_000_000, 5_000_000
_AT_ONCE = 250_000
_PIECE = 1 << 20


class NotEmpty(Exception):
    """There are records in the database already."""


def fill(contacts: int, orders: int, until: datetime | None = None) -> None:
    """Puts so many contacts and orders into a database that has none; the last order is of ``until``.

    Raises NotEmpty. Takes about three minutes and eight gigabytes for a million contacts and five million
    orders. The rows do not come through the door: there are no imports and no payloads behind them.
    """
    database = import_module("comanda.records.database")
    with tempfile.TemporaryDirectory(prefix="comanda-crowd-") as folder, database.cursor() as cursor:
        _refuse_records(cursor)
        with duckdb.connect(Path(folder) / "crowd.duckdb", config={"memory_limit": "2GB"}) as made:
            _plan(made, contacts, orders, until or datetime.now(UTC))
            with transaction.atomic(), _bare(cursor):
                _groups(cursor)
                sizes = {BY_PRODUCT: 5_000 * len(STORES), BY_CONTACT: contacts, BY_ORDER: orders}
                for table, by in TABLES.items():
                    _copy(cursor, made, table, max(sizes[by], contacts), Path(folder) / "rows.csv")
                _move_sequences(cursor)
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(TABLES)}")


def meet(part: int) -> tuple[int, int]:
    """Has a million contacts with five million orders there, or one in ``part`` of them, and nothing else.

    Gives the numbers of both. Measures that follow one another meet the same crowd.
    """
    size = _CONTACTS // part, _ORDERS // part
    with import_module("comanda.records.database").cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM contact), (SELECT count(*) FROM orders)")
        if cursor.fetchone() != size:
            import_module("benchmarks.floor").empty()
            fill(*size)
    return size


def _refuse_records(cursor: psycopg.Cursor[Any]) -> None:
    for table in ("store", *TABLES):
        if cursor.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(table))).fetchone():
            raise NotEmpty(f"There are rows in {table}: a crowd needs a database without any.")


def _plan(made: duckdb.DuckDBPyConnection, contacts: int, orders: int, until: datetime) -> None:
    settled = {
        "contacts": contacts,
        "orders": orders,
        "until": until.astimezone(UTC).replace(tzinfo=None, microsecond=0),
        "shares": _SHARES,
        "currencies": [store["currency"] for store in STORES],
    }
    for name, value in settled.items():
        made.execute(f"SET VARIABLE {name} = $value", {"value": value})
    made.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


_INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index i WHERE indrelid = ANY(%(tables)s::regclass[])
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
"""
_FOREIGN_KEYS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%(tables)s::regclass[])
"""


@contextmanager
def _bare(cursor: psycopg.Cursor[Any]) -> Iterator[None]:
    """Indexes and foreign keys are made again once the rows are there: the same tables in half the time."""
    again = []
    for question in (_FOREIGN_KEYS, _INDEXES):
        for drop, make in cursor.execute(question, {"tables": list(TABLES)}).fetchall():
            cursor.execute(drop)
            again.append(make)
    cursor.execute(f"TRUNCATE {', '.join(TABLES)}, store, tag, list, field RESTART IDENTITY CASCADE")
    yield
    for make in reversed(again):
        cursor.execute(make)


def _groups(cursor: psycopg.Cursor[Any]) -> None:
    """Stores, tags, lists and fields, whose ids count from 1."""
    stores = import_module("comanda.records.stores")
    for store in STORES:
        stores.create(**store)
    cursor.execute("INSERT INTO tag (name) SELECT unnest(%(names)s::text[])", {"names": list(TAGS)})
    cursor.execute(
        "INSERT INTO list (name, label) SELECT unnest(%(names)s::text[]), ''", {"names": list(LISTS)}
    )
    cursor.execute(
        "INSERT INTO field (key, name, kind)"
        " VALUES ('city', 'City', 'text'), ('birthday', 'Birthday', 'date')"
    )


def _copy(
    cursor: psycopg.Cursor[Any], made: duckdb.DuckDBPyConnection, table: str, count: int, file: Path
) -> None:
    """Rows by way of a file, some at a time."""
    columns = [row[0] for row in made.execute(f"DESCRIBE made_{table}").fetchall() if row[0] != "place"]
    into = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv, FREEZE)"
    for first in range(1, count + 1, _AT_ONCE):
        made.execute(
            f"COPY (SELECT * EXCLUDE (place) FROM made_{table} WHERE place BETWEEN {first}"
            f" AND {first + _AT_ONCE - 1} ORDER BY place) TO '{file}' (FORMAT csv, HEADER false)"
        )
        with file.open("rb") as rows, cursor.copy(into) as stream:
            while piece := rows.read(_PIECE):
                stream.write(piece)


def _move_sequences(cursor: psycopg.Cursor[Any]) -> None:
    for table in ("product", "contact", "orders", "cart"):
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), GREATEST(max(id), 1)) FROM {table}"
        )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd", description=__doc__)
    parser.add_argument("--contacts", type=int, default=_CONTACTS)
    parser.add_argument("--orders", type=int, default=_ORDERS)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comanda.settings")
    django.setup()
    with import_module("comanda.cli.database").opened():
        fill(asked.contacts, asked.orders)


if __name__ == "__main__":
    main()

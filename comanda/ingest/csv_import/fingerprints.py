"""Fingerprints of the rows of an order, by which a file that comes again need not be read again.

A shop's export grows from month to month, and most of its orders were there the last time. The fingerprint
of an order is a hash of the cells of its rows and of all by which they are read; an order that was written
from rows of the same fingerprint, and by nobody since, is known to be unchanged.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import duckdb

from comanda import __version__
from comanda.records import installation

Known = Callable[[Sequence[str]], Mapping[str, bytes]]
"""Given ids of orders, the fingerprints that are kept of them."""

_AT_ONCE = 10_000


def build(connection: duckdb.DuckDBPyConnection, key: str, columns: Sequence[int]) -> None:
    """Makes the table ``fingerprint`` of ``staged``: for each order the sum of the MD5 of its rows, and their
    number.

    A sum does not depend on the order of rows, and counts rows that are twice the same twice. ``key`` is the
    SQL expression of the order id. The table lies in the order of its keys: a plain
    scan gives them sorted, and takes no memory from the sort of the rows themselves.
    """
    cells = ", ".join(f"COALESCE(c{index}, '')" for index in sorted(set(columns))) or "''"
    connection.execute("DROP TABLE IF EXISTS fingerprint")
    connection.execute(
        "CREATE TABLE fingerprint AS SELECT key, sum(said & 18446744073709551615) AS low,"
        " sum(said >> 64) AS high, count(*) AS rows, bool_or(faulty) AS faulty"
        f" FROM (SELECT {key} AS key, fault IS NOT NULL AS faulty,"
        f" md5_number(concat_ws(chr(31), {cells})) AS said FROM staged) GROUP BY key ORDER BY key"
    )


class Fingerprints:
    """The fingerprints of one file. ``reading`` is all that decides how its cells are understood."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, reading: Mapping[str, Any]) -> None:
        self._connection = connection
        said = json.dumps({"comanda": __version__, **reading}, sort_keys=True, default=str)
        self._keyed = blake2b(digest_size=16, key=installation.key(f"fingerprint {said}"))

    def all(self, after: str | None) -> Iterator[tuple[str, bytes, int]]:
        """Order id, fingerprint and number of rows, by the bytes of the ids; b"" where rows are at fault."""
        where, values = ("WHERE key > $after", {"after": after}) if after is not None else ("", {})
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT key, encode(concat_ws(':', low, high, rows)), rows, faulty OR key = ''"
                f" FROM fingerprint {where}",
                values,
            )
            while found := cursor.fetchmany(_AT_ONCE):
                for key, said, rows, is_none in found:
                    yield key, b"" if is_none else self._hash(said), rows

    def skip(self, after: str | None, known: Known) -> None:
        """Makes the table ``same`` of the orders that are known with the same fingerprint."""
        self._connection.execute("CREATE OR REPLACE TABLE same (key VARCHAR, rows BIGINT)")
        for chunk in _chunks(self.all(after)):
            kept = known([key for key, _, _ in chunk])
            same = [(key, rows) for key, mark, rows in chunk if mark and kept.get(key) == mark]
            if same:
                keys, rows = zip(*same, strict=True)
                self._connection.execute(
                    "INSERT INTO same SELECT unnest($keys::VARCHAR[]), unnest($rows::BIGINT[])",
                    {"keys": list(keys), "rows": list(rows)},
                )

    def _hash(self, said: bytes) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(said)
        return keyed.digest()


def _chunks(found: Iterator[tuple[str, bytes, int]]) -> Iterator[list[tuple[str, bytes, int]]]:
    chunk: list[tuple[str, bytes, int]] = []
    for each in found:
        chunk.append(each)
        if len(chunk) == _AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk

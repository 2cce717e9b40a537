"""Rows of the file as they were read, for those that are refused."""

import json
from collections.abc import Iterator, Sequence

import duckdb


class RawRows:
    """The rows of ``staged``; ``key`` is the SQL expression of the order id.

    ``width`` is the number of columns of the file; with ``is_wide`` all cells of a row lie in ``raw``.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, key: str, width: int, *, is_wide: bool) -> None:
        self._connection, self._key = connection, key
        self._columns = "" if is_wide else "".join(f", c{index}" for index in range(width))

    def numbered(self, numbers: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
        """Number and cells of these rows."""
        with self._connection.cursor() as cursor:
            rows = cursor.execute(
                f"SELECT n, raw{self._columns} FROM staged WHERE n IN (SELECT unnest($numbers))",
                {"numbers": numbers},
            ).fetchall()
        for number, raw, *cells in rows:
            yield number, json.loads(raw) if raw else [cell or "" for cell in cells]

    def of_order(self, order_id: str) -> list[tuple[int, list[str]]]:
        """Number and cells of the rows of one order."""
        with self._connection.cursor() as cursor:
            asked = cursor.execute(f"SELECT n FROM staged WHERE {self._key} = $asked", {"asked": order_id})
            numbers = [number for (number,) in asked.fetchall()]
        return sorted(self.numbered(numbers))

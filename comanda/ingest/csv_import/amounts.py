"""The numbers of a file, each distinct text of a column read once.

Half a million prices are a few thousand texts. ``build`` reads them as any cell is read, and puts what they
say into a table by which DuckDB finds the number of each row. What is no number is not in it.
"""

import duckdb

from comanda.ingest.csv_import.cells import Numbers
from comanda.ingest.csv_import.problems import CellProblem
from comanda.ingest.upsert import text
from comanda.lib import numbers

MOST = 200_000
"""Texts of one column that are read so, the most frequent first; memory does not grow beyond them."""

NUMBER = "DECIMAL(19, 6)"
"""Holds any number that is read: twelve digits before the mark and six behind it. One more than need be: of
two numbers that fit into 18 digits DuckDB gives no product that does not."""


def build(
    connection: duckdb.DuckDBPyConnection, table: str, cell: str, read: Numbers, *, names_currency: bool
) -> None:
    """Makes ``table`` of the texts of the SQL expression ``cell`` in ``fresh``: ``text``, its ``value``, the
    same as it is ``said`` to PostgreSQL, and the ``currency`` that it names, if it names one."""
    found = connection.execute(
        f"SELECT said FROM (SELECT {cell} AS said FROM fresh) WHERE said IS NOT NULL"
        f" GROUP BY said ORDER BY count(*) DESC, said LIMIT {MOST}"
    ).fetchall()
    texts, values, currencies = [], [], []
    for (said,) in found:
        try:
            value = text.number(read[said])
        except CellProblem:
            continue
        texts.append(said)
        values.append(value)
        currencies.append(numbers.currency_of(said) if names_currency else "")
    connection.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT text, said::{NUMBER} AS value, said,"
        " nullif(currency, '') AS currency FROM (SELECT unnest($texts::VARCHAR[]) AS text,"
        " unnest($values::VARCHAR[]) AS said, unnest($currencies::VARCHAR[]) AS currency)",
        {"texts": texts, "values": values, "currencies": currencies},
    )

"""Orders whose rows are plain, read as columns: DuckDB makes the lines of many orders at once.

A row is plain when nothing has to be told of it: its product and its numbers are there, price and total
agree, and its texts hold no character that would have to be escaped or trimmed with care. An order is plain
when all of its rows are, and say the same of the order. The rules are those of ``lines``, and the text of a
line is that of ``upsert.prepare``; whatever is not plain is read there, row by row. A property test holds the
two together.

Tables and views: ``fresh`` has the rows that are to be read, ``plain_row`` the lines that they make, ``fact``
one row an order, by the bytes of the ids.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from comanda.ingest.csv_import import amounts, staging
from comanda.ingest.csv_import.cells import LONGEST_KEY, LONGEST_TEXT, Numbers
from comanda.ingest.csv_import.evidence import Findings
from comanda.ingest.upsert.packed import PackedLines
from comanda.lib.numbers import LIMIT

FEW = 2_000
"""Rows of a file that are better read one by one: it takes longer to make tables of them."""

_AT_ONCE = 10_000
_AMOUNTS = {"product_quantity": "quantity", "product_price": "price", "line_total": "told"}
_ODD = "".join(f"\\x{{{ord(each):x}}}" for each in ("\0", "\\", *staging.SPACES) if each != " ")
"""Characters for which a row is read with care, as the inside of a character class of RE2."""

# The price of one, half a millionth rounded away from zero; the total itself where it cannot be parted.
# In whole numbers of millionths, for DuckDB divides decimals as floats.
_MACROS = f"""
CREATE OR REPLACE MACRO shortest(number) AS rtrim(rtrim(number::VARCHAR, '0'), '.');
CREATE OR REPLACE MACRO millionths(number) AS abs((number * 1000000)::HUGEINT);
CREATE OR REPLACE MACRO unit_price(total, quantity) AS CASE
    WHEN quantity = 0 OR millionths(total) >= {LIMIT:f} * millionths(quantity) THEN total
    ELSE ((2000000 * millionths(total) + millionths(quantity)) // (2 * millionths(quantity)))::DECIMAL(19, 0)
         * 0.000001::DECIMAL(6, 6) * (sign(total) * sign(quantity))::DECIMAL(1, 0) END;
"""
_FRESH = """
CREATE OR REPLACE VIEW fresh AS
SELECT {key} AS key, * FROM staged WHERE {key} NOT IN (SELECT key FROM same) {behind}
"""
# Each text goes through functions of itself alone as long as may be: DuckDB then works them out once for each
# distinct text of a block.
_ROWS = f"""
CREATE OR REPLACE VIEW plain_row AS
SELECT key, n, heads, quantity, total, currency, other_currency,
       concat(product, chr(9), tail) AS mention,
       concat(said_quantity, chr(9), CASE WHEN has_price THEN said_price ELSE shortest(unit) END, chr(9),
              shortest(total), chr(9), '0', chr(9), tail) AS line,
       coalesce(is_sound AND quantity IS NOT NULL AND unit IS NOT NULL AND abs(total) < {LIMIT:f}
                AND product <> '' AND length(product) <= {LONGEST_KEY}
                AND coalesce(longest, 0) <= {LONGEST_TEXT} AND NOT regexp_matches(texts, {{odd}}), false)
           AS is_plain
FROM (
    SELECT *,
           CASE WHEN has_total THEN told ELSE round(price * quantity, 6) END AS total,
           CASE WHEN NOT has_total THEN price
                WHEN NOT has_price THEN unit_price(told, quantity)
                WHEN abs(told - price * quantity) <= 0.01 * greatest(abs(quantity), 1) THEN price END AS unit
    FROM (
        SELECT key, n, fault IS NULL AS is_sound, {{heads}} AS heads, trim({{product_id}}) AS product,
               concat(trim({{product_name}}), repeat(chr(9), 3), trim({{product_category}}), chr(9),
                      trim({{product_image}})) AS tail,
               concat({{product_id}}, {{product_name}}, {{product_category}}, {{product_image}}) AS texts,
               greatest(length({{product_name}}), length({{product_category}}), length({{product_image}}))
                   AS longest,
               quantity.value AS quantity, quantity.said AS said_quantity,
               price.value AS price, price.said AS said_price,
               coalesce({{product_price}} <> '', false) AS has_price,
               told.value AS told, coalesce({{line_total}} <> '', false) AS has_total,
               least(price.currency, told.currency) AS currency,
               greatest(price.currency, told.currency) AS other_currency
        FROM fresh LEFT JOIN quantity ON quantity.text = {{product_quantity}}
        LEFT JOIN price ON price.text = {{product_price}} LEFT JOIN told ON told.text = {{line_total}}
    )
)
"""
_FACTS = f"""
CREATE OR REPLACE TABLE fact AS
SELECT key, rows, first, last, is_plain, total, least, most, items, currency, {{cells}} FROM (
    SELECT key, count(*) AS rows, min(n) AS first, max(n) AS last,
           bool_and(is_plain) AND min(heads) = max(heads) AND length(key) BETWEEN 1 AND {LONGEST_KEY}
               AND min(currency) IS NOT DISTINCT FROM max(other_currency) AS is_plain,
           sum(total) AS total, min(total) AS least, max(total) AS most, sum(quantity) AS items,
           min(currency) AS currency
    FROM plain_row GROUP BY key
) JOIN staged ON n = first ORDER BY key
"""
_NO_FACTS = """
CREATE OR REPLACE TABLE fact AS
SELECT key, count(*) AS rows, min(n) AS first, max(n) AS last, false AS is_plain, 0::DECIMAL AS total,
       0::DECIMAL AS least, 0::DECIMAL AS most, 0::DECIMAL AS items, NULL AS currency, []::VARCHAR[] AS cells
FROM fresh GROUP BY key ORDER BY key
"""
_LINES = """
SELECT mention, line FROM plain_row WHERE key IN (SELECT key FROM fact WHERE is_plain) ORDER BY key, n
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of an order before it is read: the number of its rows, the first and the last of them.

    For one that ``is_plain`` also the sum of its lines' totals, the least and the largest of them, the sum of
    quantities, the ``currency`` that its prices name, and ``cells``, what each row says of the order.
    """

    key: str
    rows: int
    first: int
    last: int
    is_plain: bool
    total: Decimal
    least: Decimal
    most: Decimal
    items: Decimal
    currency: str | None
    cells: Sequence[str | None]


def build(
    connection: duckdb.DuckDBPyConnection,
    key: str,
    cells: Mapping[str, str],
    heads: Sequence[str],
    findings: Findings,
    after: str | None,
) -> None:
    """Makes all tables and views for the orders that sort behind ``after`` and are not in ``same``.

    ``key`` and ``cells`` are SQL expressions of the order id and of each field in a row of ``staged``;
    ``heads`` are the cells that speak of the order as a whole.
    """
    _choose(connection, key, after)
    connection.execute(_MACROS)
    for name, table in _AMOUNTS.items():
        read = Numbers(findings.mark, money=name != "product_quantity")
        amounts.build(connection, table, cells[name], read, names_currency=findings.names_currency)
    connection.execute(_ROWS.format(**cells, heads=_together(heads), odd=staging.quoted(f"[{_ODD}]")))
    connection.execute(_FACTS.format(cells=f"[{', '.join(heads)}]::VARCHAR[] AS cells"))


def build_none(connection: duckdb.DuckDBPyConnection, key: str, after: str | None) -> None:
    """The same, but that no order is taken for plain."""
    _choose(connection, key, after)
    connection.execute(_NO_FACTS)


def _choose(connection: duckdb.DuckDBPyConnection, key: str, after: str | None) -> None:
    behind = "" if after is None else f"AND {key} > {staging.quoted(after)}"
    connection.execute(_FRESH.format(key=key, behind=behind))


def _together(heads: Sequence[str]) -> str:
    """A hash of these cells, in which an empty one is as good as none."""
    return f"hash({', '.join(f'''coalesce({head}, '')''' for head in heads) or '0'})"


def facts(connection: duckdb.DuckDBPyConnection) -> Iterator[Fact]:
    """What is known of each order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM fact")
        while found := cursor.fetchmany(_AT_ONCE):
            for row in found:
                yield Fact(*row)


class Lines:
    """The lines of all plain orders in turn."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, memory: staging.Memory) -> None:
        self._cursor, self._memory = connection.cursor(), memory
        self._rows: list[tuple[str, str]] = []
        self._at = 0
        self._has_begun = False

    def take(self, fact: Fact) -> PackedLines:
        """Those of the next order."""
        end = self._at + fact.rows
        while len(self._rows) < end:
            self._rows = self._rows[self._at :] + self._more()
            self._at, end = 0, fact.rows
        mentions, texts = zip(*self._rows[self._at : end], strict=True)
        self._at = end
        return PackedLines(mentions, texts, fact.total, fact.items)

    def _more(self) -> list[tuple[str, str]]:
        if self._has_begun:
            return self._cursor.fetchmany(_AT_ONCE)
        self._has_begun = True
        return self._memory.run(lambda: self._cursor.execute(_LINES).fetchmany(_AT_ONCE))

    def close(self) -> None:
        """Gives up what was not taken."""
        self._cursor.close()

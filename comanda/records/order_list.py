"""Orders narrowed by filters and put in order, a page at a time; as quick with five million as with fifty.

Orders fall into buckets by store, currency and status; the index ``order_in_bucket`` has each bucket's orders
by time. The latest of several buckets are the latest of each, merged. What few orders have (a refund, a
coupon, no contact) has an index of its own. Decision 13 tells what was measured.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from comanda.records import folding
from comanda.records.models import Order
from comanda.records.order_filters import Wanted, with_coupon

FEW = 20_000
"""So many orders are sorted by their total while someone waits."""

MOST_FOUND = 1_000
"""So many orders are found by what was typed of their number."""

_BRIEFLY, _PATIENTLY = "150ms", "1500ms"


class Sort(StrEnum):
    """The orders in which orders are listed."""

    LATEST = "latest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"


_BY_TOTAL = frozenset({Sort.LARGEST, Sort.SMALLEST})
_COLUMN = {True: "total", False: "placed_at"}
_UPWARD = frozenset({Sort.OLDEST, Sort.SMALLEST})

Place = tuple[datetime | Decimal, int]
"""Where an order stands: when it was placed or its total, and its id."""


class NotOffered(Exception):
    """Totals are of several currencies, or of too many orders to sort in a moment: narrow the list first."""


@dataclass(frozen=True, slots=True)
class Page:
    """Orders in order. If ``more`` lie behind them, those are behind ``end``."""

    orders: list[Order]
    more: bool
    end: Place | None


@dataclass(frozen=True, slots=True)
class Sum:
    """Orders of one currency added up: all of them, and the revenue of the completed ones less refunds."""

    currency: str
    orders: int
    total: Decimal
    completed: int
    revenue: Decimal


_BUCKETS = """
WITH RECURSIVE bucket AS (
    (SELECT store_id, currency, status FROM orders ORDER BY store_id, currency, status LIMIT 1)
    UNION ALL
    SELECT n.* FROM bucket b CROSS JOIN LATERAL (
        SELECT o.store_id, o.currency, o.status FROM orders o
        WHERE (o.store_id, o.currency, o.status) > (b.store_id, b.currency, b.status)
        ORDER BY o.store_id, o.currency, o.status LIMIT 1
    ) n
)
"""
"""Each bucket that there is by one look into the index, however many orders lie in it."""


class Listing:
    """The orders that all filters let through."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._values = wanted.values()
        self._test = wanted.tested()
        self.is_cut = False
        """Whether more numbers begin with what was typed than are looked at."""
        if wanted.number:
            found = _numbered(wanted.number)
            self.is_cut = len(found) > MOST_FOUND
            self._values["found"] = found[:MOST_FOUND]
            self._test = f"o.id = ANY(%(found)s::bigint[]) AND {self._test}"
        elif "coupon" in self._values and _is_rare(self._values["coupon"]):
            self._test = f"{_REDEEMED} AND {self._test}"

    def offers(self, sort: Sort) -> bool:
        """Whether they can be put in this order in a moment."""
        return sort not in _BY_TOTAL or (self._has_one_currency() and self._are_few())

    def page(self, sort: Sort, limit: int, after: Place | None = None) -> Page:
        """Orders in order, behind a place in it. Raises NotOffered."""
        if not self.offers(sort):
            raise NotOffered
        ids = self._ask(self._question(sort, after), {"limit": limit + 1, **_behind(after)})
        more, found = len(ids) > limit, _in_order([order_id for (order_id,) in ids[:limit]])
        column = _COLUMN[sort in _BY_TOTAL]
        end = (getattr(found[-1], column), found[-1].pk) if found else None
        return Page(found, more, end)

    def sums(self) -> list[Sum] | None:
        """All of them added up, by currency; None if that takes too long to wait for."""
        question = f"""
            SELECT o.currency, count(*), sum(o.total), count(*) FILTER (WHERE o.status = 'completed'),
                   COALESCE(sum(o.total - o.refund_total) FILTER (WHERE o.status = 'completed'), 0)
            FROM orders o WHERE {self._whole()} GROUP BY 1 ORDER BY 1
        """
        rows = self._ask_for(_PATIENTLY, question)
        return None if rows is None else [Sum(*row) for row in rows]

    def _question(self, sort: Sort, after: Place | None) -> str:
        column, is_upward = _COLUMN[sort in _BY_TOTAL], sort in _UPWARD
        way, beyond = ("ASC", ">") if is_upward else ("DESC", "<")
        place = f"(o.{column}, o.id) {beyond} (%(key)s, %(after)s)" if after else "true"

        def order(table: str) -> str:
            return f"ORDER BY {table}.{column} {way}, {table}.id {way} LIMIT %(limit)s"

        if sort in _BY_TOTAL or not self._goes_by_bucket():
            return f"""
                SELECT o.id FROM orders o WHERE {self._whole()} AND {place} {order("o")}
            """
        return f"""
            {_BUCKETS} SELECT f.id FROM bucket b CROSS JOIN LATERAL (
                SELECT o.id, o.placed_at FROM orders o
                WHERE o.store_id = b.store_id AND o.currency = b.currency AND o.status = b.status
                AND {self._test} AND {place} {order("o")}
            ) f WHERE {self._wanted.in_bucket("b")} {order("f")}
        """

    def _goes_by_bucket(self) -> bool:
        wanted = self._wanted
        return bool(wanted.bucket) and not wanted.number and not wanted.has_index_of_its_own

    def _whole(self) -> str:
        return f"{self._wanted.in_bucket('o')} AND {self._test}"

    def _has_one_currency(self) -> bool:
        return bool(self._wanted.currency) or len(currencies()) < 2

    def _are_few(self) -> bool:
        if self._wanted.number:
            return True
        rows = self._ask_for(_BRIEFLY, f"SELECT FROM orders o WHERE {self._whole()} LIMIT {FEW + 1}")
        return rows is not None and len(rows) <= FEW

    def _ask(self, question: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(question, {**self._values, **values})
            return list(cursor.fetchall())

    def _ask_for(self, time: str, question: str) -> list[tuple[Any, ...]] | None:
        """The answer; None if there is none in the time."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{time}'")
                found = self._ask(question, {})
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
        except OperationalError as error:
            if isinstance(error.__cause__, QueryCanceled):
                return None
            raise
        return found


def currencies() -> list[str]:
    """The currencies in which there are orders."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_BUCKETS} SELECT DISTINCT currency FROM bucket ORDER BY 1")
        return [currency for (currency,) in cursor.fetchall()]


def exist() -> bool:
    """Whether there is any order."""
    return Order.objects.exists()


_FOLDED = f'lower({folding.start("o.number")}) COLLATE "C"'
_BEGINS = f"""
(SELECT o.id FROM orders o
 WHERE o.number <> '' AND {_FOLDED} >= lower(%({{name}})s) COLLATE "C"
 AND {_FOLDED} < lower(%({{name}})s || '{folding.LAST}') COLLATE "C"
 ORDER BY {_FOLDED} LIMIT {MOST_FOUND + 1})
"""
_NUMBERED = f"""
(SELECT o.id FROM orders o WHERE o.store_id IN (SELECT id FROM store) AND o.external_id = %(typed)s)
UNION {_BEGINS.format(name="typed")} UNION {_BEGINS.format(name="hashed")} LIMIT {MOST_FOUND + 1}
"""


def _numbered(typed: str) -> list[int]:
    """Orders whose number begins so, with the ``#`` that shops put before it or not; or whose id it is."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED, {"typed": typed, "hashed": f"#{typed}"})
        return [order_id for (order_id,) in cursor.fetchall()]


_COMMON = """
SELECT EXISTS (
    SELECT FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) e(code, share)
    WHERE schemaname = current_schema() AND tablename = 'orders' AND attname = 'coupons'
    AND code = %(code)s AND share >= 0.005
)
"""
_REDEEMED = f"o.id = ANY(ARRAY(SELECT o.id FROM orders o WHERE {with_coupon('%(coupon)s')}))"


def _is_rare(code: str) -> bool:
    """Whether few orders have this coupon code, as far as PostgreSQL's statistics tell."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMON, {"code": code})
        return not cursor.fetchall()[0][0]


def _behind(after: Place | None) -> dict[str, Any]:
    return {"key": after[0], "after": after[1]} if after else {}


def _in_order(ids: list[int]) -> list[Order]:
    found = Order.objects.select_related("store", "contact").defer("digest", "fingerprint").in_bulk(ids)
    return [found[order_id] for order_id in ids if order_id in found]

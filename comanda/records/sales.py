"""How the shops do in a period, against the one before: orders, revenue, customers.

All is read through the index on ``placed_at``, so that it costs what the period holds, whatever lies before
(docs/decisions/0014). No two currencies are ever added.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Self, TypeVar

from django.db import connection

from comanda.records.periods import Period

K = TypeVar("K")
FEW = 50_000
"""So many orders are added up while someone waits for a page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: None for all stores, all currencies."""

    period: Period
    store_id: int | None = None
    currency: str | None = None

    @property
    def bound(self) -> dict[str, Any]:
        """The values of the statements below."""
        return {
            "since": self.period.since,
            "until": self.period.until,
            "earlier": self.period.earlier[0],
            "earlier_until": self.period.earlier_until,
            "edges": self.period.edges,
            "store": self.store_id,
            "currency": self.currency,
            "few": FEW,
        }


@dataclass(frozen=True, slots=True)
class Takings:
    """Orders of all statuses; the completed of them, and their revenue less refunds."""

    orders: int = 0
    completed: int = 0
    revenue: Decimal = Decimal(0)

    def __add__(self, other: Self) -> "Takings":
        return Takings(
            self.orders + other.orders, self.completed + other.completed, self.revenue + other.revenue
        )

    @property
    def average(self) -> Decimal | None:
        """Revenue of one completed order."""
        return self.revenue / self.completed if self.completed else None


NOTHING = Takings()


@dataclass(frozen=True, slots=True)
class Compared:
    """Takings of the period, and of the one before."""

    now: Takings = NOTHING
    before: Takings = NOTHING

    def __add__(self, other: Self) -> "Compared":
        return Compared(self.now + other.now, self.before + other.before)

    @property
    def orders_change(self) -> Decimal | None:
        """By which share of it the number of orders grew."""
        return change(self.now.orders, self.before.orders)

    @property
    def revenue_change(self) -> Decimal | None:
        """The same of the revenue."""
        return change(self.now.revenue, self.before.revenue)

    @property
    def average_change(self) -> Decimal | None:
        """The same of what one order brings."""
        return change(self.now.average or 0, self.before.average or 0)


def change(now: Decimal | int, before: Decimal | int) -> Decimal | None:
    """By which share of what it was something grew; None where it was nothing, or less."""
    return (Decimal(now) - before) / before if before > 0 else None


class Cell(NamedTuple):
    """What one piece of time brought one store in one currency, set into its place."""

    piece: int
    store_id: int
    currency: str
    compared: Compared
    last_order_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sales:
    """The answer, from which every view of it is added up."""

    period: Period
    cells: list[Cell]

    @property
    def total(self) -> Compared:
        """Over all currencies: for counts only, its revenue means nothing."""
        return sum((cell.compared for cell in self.cells), Compared())

    @property
    def by_currency(self) -> dict[str, Compared]:
        """Currency → takings, the one with most orders first."""
        return _most_first(self._sum(self.cells, lambda cell: cell.currency))

    @property
    def by_store(self) -> dict[int, dict[str, Compared]]:
        """Store's id → its takings by currency, the store with most orders first."""
        found = _most_first(self._sum(self.cells, lambda cell: cell.store_id))
        return {store_id: self._of_store(store_id) for store_id in found}

    def _of_store(self, store_id: int) -> dict[str, Compared]:
        own = [cell for cell in self.cells if cell.store_id == store_id]
        return _most_first(self._sum(own, lambda cell: cell.currency))

    def by_piece(self, currency: str) -> list[Compared]:
        """Takings in one currency, for each piece of the period."""
        own = [cell for cell in self.cells if cell.currency == currency]
        found = self._sum(own, lambda cell: cell.piece)
        return [found.get(piece, Compared()) for piece in range(len(self.period.starts))]

    def last_order_at(self, store_id: int) -> datetime | None:
        """When someone last bought there, in the period."""
        times = [cell.last_order_at for cell in self.cells if cell.store_id == store_id]
        return max(filter(None, times), default=None)

    @staticmethod
    def _sum(cells: Iterable[Cell], key: Callable[[Cell], K]) -> dict[K, Compared]:
        found: dict[K, Compared] = defaultdict(Compared)
        for cell in cells:
            found[key(cell)] += cell.compared
        return dict(found)


def _most_first(found: dict[K, Compared]) -> dict[K, Compared]:
    def rank(item: tuple[K, Compared]) -> tuple[int, int, str]:
        return -item[1].now.orders, -item[1].before.orders, str(item[0])

    return dict(sorted(found.items(), key=rank))


_CHOSEN = """
(%(store)s::bigint IS NULL OR store_id = %(store)s)
AND (%(currency)s::text IS NULL OR currency = %(currency)s)
"""
_SALES = f"""
SELECT width_bucket(placed_at, %(edges)s::timestamptz[]), store_id, currency, count(*),
       count(*) FILTER (WHERE status = 'completed'),
       COALESCE(sum(total - refund_total) FILTER (WHERE status = 'completed'), 0), max(placed_at)
FROM orders
WHERE placed_at >= %(earlier)s AND placed_at < %(until)s AND {_CHOSEN}
GROUP BY 1, 2, 3
"""
# The first order of each is one look into the index on (contact_id, placed_at).
_CUSTOMERS = f"""
SELECT count(*) FILTER (WHERE is_now AND first.placed_at >= %(since)s),
       count(*) FILTER (WHERE is_now AND first.placed_at < %(since)s),
       count(*) FILTER (WHERE is_before AND first.placed_at >= %(earlier)s),
       count(*) FILTER (WHERE is_before AND first.placed_at < %(earlier)s)
FROM (
    SELECT contact_id, bool_or(placed_at >= %(since)s) AS is_now,
           bool_or(placed_at < %(earlier_until)s) AS is_before
    FROM orders
    WHERE placed_at >= %(earlier)s AND placed_at < %(until)s AND contact_id IS NOT NULL AND {_CHOSEN}
    GROUP BY contact_id
) buyer
CROSS JOIN LATERAL (
    SELECT o.placed_at FROM orders o WHERE o.contact_id = buyer.contact_id ORDER BY o.placed_at LIMIT 1
) first
"""
_ARE_FEW = """
SELECT count(*) < %(few)s
FROM (SELECT FROM orders WHERE placed_at >= %(earlier)s AND placed_at < %(until)s LIMIT %(few)s) few
"""


@dataclass(frozen=True, slots=True)
class Customers:
    """People with an order in a period: ``new`` never had one before, in any store; ``returning`` had."""

    new: int
    returning: int


def are_few(asked: Asked) -> bool:
    """Whether the answer takes no longer than a page may."""
    with connection.cursor() as cursor:
        cursor.execute(_ARE_FEW, asked.bound)
        return bool(cursor.fetchone()[0])


def read(asked: Asked) -> Sales:
    """What was sold."""
    with connection.cursor() as cursor:
        cursor.execute(_SALES, asked.bound)
        cells = [_cell(asked.period, *row) for row in cursor.fetchall()]
    return Sales(asked.period, [cell for cell in cells if cell is not None])


def _cell(
    period: Period, bucket: int, store_id: int, currency: str, orders: int, completed: int, revenue: Decimal,
    last_order_at: datetime,
) -> Cell | None:  # fmt: skip
    """Buckets count from 1: pieces before, the gap until the period begins, pieces of the period."""
    pieces = len(period.starts)
    takings = Takings(orders, completed, revenue)
    if bucket <= pieces:
        return Cell(bucket - 1, store_id, currency, Compared(before=takings), None)
    if bucket == pieces + 1:
        return None
    return Cell(bucket - pieces - 2, store_id, currency, Compared(now=takings), last_order_at)


def customers(asked: Asked) -> tuple[Customers, Customers]:
    """Who bought, in the period and in the one before."""
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, asked.bound)
        new, returning, new_before, returning_before = cursor.fetchone()
    return Customers(new, returning), Customers(new_before, returning_before)

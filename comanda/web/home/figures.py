"""The figures of Home, set out for its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from babel import dates
from django.utils.translation import gettext

from comanda.records import remembered, sales
from comanda.records.models import Store
from comanda.records.remembered import Answer
from comanda.records.sales import Compared, Customers, Sales
from comanda.web.frame.tags import locale
from comanda.web.home.asked import Wish
from comanda.web.shops import standing
from comanda.web.shops.standing import Brief

_MOST_STORES = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A day or week of the chart: what it is called in full and on its axis."""

    label: str
    short: str
    compared: Compared


@dataclass(frozen=True, slots=True)
class StoreRow:
    """What one store brought; ``last_order_at`` is of the period."""

    store: Store
    by_currency: dict[str, Compared]
    last_order_at: datetime | None
    stand: Brief | None = None

    @property
    def total(self) -> Compared:
        """Its orders in all currencies."""
        return sum(self.by_currency.values(), Compared())


@dataclass(frozen=True, slots=True)
class Figures:
    """All of them; ``currency`` is the one of the chart."""

    sales: Sales
    total: Compared
    by_currency: dict[str, Compared]
    currency: str
    customers: Customers
    customers_before: Customers
    pieces: list[Piece]
    stores: list[StoreRow]
    more_stores: int
    as_of: datetime

    @property
    def main(self) -> Compared:
        """Takings in the currency of the chart."""
        return self.by_currency.get(self.currency, Compared())

    @property
    def others(self) -> dict[str, Compared]:
        """Takings in the other currencies."""
        return {code: each for code, each in self.by_currency.items() if code != self.currency}

    @property
    def new_change(self) -> Decimal | None:
        """By which share the number of new customers grew."""
        return sales.change(self.customers.new, self.customers_before.new)

    @property
    def customers_change(self) -> Decimal | None:
        """The same of all customers."""
        return sales.change(self.buyers, self.customers_before.new + self.customers_before.returning)

    @property
    def buyers(self) -> int:
        """Customers, new and returning."""
        return self.customers.new + self.customers.returning


def find(wish: Wish, *, at_any_cost: bool) -> Figures | None:
    """The figures; None where they take longer than a page may, and are to be asked for by themselves."""
    asked = wish.asked
    if at_any_cost or sales.are_few(asked):
        answer = remembered.ask(wish.key, lambda: (sales.read(asked), sales.customers(asked)))
    else:
        known: Answer[tuple[Sales, tuple[Customers, Customers]]] | None = remembered.find(wish.key)
        if known is None:
            return None
        answer = known
    return _laid_out(wish, answer)


def _laid_out(wish: Wish, answer: Answer[tuple[Sales, tuple[Customers, Customers]]]) -> Figures:
    found, (customers, customers_before) = answer.value
    by_currency = found.by_currency
    currency = next(iter(by_currency), wish.currency or _usual_currency(wish.store))
    rows = _store_rows(found)
    return Figures(
        found,
        found.total,
        by_currency,
        currency,
        customers,
        customers_before,
        _pieces(found, currency),
        rows[:_MOST_STORES],
        max(len(rows) - _MOST_STORES, 0),
        answer.as_of,
    )


def _usual_currency(store: Store | None) -> str:
    """What a chart without any orders is drawn in."""
    known = store or Store.objects.order_by("id").first()
    return known.currency if known else "EUR"


def _store_rows(found: Sales) -> list[StoreRow]:
    """Stores with most orders first, and those without any after them."""
    by_store = found.by_store
    kept = Store.objects.in_bulk(list(by_store))
    stands = standing.briefly(kept.values())
    return [
        StoreRow(kept[store_id], by_currency, found.last_order_at(store_id), stands.get(store_id))
        for store_id, by_currency in by_store.items()
        if store_id in kept
    ]


def _pieces(found: Sales, currency: str) -> list[Piece]:
    period = found.period
    name = _week if period.is_by_week else _day
    return [
        Piece(*name(start, end), compared)
        for (start, end), compared in zip(period.pieces, found.by_piece(currency), strict=True)
    ]


def _day(start: datetime, end: datetime) -> tuple[str, str]:
    del end
    full = dates.format_date(start, "full", locale=locale())
    return str(full), str(dates.format_skeleton("MMMd", start, locale=locale()))


def _week(start: datetime, end: datetime) -> tuple[str, str]:
    last = end - timedelta(microseconds=1)
    whole = gettext("%(first)s to %(last)s") % {
        "first": dates.format_date(start, "medium", locale=locale()),
        "last": dates.format_date(last, "medium", locale=locale()),
    }
    return whole, str(dates.format_skeleton("MMMd", start, locale=locale()))


def choices(stores: Sequence[Store]) -> list[str]:
    """Currencies that can be looked at by themselves: those of the stores."""
    return sorted({store.currency for store in stores})

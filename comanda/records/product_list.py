"""Products narrowed by filters and put in order, a page at a time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from comanda.records import folding
from comanda.records.models import Product, ProductRevenue, ProductSales, Store

_LONGEST = 200


class NotUnderstood(ValueError):
    """A word that means nothing here."""

    def __init__(self, key: str, word: str) -> None:
        super().__init__(f"{key}: {word}")
        self.key = key


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: ``key`` is SQL over product ``p``, its sales ``s`` and what ``join`` brings."""

    key: str
    upward: bool
    join: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


_NAME = folding.fold(folding.start("p.name"))
_SOLD = "COALESCE(s.sold, 0)"
_BUYERS = "COALESCE(s.buyers, 0)"
_IN_CURRENCY = """
LEFT JOIN product_revenue r ON r.product_id = p.id AND r.currency = %(in_currency)s"""
SORTS = {
    "newest": Sort("p.id", False),
    "name": Sort(_NAME, True),
    "name-down": Sort(_NAME, False),
    "sold": Sort(_SOLD, False),
    "sold-up": Sort(_SOLD, True),
    "buyers": Sort(_BUYERS, False),
    "buyers-up": Sort(_BUYERS, True),
}
"""All but revenue, which is a sort for each currency."""

_BY_REVENUE = re.compile("revenue-([A-Z]{3})(-up)?")


def find_sort(key: str) -> Sort | None:
    """The sort of this name: one of ``SORTS``, or ``revenue-EUR`` and ``revenue-EUR-up`` for any currency."""
    if found := _BY_REVENUE.fullmatch(key):
        return Sort("COALESCE(r.revenue, 0)", bool(found[2]), _IN_CURRENCY, {"in_currency": found[1]})
    return SORTS.get(key)


@dataclass(frozen=True, slots=True)
class Wanted:
    """SQL tests over product ``p``, with their values."""

    tests: Sequence[str]
    values: Mapping[str, Any]


def read(asked: Mapping[str, Sequence[str]]) -> Wanted:
    """What the words of an address mean. Raises NotUnderstood."""
    words = {key: said[-1].strip() for key in KEYS if (said := asked.get(key)) and said[-1].strip()}
    for key, word in words.items():
        if "\0" in word or len(word) > _LONGEST:
            raise NotUnderstood(key, word)
    tests: list[str] = []
    values: dict[str, Any] = {}
    for key, word in words.items():
        test, value = _READERS[key](word)
        tests.append(test)
        values |= value
    if "archived" not in words:
        tests.append("NOT p.archived")
    return Wanted(tests, values)


KEYS = ("q", "store", "category", "archived")
"""The filters. Archived products are left out unless they are asked for."""


def _text(word: str) -> tuple[str, dict[str, Any]]:
    """All words are somewhere in name, SKU or the shop's id."""
    parts = {f"word{number}": part for number, part in enumerate(word.split())}
    tests = [f"position(({folding.fold(f'%({name})s::text')}) IN p.sought) > 0" for name in parts]
    return " AND ".join(tests), dict(parts)


def _store(word: str) -> tuple[str, dict[str, Any]]:
    store_id = Store.objects.filter(key=word).values_list("id", flat=True).first()
    if store_id is None:
        raise NotUnderstood("store", word)
    return "p.store_id = %(store_id)s", {"store_id": store_id}


def _category(word: str) -> tuple[str, dict[str, Any]]:
    return "p.category = %(category)s", {"category": word}


def _archived(word: str) -> tuple[str, dict[str, Any]]:
    if word not in ("yes", "all"):
        raise NotUnderstood("archived", word)
    return ("p.archived" if word == "yes" else "true"), {}


_READERS = {"q": _text, "store": _store, "category": _category, "archived": _archived}


@dataclass(frozen=True, slots=True)
class Row:
    """A product with what was sold of it when that was last counted; None if nothing was."""

    product: Product
    sales: ProductSales | None
    revenue: Sequence[ProductRevenue]


@dataclass(frozen=True, slots=True)
class Page:
    """Products in order. If ``more`` lie behind them, those are behind ``end``: (key as text, id)."""

    rows: list[Row]
    more: bool
    end: tuple[str, int] | None


class Gone(Exception):
    """No place in a list is written so."""


def page(wanted: Wanted, sort: Sort, limit: int, after: tuple[str, int] | None = None) -> Page:
    """Products in order, behind a place in it. Raises Gone."""
    way, beyond = ("ASC", ">") if sort.upward else ("DESC", "<")
    tests = [*wanted.tests, "true"]
    values: dict[str, Any] = {**wanted.values, **sort.values, "limit": limit + 1}
    if after is not None:
        tests.append(f"({sort.key}, p.id) {beyond} (%(key)s, %(after)s)")
        values |= {"key": _typed(sort, after[0]), "after": after[1]}
    question = f"""
        SELECT p.id, {sort.key} FROM product p LEFT JOIN product_sales s ON s.product_id = p.id
        {sort.join} WHERE {" AND ".join(tests)} ORDER BY 2 {way}, 1 {way} LIMIT %(limit)s
    """
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        found = cursor.fetchall()
    more, found = len(found) > limit, found[:limit]
    end = (str(found[-1][1]), found[-1][0]) if found else None
    return Page(_rows([product_id for product_id, _ in found]), more, end)


def _typed(sort: Sort, key: str) -> Any:
    if sort.key == _NAME:
        return key
    try:
        return int(key) if sort.key == "p.id" else Decimal(key)
    except (ArithmeticError, ValueError):
        raise Gone from None


def _rows(ids: Sequence[int]) -> list[Row]:
    products = Product.objects.select_related("store").defer("description").in_bulk(ids)
    sales = ProductSales.objects.in_bulk(ids)
    revenue: dict[int, list[ProductRevenue]] = {}
    for each in ProductRevenue.objects.filter(product_id__in=ids).order_by("product_id", "currency"):
        revenue.setdefault(each.product_id, []).append(each)
    return [Row(products[each], sales.get(each), revenue.get(each, ())) for each in ids if each in products]


_MOST_CATEGORIES = 500


def categories() -> list[str]:
    """The categories that products are in; the first 500 of them."""
    found = Product.objects.exclude(category="").order_by("category").values_list("category", flat=True)
    return list(found.distinct()[:_MOST_CATEGORIES])


def currencies() -> list[str]:
    """The currencies in which products brought something, when that was last counted."""
    found = ProductRevenue.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return list(found)


def exist() -> bool:
    """Whether there is any product."""
    return Product.objects.exists()

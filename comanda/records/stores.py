"""Stores: added, edited, found, summed up."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from babel.core import get_global
from babel.numbers import list_currencies
from django.db import IntegrityError, connection, transaction

from comanda.lib import money
from comanda.records.models import Store, StoreKind
from comanda.shapes import OrderStatus

KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
EDITABLE = (
    "name", "description", "kind", "platform", "url", "currency", "timezone", "country", "address",
    "latitude", "longitude", "status_map",
)  # fmt: skip
"""Columns that may be given when a store is added, and edited later."""


class StoreRefused(ValueError):
    """A store cannot be kept as given: ``field`` is at fault, ``expected`` would have been right."""

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}: {value!r}: expected {expected}")
        self.field = field
        self.expected = expected


class KeyTaken(StoreRefused):
    """There is a store with this key already."""


def create(key: str, **columns: Any) -> Store:
    """Adds a store; raises StoreRefused. ``columns`` are any of ``EDITABLE``."""
    if not KEY.fullmatch(key):
        raise StoreRefused("key", key, "lower-case letters, digits and dashes, at most 64")
    store = Store(key=key, **_checked({"name": key, **columns}))
    try:
        with transaction.atomic():
            store.save()
    except IntegrityError:
        raise KeyTaken("key", key, "a key that no other store has") from None
    return store


def edit(store: Store, **columns: Any) -> Store:
    """Changes columns of ``EDITABLE``; raises StoreRefused."""
    for column, value in _checked(columns).items():
        setattr(store, column, value)
    store.save(update_fields=list(columns))
    return store


def find(key: str) -> Store | None:
    """The store with this key."""
    return Store.objects.filter(key=key).first()


def _checked(columns: Mapping[str, Any]) -> dict[str, Any]:
    for column, value in columns.items():
        if column not in EDITABLE:
            raise StoreRefused(column, value, f"one of {', '.join(EDITABLE)}")
        check, expected = _RULES.get(column, (_is_text, "text without NUL characters"))
        if not check(value):
            raise StoreRefused(column, value, expected)
    return dict(columns)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_degrees(value: object, most: int) -> bool:
    return value is None or (isinstance(value, int | float) and -most <= value <= most)


def _is_status_map(value: object) -> bool:
    return isinstance(value, dict) and all(
        _is_text(word) and status in set(OrderStatus) for word, status in value.items()
    )


@cache
def currencies() -> frozenset[str]:
    """Every currency code of ISO 4217, past ones too."""
    return frozenset(list_currencies())


@cache
def timezones() -> frozenset[str]:
    """Every name of the IANA time zone database, as the package ``tzdata`` has it."""
    return frozenset((resources.files("tzdata") / "zones").read_text().split())


@cache
def countries() -> frozenset[str]:
    """Every country code of ISO 3166 (alpha-2), and XK (Kosovo), which has none but is used by all."""
    return frozenset(code for code in get_global("zone_territories").values() if len(code) == 2) | {"XK"}


_RULES: dict[str, tuple[Any, str]] = {
    "kind": (lambda value: value in set(StoreKind), "online or physical"),
    "currency": (lambda value: value in currencies(), "an ISO 4217 currency code such as EUR"),
    "timezone": (lambda value: value in timezones(), "an IANA time zone such as Europe/Lisbon"),
    "country": (lambda value: value == "" or value in countries(), "an ISO 3166 country code such as PT"),
    "latitude": (lambda value: _is_degrees(value, 90), "degrees from -90 to 90"),
    "longitude": (lambda value: _is_degrees(value, 180), "degrees from -180 to 180"),
    "status_map": (_is_status_map, "an object from the shop's words to " + ", ".join(OrderStatus)),
    "platform": (lambda value: _is_text(value) and 0 < len(value) <= 32, "the name of a platform"),
}

_TOTALS = """
SELECT s.key, s.name, s.kind, s.platform, s.currency, s.timezone,
       (SELECT count(*) FROM orders o WHERE o.store_id = s.id),
       (SELECT count(*) FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.store_id = s.id),
       (SELECT count(DISTINCT o.contact_id) FROM orders o WHERE o.store_id = s.id),
       (SELECT count(*) FROM product p WHERE p.store_id = s.id),
       (SELECT max(o.placed_at) FROM orders o WHERE o.store_id = s.id)
FROM store s WHERE s.id = %(id)s
"""
_REVENUE = """
SELECT currency, sum(total - refund_total) FROM orders
WHERE store_id = %(id)s AND status = 'completed' GROUP BY currency ORDER BY currency
"""
_COLUMNS = (
    "key", "name", "kind", "platform", "currency", "timezone", "orders", "lines", "contacts", "products",
    "last_order_at",
)  # fmt: skip


def totals(store: Store) -> dict[str, Any]:
    """What a store has brought: the object of ``store list --json``. Reads all of the store's orders."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"id": store.pk})
        found = dict(zip(_COLUMNS, cursor.fetchone(), strict=True))
        cursor.execute(_REVENUE, {"id": store.pk})
        revenue: dict[str, Decimal] = dict(cursor.fetchall())
    return {
        **found,
        "revenue": {code: money.to_the_cent(value, code) for code, value in revenue.items()},
        "synced_to": None,
    }

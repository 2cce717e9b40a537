"""Stores: added, edited, found, summed up."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from babel.core import get_global
from babel.numbers import list_currencies
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from comanda.records import store_totals
from comanda.records.models import List, Store, StoreKind
from comanda.shapes import OrderStatus

KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_TAKEN_BY_PAGES = "new"
"""The page that adds a store has this place among theirs."""
EDITABLE = (
    "name", "description", "kind", "platform", "url", "currency", "timezone", "country", "address",
    "latitude", "longitude", "status_map", "contact_list",
)  # fmt: skip
"""Columns that may be given when a store is added, and edited later.

``contact_list`` is the name of the list that buyers join, made if there is none; "" or None for no list.
"""


class StoreRefused(ValueError):
    """A store cannot be kept as given: ``field`` is at fault, ``expected`` would have been right."""

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}: {value!r}: expected {expected}")
        self.field = field
        self.expected = expected


class KeyTaken(StoreRefused):
    """There is a store with this key already."""


class StoreClosed(Exception):
    """The store takes nothing in: it is archived, or being deleted. The message says which."""


def create(key: str, **columns: Any) -> Store:
    """Adds a store; raises StoreRefused. ``columns`` are any of ``EDITABLE``."""
    if not KEY.fullmatch(key) or key == _TAKEN_BY_PAGES:
        raise StoreRefused("key", key, "lower-case letters, digits and dashes, at most 64, and not just new")
    given = _checked({"name": key, **columns})
    try:
        with transaction.atomic():
            store = Store.objects.create(key=key, **_as_kept(given))
    except IntegrityError:
        raise KeyTaken("key", key, "a key that no other store has") from None
    return store


def edit(store: Store, **columns: Any) -> Store:
    """Changes columns of ``EDITABLE``; raises StoreRefused."""
    given = _checked(columns)
    with transaction.atomic():
        for column, value in _as_kept(given).items():
            setattr(store, column, value)
        store.save(update_fields=list(columns))
    return store


def find(key: str) -> Store | None:
    """The store with this key."""
    return Store.objects.filter(key=key).first()


def in_use() -> QuerySet[Store]:
    """Those that take orders in, by their names."""
    return Store.objects.filter(archived_at=None, removal_asked_at=None).order_by("name", "key")


def archive(store: Store) -> None:
    """Takes a store out of use: what it brought stays and counts, nothing more comes in."""
    Store.objects.filter(id=store.pk, archived_at=None).update(archived_at=Now())
    store.refresh_from_db(fields=["archived_at"])


def unarchive(store: Store) -> None:
    """Takes a store into use again."""
    Store.objects.filter(id=store.pk).update(archived_at=None)
    store.archived_at = None


def check_open(store: Store) -> None:
    """Raises StoreClosed for a store that takes nothing in."""
    if store.removal_asked_at is not None:
        raise StoreClosed(f"The store {store.key} is being deleted.")
    if store.archived_at is not None:
        raise StoreClosed(f"The store {store.key} is archived: it takes nothing in until it is in use again.")


def slug(name: str) -> str:
    """A key from a name: lower-case ASCII letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-") or "store"
    return "store-new" if made == _TAKEN_BY_PAGES else made


def free_key(name: str) -> str:
    """A key from a name that no store has: ``porto``, else ``porto-2``, and so on."""
    wanted = slug(name)[:56].strip("-")
    taken = set(Store.objects.filter(key__startswith=wanted).values_list("key", flat=True))
    number, key = 1, wanted
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key


def _checked(columns: Mapping[str, Any]) -> dict[str, Any]:
    for column, value in columns.items():
        if column not in EDITABLE:
            raise StoreRefused(column, value, f"one of {', '.join(EDITABLE)}")
        check, expected = _RULES.get(column, (_is_text, _("text without NUL characters")))
        if not check(value):
            raise StoreRefused(column, value, expected)
    return dict(columns)


def _as_kept(columns: dict[str, Any]) -> dict[str, Any]:
    if "contact_list" not in columns:
        return columns
    name = columns["contact_list"]
    return {**columns, "contact_list": List.objects.get_or_create(name=name)[0] if name else None}


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
    "currency": (lambda value: value in currencies(), _("an ISO 4217 currency code such as EUR")),
    "timezone": (lambda value: value in timezones(), _("an IANA time zone such as Europe/Lisbon")),
    "country": (lambda value: value == "" or value in countries(), _("an ISO 3166 country code such as PT")),
    "latitude": (lambda value: _is_degrees(value, 90), _("degrees from -90 to 90")),
    "longitude": (lambda value: _is_degrees(value, 180), _("degrees from -180 to 180")),
    "status_map": (_is_status_map, "an object from the shop's words to " + ", ".join(OrderStatus)),
    "contact_list": (
        lambda value: value is None or (_is_text(value) and len(value) <= 200),
        _("the name of a list, at most 200 characters"),
    ),
    "platform": (lambda value: _is_text(value) and 0 < len(value) <= 32, "the name of a platform"),
}


def totals(store: Store) -> dict[str, Any]:
    """What a store has brought: the object of ``store list --json``. Reads all of the store's orders."""
    return store_totals.of([store])[0]

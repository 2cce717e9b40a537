"""Which orders someone asks for, as the words of an address say it: ``{"status": ["completed"]}``.

Each filter is SQL about an order ``o``. Store, currency and status are kept apart from the others: together
they are the beginning of an index, by which the latest orders of any of them are found.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from comanda.records.models import Store
from comanda.shapes import OrderStatus

_LONGEST = 200
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)
ANY_COUPON = "*"
"""Stands for orders with any coupon at all."""


class NotUnderstood(ValueError):
    """A word that means nothing here: ``key`` says which filter it stood in."""

    def __init__(self, key: str, word: str) -> None:
        super().__init__(f"{key}: {word}")
        self.key = key


class Buyer(StrEnum):
    """Whether it is known who bought."""

    KNOWN = "known"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Test:
    """Something that holds for an order ``o``, with values bound by name."""

    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)


_IN_BUCKET = {
    "store": "{table}.store_id = %(store_id)s",
    "currency": "{table}.currency = %(currency)s",
    "status": "{table}.status = ANY(%(statuses)s)",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """``bucket`` holds values for store, currency and status; ``tests`` by filter what else must hold.

    ``number`` is what was typed to find an order, "" for nothing.
    """

    bucket: Mapping[str, Any]
    tests: Mapping[str, Test]
    number: str = ""

    @property
    def currency(self) -> str:
        """The one currency that was asked for, or ""."""
        return str(self.bucket.get("currency", ""))

    @property
    def is_all(self) -> bool:
        """Whether every order is meant."""
        return not self.bucket and not self.tests and not self.number

    @property
    def has_index_of_its_own(self) -> bool:
        """Whether a filter is there that few orders pass, by an index for just these."""
        return not self.tests.keys().isdisjoint({"refund", "coupon", "guest"})

    def in_bucket(self, table: str) -> str:
        """SQL: a row of ``table`` is of the store, currency and status that are meant."""
        named = {"store": "store_id", "currency": "currency", "status": "statuses"}
        found = [sql.format(table=table) for key, sql in _IN_BUCKET.items() if named[key] in self.bucket]
        return " AND ".join(found) or "true"

    def tested(self) -> str:
        """SQL: all else that must hold for ``o``."""
        return " AND ".join(test.sql for test in self.tests.values()) or "true"

    def values(self) -> dict[str, Any]:
        """All values that the SQL names."""
        found = dict(self.bucket)
        for test in self.tests.values():
            found |= test.values
        return found


def read(asked: Mapping[str, Sequence[str]], zone: ZoneInfo) -> Wanted:
    """What these words mean; days are days of the zone. Raises NotUnderstood."""
    words = {key: [word.strip() for word in asked.get(key, ()) if word.strip()] for key in KEYS}
    for key, said in words.items():
        if any("\0" in word or len(word) > _LONGEST for word in said):
            raise NotUnderstood(key, said[0])
    tests = {key: reader(said[-1]) for key, reader in _TESTS.items() if (said := words[key])}
    since, until = (_day(key, words[key][-1]) if words[key] else None for key in ("from", "to"))
    if since:
        tests["from"] = Test("o.placed_at >= %(since)s", {"since": _begins(since, zone)})
    if until:
        tests["to"] = Test("o.placed_at < %(until)s", {"until": _begins(until + timedelta(days=1), zone)})
    if words["buyer"]:
        tests |= _buyer(words["buyer"][-1])
    return Wanted(_bucket(words), tests, words["q"][-1] if words["q"] else "")


KEYS = ("q", "status", "store", "currency", "from", "to", "buyer", "refund", "coupon")
"""The filters."""


def only_words(asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What of this says something of orders."""
    return {key: said for key in KEYS if (said := [word for word in asked.get(key, ()) if word.strip()])}


def _bucket(words: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if words["store"]:
        store_id = Store.objects.filter(key=words["store"][-1]).values_list("id", flat=True).first()
        if store_id is None:
            raise NotUnderstood("store", words["store"][-1])
        found["store_id"] = store_id
    if words["currency"]:
        if not re.fullmatch("[A-Z]{3}", words["currency"][-1]):
            raise NotUnderstood("currency", words["currency"][-1])
        found["currency"] = words["currency"][-1]
    if words["status"]:
        for word in words["status"]:
            if word not in set(OrderStatus):
                raise NotUnderstood("status", word)
        found["statuses"] = sorted(set(words["status"]))
    return found


def _day(key: str, word: str) -> date:
    try:
        found = date.fromisoformat(word)
    except ValueError:
        raise NotUnderstood(key, word) from None
    if not _FIRST_DAY <= found <= _LAST_DAY:
        raise NotUnderstood(key, word)
    return found


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _buyer(word: str) -> dict[str, Test]:
    if word == Buyer.GUEST:
        return {"guest": Test("o.contact_id IS NULL")}
    if word == Buyer.KNOWN:
        return {"known": Test("o.contact_id IS NOT NULL")}
    raise NotUnderstood("buyer", word)


def _refund(word: str) -> Test:
    if word != "yes":
        raise NotUnderstood("refund", word)
    return Test("o.refund_total > 0")


def _coupon(word: str) -> Test:
    if word == ANY_COUPON:
        return Test("NOT (o.coupons = '{}'::text[])")
    return Test(with_coupon("%(coupon)s"), {"coupon": word})


def with_coupon(name: str) -> str:
    """SQL: an order ``o`` has this coupon code. The index for it holds just the orders with coupons."""
    return f"NOT (o.coupons = '{{}}'::text[]) AND o.coupons @> ARRAY[{name}]::text[]"


_TESTS: dict[str, Callable[[str], Test]] = {"refund": _refund, "coupon": _coupon}

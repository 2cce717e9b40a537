"""Every order accounted for: a day of the shop against the same day here, order by order.

The shop's side is read slim (ids, totals, dates). Whatever differs is read again from the shop and brought
in, which heals most of it; what is left has a reason, and is written down with the day.

Source of the days: the shop's own zone, as the store has it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from comanda.connectors.base import Connector, Digest, Resource
from comanda.ingest.sync import gone, hooks, inbox
from comanda.ingest.sync.intake import REFUSALS
from comanda.ingest.upsert import Cause
from comanda.lib.money import plain
from comanda.records import database
from comanda.records.models import Audit, Inbox, InboxState, Order, Store

CAUSE = Cause("audit", live=True)
RECENT = timedelta(minutes=2)
"""An order that the shop changed so shortly ago may still be on its way."""
_MOST_KEPT = 200
"""Differences of a day that are written down one by one."""
_OWN = """
SELECT external_id, placed_at, currency, total, source_status, source_updated_at
FROM orders WHERE store_id = %(store_id)s AND placed_at >= %(since)s AND placed_at < %(until)s
AND source_status <> ALL(%(gone)s)
"""
_THESE = """
SELECT external_id, placed_at, currency, total, source_status, source_updated_at FROM orders
WHERE store_id = %(store_id)s AND external_id = ANY(%(ids)s)
"""


class Reason(StrEnum):
    """Why an order stands on one side only, or stands there otherwise."""

    REFUSED = "refused"
    UNREADABLE = "unreadable"
    ON_ITS_WAY = "on_its_way"
    CHANGED_SINCE = "changed_since"
    DELETED_THERE = "deleted_there"
    TEST_ORDER = "test_order"
    MOVED_DAY = "moved_day"
    UNEXPLAINED = "unexplained"


FAIR = frozenset(
    {Reason.ON_ITS_WAY, Reason.CHANGED_SINCE, Reason.DELETED_THERE, Reason.TEST_ORDER, Reason.MOVED_DAY}
)
"""Reasons that are no fault, and need nobody to act."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One order that is not the same on both sides; amounts are None where it is not there at all.

    ``code`` names a sentence, filled by ``facts``, where the inbox knows more; ``note`` says what is
    to be said beyond the reason.
    """

    order_id: str
    reason: Reason
    shop_total: Decimal | None
    own_total: Decimal | None
    currency: str
    note: str = ""
    code: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "order_id": self.order_id,
            "reason": self.reason.value,
            "shop_total": None if self.shop_total is None else plain(self.shop_total),
            "own_total": None if self.own_total is None else plain(self.own_total),
            "currency": self.currency,
            "note": self.note,
            "code": self.code,
            "facts": dict(self.facts),
        }


@dataclass(slots=True)
class Day:
    """A day compared. Totals are by currency."""

    day: date
    shop_orders: int = 0
    own_orders: int = 0
    shop_totals: dict[str, Decimal] = field(default_factory=dict)
    own_totals: dict[str, Decimal] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    healed: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether every order of the shop's is here, or fairly not."""
        return all(each.reason in FAIR for each in self.differences)


def is_complete(kept: Audit) -> bool:
    """The same of a comparison that was written down."""
    return all(each["reason"] in FAIR for each in kept.differences)


def bounds(store: Store, day: date) -> tuple[datetime, datetime]:
    """When a day begins and ends in the store's zone."""
    zone = ZoneInfo(store.timezone)
    begins = datetime.combine(day, clock.min, tzinfo=zone)
    ends = datetime.combine(day + timedelta(days=1), clock.min, tzinfo=zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def as_json(found: Day) -> dict[str, Any]:
    """A day as programs get it."""
    return {
        "day": found.day.isoformat(),
        "complete": found.is_complete,
        "shop_orders": found.shop_orders,
        "own_orders": found.own_orders,
        "shop_totals": {currency: plain(total) for currency, total in found.shop_totals.items()},
        "own_totals": {currency: plain(total) for currency, total in found.own_totals.items()},
        "healed": found.healed,
        "differences": [each.as_json() for each in found.differences],
    }


def day_of(store: Store, at: datetime) -> date:
    """The day of an instant in the store's zone."""
    return at.astimezone(ZoneInfo(store.timezone)).date()


def run(store: Store, connector: Connector, day: date) -> Day:
    """Compares a day, heals what can be healed, and writes the comparison down. Raises ShopError."""
    since, until = bounds(store, day)
    theirs = _theirs(connector, since, until)
    ours = _ours(store, connector, since, until)
    odd = _odd(theirs, ours)
    found = Day(day)
    if odd:
        before = ours
        hooks.reread(store, connector, Resource.ORDERS, sorted(odd), CAUSE)
        ours = _ours(store, connector, since, until)
        still = _odd(theirs, ours)
        found.differences = _deleted(store, connector, before, odd - still)
        found.healed = len(odd - still) - len(found.differences)
        odd = still
    _count(found, theirs, ours)
    found.differences += [_explained(store, each, theirs, ours) for each in sorted(odd)]
    found.differences.sort(key=lambda each: each.reason in FAIR)  # what needs someone first: not all are kept
    _write(store, found)
    return found


def _deleted(
    store: Store, connector: Connector, before: Mapping[str, Digest], read: Iterable[str]
) -> list[Difference]:
    """Those of the orders read again that the shop has no more: they counted here until now."""
    found = Order.objects.filter(store=store, external_id__in=[each for each in read if each in before])
    gone_now = found.filter(source_status__in=_gone_words(connector)).order_by("external_id")
    lost = [before[order_id] for order_id in gone_now.values_list("external_id", flat=True)]
    return [Difference(each.order_id, Reason.DELETED_THERE, None, each.total, each.currency) for each in lost]


def _gone_words(connector: Connector) -> list[str]:
    return [gone.WORD, *connector.gone_words]


def _theirs(connector: Connector, since: datetime, until: datetime) -> dict[str, Digest]:
    return {digest.order_id: digest for some in connector.digests(since, until) for digest in some}


def _ours(store: Store, connector: Connector, since: datetime, until: datetime) -> dict[str, Digest]:
    words = _gone_words(connector)
    asked: dict[str, Any] = {"store_id": store.pk, "since": since, "until": until, "gone": words}
    with database.cursor() as cursor:
        cursor.execute(_OWN, asked)
        return {row[0]: Digest(*row) for row in cursor.fetchall()}


def _odd(theirs: Mapping[str, Digest], ours: Mapping[str, Digest]) -> set[str]:
    """Orders that are not the same on both sides; test orders count as one."""
    odd = set(ours) - set(theirs)
    for order_id, digest in theirs.items():
        own = ours.get(order_id)
        if own is None or not _same(digest, own):
            odd.add(order_id)
    return odd


def _same(theirs: Digest, own: Digest) -> bool:
    same_word = not theirs.word or theirs.word == own.word
    return theirs.total == own.total and theirs.currency == own.currency and same_word


def _count(found: Day, theirs: Mapping[str, Digest], ours: Mapping[str, Digest]) -> None:
    real = [digest for digest in theirs.values() if not digest.is_test]
    found.shop_orders, found.own_orders = len(real), len(ours)
    found.shop_totals, found.own_totals = _totals(real), _totals(ours.values())


def _totals(digests: Iterable[Digest]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for digest in digests:
        sums[digest.currency] += digest.total
    return dict(sorted(sums.items()))


def _explained(
    store: Store, order_id: str, theirs: Mapping[str, Digest], ours: Mapping[str, Digest]
) -> Difference:
    shop, own = theirs.get(order_id), ours.get(order_id)
    currency = shop.currency if shop else own.currency if own else ""
    totals = shop.total if shop else None, own.total if own else None
    kept = _kept(store, order_id) if shop and not shop.is_test else None
    if kept is None:
        reason, note = _reason(store, order_id, shop, own)
        return Difference(order_id, reason, *totals, currency, note)
    code, facts = kept.error_code, kept.error_facts
    reason = Reason.REFUSED if code in REFUSALS else Reason.UNREADABLE
    return Difference(order_id, reason, *totals, currency, inbox.why(kept), code, facts)


def _kept(store: Store, order_id: str) -> Inbox | None:
    """The order in the inbox, where it did not come in."""
    return Inbox.objects.filter(
        store=store, state=InboxState.FAILED, kind=Resource.ORDERS.value, external_id=order_id
    ).first()


def _reason(store: Store, order_id: str, shop: Digest | None, own: Digest | None) -> tuple[Reason, str]:
    if shop is None:  # it is read all the same: the shop's list of the day lacks it
        return Reason.UNEXPLAINED, ""
    if shop.is_test:
        return Reason.TEST_ORDER, ""
    here = _here(store, order_id)
    if here is not None and own is None:
        return Reason.MOVED_DAY, f"{here.placed_at.isoformat()}"
    if own is not None and own.updated_at and shop.updated_at and own.updated_at > shop.updated_at:
        return Reason.CHANGED_SINCE, ""
    if (shop.updated_at or shop.placed_at) > datetime.now(UTC) - RECENT:
        return Reason.ON_ITS_WAY, ""
    return Reason.UNEXPLAINED, ""


def _here(store: Store, order_id: str) -> Digest | None:
    with database.cursor() as cursor:
        cursor.execute(_THESE, {"store_id": store.pk, "ids": [order_id]})
        row = cursor.fetchone()
    return Digest(*row) if row else None


def _write(store: Store, found: Day) -> None:
    Audit.objects.create(
        store=store,
        day=found.day,
        shop_orders=found.shop_orders,
        own_orders=found.own_orders,
        shop_totals={currency: plain(total) for currency, total in found.shop_totals.items()},
        own_totals={currency: plain(total) for currency, total in found.own_totals.items()},
        differences=[each.as_json() for each in found.differences[:_MOST_KEPT]],
        healed=found.healed,
    )


def days(since: date, until: date) -> Sequence[date]:
    """Every day from ``since`` to ``until``, both included."""
    return [since + timedelta(days=number) for number in range((until - since).days + 1)]


def latest(store: Store, since: date, until: date) -> dict[date, Audit]:
    """The last comparison of each day in this time."""
    rows = Audit.objects.filter(store=store, day__range=(since, until)).order_by("day", "at")
    return {row.day: row for row in rows}

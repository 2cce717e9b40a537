"""How a store stands with its shop: what the page says of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from babel import dates
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from comanda.connectors import registry
from comanda.connectors.base import Connector
from comanda.ingest.sync import audit, calls, carts, hooks, inbox, standing
from comanda.ingest.sync.standing import Stand
from comanda.lib.text import shorten
from comanda.records import connections
from comanda.records.models import Audit, Connection, Order, ShopCall, Store
from comanda.records.progress import Standing as Progress
from comanda.shapes import OrderStatus
from comanda.web.access import caller, needs
from comanda.web.frame import tags
from comanda.web.shops import finding, words
from comanda.web.shops.forms import DelayForm
from comanda.web.shops.words import Platform, Trouble

STATES: dict[str, tuple[Promise, str, str]] = {
    "unconnected": (pgettext_lazy("sync", "Not connected"), "bg-secondary-lt", "plug-x"),
    "history": (pgettext_lazy("sync", "Reading the history"), "bg-blue-lt", "download"),
    "in_step": (pgettext_lazy("sync", "In step"), "bg-green-lt", "check"),
    "waiting": (pgettext_lazy("sync", "Waiting, then trying again"), "bg-orange-lt", "clock"),
    "paused": (pgettext_lazy("sync", "Paused"), "bg-secondary-lt", "player-pause"),
    "broken": (pgettext_lazy("sync", "Needs you"), "bg-red-lt", "alert-triangle"),
}
"""State of a store → what it is called, the classes of its colour, and an icon="check"."""
_BEHIND = 5
"""So many intervals late, a store that is in step is said to lag."""
_SIGNING = "oauth_"
"""How parameters begin that only sign a request."""
_RECENTLY = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Resource:
    """How far one kind of records is."""

    name: Promise | str
    state: str
    seen: int
    total: int | None

    @property
    def percent(self) -> int | None:
        """None where the shop does not say how many there are."""
        return min(100 * self.seen // self.total, 100) if self.total else None


@dataclass(frozen=True, slots=True)
class Brief:
    """How a store stands, in a line."""

    stand: Stand

    @property
    def label(self) -> Promise:
        """What the state is called."""
        return STATES[self.stand.state][0]

    @property
    def classes(self) -> str:
        """The colour of the state."""
        return STATES[self.stand.state][1]

    @property
    def stamp(self) -> str:
        """How complete it is."""
        return stamp(self.stand)

    @property
    def is_wrong(self) -> bool:
        """Whether its state is worth a word where there is little room."""
        return self.stand.state in ("broken", "waiting", "paused")


@dataclass(frozen=True, slots=True)
class Shown(Brief):
    """All that the page of a store says of its sync."""

    store: Store
    platform: Platform | None
    connection: Connection | None
    trouble: Trouble | None
    remarks: list[Trouble]
    resources: list[Resource]
    rate: str
    left: str
    lag: str
    is_late: bool
    hook_address: str
    is_by_hand: bool
    failed: dict[str, int]
    waiting: int
    recent: calls.Summary
    today: int

    @property
    def icon(self) -> str:
        """The icon of the state."""
        return STATES[self.stand.state][2]

    @property
    def failed_named(self) -> list[tuple[tuple[str, Promise | str], int]]:
        """What did not come in: kind and what it is called, how many."""
        return words.named(self.failed)

    @property
    def retry_at(self) -> datetime | None:
        """When it is tried again by itself."""
        return self.stand.retry_at if self.stand.state in ("waiting", "broken") else None

    @property
    def is_reading(self) -> bool:
        """Whether some of the history is still to come."""
        return any(each.state != "done" for each in self.resources)

    @property
    def is_skewed(self) -> bool:
        """Whether the shop's clock is so far away that someone should know."""
        return abs(self.stand.skew) > standing.SKEWED

    @property
    def pulled_at(self) -> datetime | None:
        """When the shop was last asked what changed, or else its history ended."""
        times = [part.pulled_at for part in self.stand.resources if part.pulled_at]
        return max(times, default=self.stand.complete_to)


def has_shop(store: Store) -> bool:
    """Whether a store can be connected with a shop."""
    return store.platform in registry.all_platforms()


def briefly(stores: Iterable[Store]) -> dict[int, Brief]:
    """How those of the stores stand that can be connected with a shop, by their ids."""
    found = standing.of_all([each for each in stores if has_shop(each)])
    return {number: Brief(stand) for number, stand in found.items()}


def stamp(stand: Stand) -> str:
    """How complete a store is, in one line; "" where nothing can be said."""
    if stand.complete_to is None:
        if stand.state == "unconnected" or not stand.resources:
            return ""
        seen = sum(part.seen for part in stand.resources)
        return ngettext("%(count)s record so far", "%(count)s records so far", seen) % {
            "count": tags.number(seen)
        }
    when = tags.written(stand.complete_to, "time" if _is_today(stand.complete_to) else "medium")
    if not stand.refused:
        return gettext("Complete to %(time)s") % {"time": when}
    told = ngettext(
        "Complete to %(time)s, %(count)s refused", "Complete to %(time)s, %(count)s refused", stand.refused
    )
    return told % {"time": when, "count": tags.number(stand.refused)}


def _is_today(when: datetime) -> bool:
    return timezone.localtime(when).date() == timezone.localdate()


def of(store: Store, *, may_connect: bool) -> Shown:
    """All that is said of a store's sync."""
    kind = registry.all_platforms().get(store.platform)
    connection, stand = connections.find(store), standing.of(store)
    address, by_hand = _hook(connection, kind) if may_connect else ("", False)
    trouble = words.trouble(stand.error_code, stand.error_facts or {}, kind) if stand.error_code else None
    return Shown(
        stand,
        store,
        words.platform(kind) if kind else None,
        connection,
        trouble,
        words.remarks(connection.remarks, kind) if connection else [],
        [_resource(part) for part in stand.resources],
        _rate(stand.progress),
        _left(stand.progress),
        _length(stand.lag),
        _is_late(stand, kind),
        address,
        by_hand,
        inbox.failed(store),
        inbox.waiting(store),
        calls.summary(store),
        _placed_lately(store),
    )


def _placed_lately(store: Store) -> int:
    since = timezone.now() - timedelta(days=1)
    return Order.objects.filter(store=store, placed_at__gte=since).count()


def _resource(part: standing.Part) -> Resource:
    return Resource(words.RESOURCES.get(part.resource, part.resource), part.state, part.seen, part.total)


def _rate(found: Progress | None) -> str:
    if found is None or found.rate < 1:
        return ""
    return gettext("%(rate)s records a second") % {"rate": tags.number(round(found.rate), 0)}


def _left(found: Progress | None) -> str:
    if found is None or found.seconds_left is None or found.done >= found.total:
        return ""
    return gettext("about %(time)s left") % {"time": _length(max(found.seconds_left, 1))}


def _length(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return str(dates.format_timedelta(timedelta(seconds=round(seconds)), threshold=1.5, locale=tags.locale()))


def _is_late(stand: Stand, kind: type[Connector] | None) -> bool:
    if kind is None or stand.lag is None or stand.state != "in_step":
        return False
    return stand.lag > _BEHIND * kind.interval.total_seconds()


def _hook(connection: Connection | None, kind: type[Connector] | None) -> tuple[str, bool]:
    """The address for webhooks, and whether it must be entered in the shop by hand."""
    if connection is None or kind is None or not kind.has_webhooks:
        return "", False
    public = settings.PUBLIC_URL
    return (hooks.address(connection, public) if public else ""), not kind.makes_webhooks


@dataclass(frozen=True, slots=True)
class Acts:
    """What waits for someone, besides what did not come in: days that differ, and orders of no status."""

    days: list[Audit]
    unknown: int


def acts(store: Store) -> Acts:
    """What else is to be looked at."""
    today = audit.day_of(store, timezone.now())
    kept = audit.latest(store, today - _RECENTLY, today)
    is_open = [each for each in kept.values() if any(d["reason"] not in audit.FAIR for d in each.differences)]
    unknown = Order.objects.filter(store=store, status=OrderStatus.UNKNOWN).count()
    return Acts(is_open[::-1], unknown)


@require_safe
@needs("stores:read")
def state(request: HttpRequest, key: str) -> HttpResponse:
    """How a store stands now: a part of its page, asked for again and again."""
    store = finding.get(key)
    return render(request, "shops/state.html", told(request, store))


def told(request: HttpRequest, store: Store) -> dict[str, Any]:
    """What the part needs."""
    from_owner = _may_connect(request)
    delay = round(carts.delay_of(store).total_seconds() / 60)
    return {
        "store": store,
        "sync": of(store, may_connect=from_owner),
        "delay": DelayForm(initial={"minutes": delay}),
        "tab": "overview",
    }


def _may_connect(request: HttpRequest) -> bool:
    return "stores:write" in caller(request).scopes


@require_safe
@needs("stores:read")
def last_calls(request: HttpRequest, key: str) -> HttpResponse:
    """The last requests to the shop, without what is secret in them."""
    store, kind = finding.get_with_platform(key)
    found = [_called(each, kind) for each in calls.latest(store)]
    shown = {"store": store, "calls": found, "kept_days": calls.KEPT.days, "tab": "calls"}
    return render(request, "shops/calls.html", shown)


@dataclass(frozen=True, slots=True)
class Called:
    """A request to the shop: what was asked for, and what went wrong."""

    call: ShopCall
    path: str
    query: str
    trouble: Trouble | None


def _called(call: ShopCall, kind: type[Connector]) -> Called:
    """As far as its log can say. What is secret in its query was left out when it was written."""
    parts = urlsplit(call.url)
    facts = {"status": call.status, "host": parts.hostname or "?"}
    pairs = (
        f"{name}={value}"
        for name, value in parse_qsl(parts.query)
        if value != "…" and not name.startswith(_SIGNING)
    )
    return Called(
        call, parts.path or "/", shorten(" · ".join(pairs), 240), words.trouble(call.error, facts, kind)
    )

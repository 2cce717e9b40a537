"""How a store stands with its shop: what the page says of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel import dates
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from comanda.connectors import registry
from comanda.connectors.base import Connector
from comanda.ingest.sync import calls, carts, hooks, inbox, shops, standing
from comanda.ingest.sync.standing import Stand
from comanda.records import connections, progress
from comanda.records.models import Connection, Store
from comanda.records.progress import Standing as Progress
from comanda.web.access import caller, needs
from comanda.web.frame import tags
from comanda.web.shops import finding, words
from comanda.web.shops.forms import DelayForm
from comanda.web.shops.words import Trouble

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
class Shown:
    """All that the page of a store says of its sync."""

    store: Store
    kind: type[Connector] | None
    stand: Stand
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
    recent: "calls.Summary"

    @property
    def label(self) -> Promise:
        """What the state is called."""
        return STATES[self.stand.state][0]

    @property
    def classes(self) -> str:
        """The colour of the state."""
        return STATES[self.stand.state][1]

    @property
    def icon(self) -> str:
        """The icon of the state."""
        return STATES[self.stand.state][2]

    @property
    def stamp(self) -> str:
        """``Complete to 14:05, 2 refused``."""
        return stamp(self.stand)


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
    now = tags.timezone.localtime()
    return tags.timezone.localtime(when).date() == now.date()


def of(store: Store, *, may_connect: bool) -> Shown:
    """All that is said of a store's sync."""
    kind = registry.all_platforms().get(store.platform)
    connection, stand = connections.find(store), standing.of(store)
    address, by_hand = _hook(connection, kind) if may_connect else ("", False)
    trouble = words.trouble(stand.error_code, stand.error_facts or {}, kind) if stand.error_code else None
    return Shown(
        store,
        kind,
        stand,
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
    )


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
    found = [(each, words.trouble(each.error, {}, kind)) for each in calls.latest(store)]
    shown = {"store": store, "calls": found, "kept_days": calls.KEPT.days, "tab": "calls"}
    return render(request, "shops/calls.html", shown)

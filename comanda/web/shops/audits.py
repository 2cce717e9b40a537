"""Every order accounted for: the days of a store, compared with its shop."""

import calendar
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from comanda.ingest.sync import audit, history, steering
from comanda.ingest.sync.shops import NotConnected
from comanda.records import connections
from comanda.records.models import Audit, Order, Store
from comanda.web.access import actor, needs
from comanda.web.frame.tags import locale
from comanda.web.shops import finding, words
from comanda.web.shops.words import Trouble

_FIRST_MONTH = date(2000, 1, 1)
_HISTORY = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the calendar. ``state`` is ``green``, ``amber``, ``grey`` (not compared) or ``ahead``."""

    day: date
    state: str
    kept: Audit | None

    @property
    def open(self) -> int:
        """Differences that need someone."""
        return len(open_of(self.kept)) if self.kept else 0


@dataclass(frozen=True, slots=True)
class Line:
    """One difference as the page says it."""

    order_id: str
    order: Order | None
    shop_total: Decimal | None
    own_total: Decimal | None
    currency: str
    label: Promise | str
    meaning: Promise | str
    note: str
    trouble: Trouble | None
    moved_to: datetime | None
    is_fair: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """The totals of a currency on either side."""

    currency: str
    shop: Decimal
    own: Decimal

    @property
    def is_same(self) -> bool:
        """Whether they agree."""
        return self.shop == self.own

    @property
    def off(self) -> Decimal:
        """How much more there is here."""
        return self.own - self.shop


def open_of(kept: Audit) -> list[dict[str, Any]]:
    """Differences that are not fair."""
    return [each for each in kept.differences if each["reason"] not in audit.FAIR]


def sums(kept: Audit) -> list[Sum]:
    """Totals by currency."""
    codes = sorted({*kept.shop_totals, *kept.own_totals})
    return [
        Sum(code, Decimal(kept.shop_totals.get(code, "0")), Decimal(kept.own_totals.get(code, "0")))
        for code in codes
    ]


@require_safe
@needs("stores:read")
def days(request: HttpRequest, key: str) -> HttpResponse:
    """A month of days, green where every order is accounted for."""
    store, _ = finding.get_with_platform(key)
    today = datetime.now(ZoneInfo(store.timezone)).date()
    first = _month(request.GET.get("month", ""), today)
    weeks, told = _calendar(store, first, today)
    return render(
        request,
        "shops/audit.html",
        {
            "store": store,
            "first": first,
            "weeks": weeks,
            "week_days": _week_days(),
            "before": first - timedelta(days=1) if first > _FIRST_MONTH else None,
            "after": _next(first) if _next(first) <= today else None,
            "counts": told,
            "latest": Audit.objects.filter(store=store).order_by("-at")[:10],
            "is_connected": finding.is_joined(store),
            "is_ready": history.is_done(store),
            "tab": "audit",
        },
    )


def _month(typed: str, today: date) -> date:
    """The first of the month asked for, else of this one."""
    with contextlib.suppress(ValueError):
        asked = date.fromisoformat(f"{typed}-01")
        if _FIRST_MONTH <= asked <= today:
            return asked
    return today.replace(day=1)


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _calendar(store: Store, first: date, today: date) -> tuple[list[list[Cell | None]], dict[str, int]]:
    """Weeks with the days of the month, None for those of its neighbours; and how many there are of each."""
    kept = audit.latest(store, first, _next(first) - timedelta(days=1))
    weeks: list[list[Cell | None]] = [
        [_cell(day, kept.get(day), today) if day.month == first.month else None for day in week]
        for week in calendar.Calendar(_first_week_day()).monthdatescalendar(first.year, first.month)
    ]
    states = [cell.state for week in weeks for cell in week if cell]
    return weeks, {state: states.count(state) for state in ("green", "amber", "grey")}


def _cell(day: date, kept: Audit | None, today: date) -> Cell:
    if day > today:
        return Cell(day, "ahead", None)
    if kept is None:
        return Cell(day, "grey", None)
    return Cell(day, "amber" if open_of(kept) else "green", kept)


def _first_week_day() -> int:
    return int(locale().first_week_day)


def _week_days() -> Sequence[tuple[str, str]]:
    """Their short and full names, in the order of the reader's language."""
    short, full = (dates.get_day_names(width, locale=locale()) for width in ("abbreviated", "wide"))
    first = _first_week_day()
    return [(short[(first + n) % 7], full[(first + n) % 7]) for n in range(7)]


@require_safe
@needs("stores:read")
def day(request: HttpRequest, key: str, day: str) -> HttpResponse:
    """A day of the shop's against the same day here."""
    store, kind = finding.get_with_platform(key)
    asked = _day(day)
    kept = list(Audit.objects.filter(store=store, day=asked).order_by("-at", "-id")[:_HISTORY])
    shown = next((each for each in kept if str(each.pk) == request.GET.get("at")), kept[0] if kept else None)
    since = _since(request)
    is_awaited = since is not None and not (kept and kept[0].at > since)
    connection = connections.find(store)
    trouble: Trouble | None = None
    if is_awaited and connection and connection.error_at and since and connection.error_at > since:
        trouble, is_awaited = words.trouble(connection.error_code, connection.error_facts, kind), False
    told = {
        "store": store,
        "day": asked,
        "kept": kept,
        "shown": shown,
        "sums": sums(shown) if shown else [],
        "off": shown.own_orders - shown.shop_orders if shown else 0,
        "lines": _lines(store, shown) if shown else [],
        "awaited": since if is_awaited else None,
        "trouble": trouble,
        "is_connected": finding.is_joined(store),
        "before": asked - timedelta(days=1),
        "after": asked + timedelta(days=1),
        "tab": "audit",
    }
    is_part = request.headers.get("HX-Target") == "compared"
    return render(request, "shops/compared.html" if is_part else "shops/day.html", told)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Http404 from None


def _since(request: HttpRequest) -> datetime | None:
    """When the comparison was asked for that the page waits for."""
    with contextlib.suppress(ValueError):
        found = datetime.fromisoformat(request.GET.get("since", ""))
        if found.tzinfo is not None:
            return found
    return None


def _lines(store: Store, kept: Audit) -> list[Line]:
    ids = [each["order_id"] for each in kept.differences]
    known = {each.external_id: each for each in Order.objects.filter(store=store, external_id__in=ids)}
    return [_line(each, known) for each in kept.differences]


def _line(told: Mapping[str, Any], known: Mapping[str, Order]) -> Line:
    reason, note = told["reason"], told.get("note", "")
    label, meaning = words.REASONS.get(reason, (reason, ""))
    amounts = [None if told[side] is None else Decimal(told[side]) for side in ("shop_total", "own_total")]
    return Line(
        told["order_id"],
        known.get(told["order_id"]),
        amounts[0],
        amounts[1],
        told["currency"],
        label,
        meaning,
        note,
        words.trouble(told.get("code", ""), told.get("facts", {})),
        datetime.fromisoformat(note) if note and reason == audit.Reason.MOVED_DAY else None,
        reason in audit.FAIR,
    )


@require_POST
@needs("stores:sync")
def compare(request: HttpRequest, key: str, day: str) -> HttpResponse:
    """Compares a day again."""
    store, asked = finding.get(key), _day(day)
    try:
        steering.compare(store, asked, asked, actor(request))
    except NotConnected:
        messages.error(request, gettext("This store is not connected with a shop."))
        return redirect("store", key)
    since = datetime.now(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return redirect(f"{reverse('store_audit_day', args=(key, asked.isoformat()))}?since={since}")


@require_POST
@needs("stores:sync")
def compare_month(request: HttpRequest, key: str) -> HttpResponse:
    """Compares all days of a month again."""
    store = finding.get(key)
    today = datetime.now(ZoneInfo(store.timezone)).date()
    first = _month(request.POST.get("month", ""), today)
    try:
        steering.compare(store, first, min(_next(first) - timedelta(days=1), today), actor(request))
    except NotConnected:
        messages.error(request, gettext("This store is not connected with a shop."))
        return redirect("store", key)
    messages.success(request, gettext("The month is compared as soon as its turn comes."))
    return redirect(f"{reverse('store_audit', args=(key,))}?month={first:%Y-%m}")

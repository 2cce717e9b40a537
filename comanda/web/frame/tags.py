"""``{% load comanda %}``: icons, money, numbers and times as the reader's language writes them.

Formats are those of the Unicode CLDR, by Babel.
"""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, dates, numbers, units
from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy, to_locale
from django.utils.translation import gettext_lazy as _

from comanda.connectors import registry
from comanda.lib import money as amounts
from comanda.records.models import Store
from comanda.web.frame.markup import filled, joined

register = template.Library()
_ICONS = Path(settings.BASE_DIR) / "web" / "static" / "built" / "icons.json"
STATUSES: dict[str, tuple[Promise, str]] = {
    "created": (pgettext_lazy("order status", "Created"), "bg-blue-lt"),
    "pending": (pgettext_lazy("order status", "Pending"), "bg-yellow-lt"),
    "completed": (pgettext_lazy("order status", "Completed"), "bg-green-lt"),
    "canceled": (pgettext_lazy("order status", "Canceled"), "bg-red-lt"),
    "unknown": (pgettext_lazy("order status", "Unknown"), "bg-secondary-lt"),
    "active": (pgettext_lazy("cart state", "Active"), "bg-blue-lt"),
    "abandoned": (pgettext_lazy("cart state", "Abandoned"), "bg-orange-lt"),
    "recovered": (pgettext_lazy("cart state", "Recovered"), "bg-teal-lt"),
    "ordered": (pgettext_lazy("cart state", "Ordered"), "bg-green-lt"),
}
"""Order status or cart state → what it is called, and the classes of its colour."""

IMPORT_STATES: dict[str, tuple[Promise, str]] = {
    "waiting": (pgettext_lazy("import state", "Waiting"), "bg-secondary-lt"),
    "reading": (pgettext_lazy("import state", "Reading"), "bg-blue-lt"),
    "writing": (pgettext_lazy("import state", "Writing"), "bg-blue-lt"),
    "done": (pgettext_lazy("import state", "Done"), "bg-green-lt"),
    "failed": (pgettext_lazy("import state", "Failed"), "bg-red-lt"),
    "undone": (pgettext_lazy("import state", "Undone"), "bg-orange-lt"),
}
"""State of an import → what it is called, and the classes of its colour."""

ROLES: dict[str, Promise] = {
    "owner": pgettext_lazy("role", "Owner"),
    "marketer": pgettext_lazy("role", "Marketer"),
    "viewer": pgettext_lazy("role", "Viewer"),
}
"""Role → what it is called."""


def locale() -> Locale:
    """Babel's locale of the reader's language."""
    return _locale(get_language() or "en")


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(to_locale(code))


@cache
def _icons() -> dict[str, str]:
    drawn: dict[str, str] = json.loads(_ICONS.read_text(encoding="utf-8"))
    return drawn


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A Tabler icon, drawn within the page; decoration for the eye, hidden from who listens.

    Raises KeyError for one that was not built in: run ``make frontend``.
    """
    return filled(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        classes,
        mark_safe(_icons()[name]),  # noqa: S308  # our own build's
    )


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount in its currency: 1.234,50 €; "" for None."""
    if amount is None:
        return ""
    cents = Decimal(amounts.to_the_cent(amount, currency))
    return str(numbers.format_currency(cents, currency, locale=locale()))


@register.filter
def number(value: Decimal | int | float | None, digits: int = 3) -> str:
    """A number with the language's own marks, at most ``digits`` behind the decimal mark; "" for None."""
    return "" if value is None else _written_number(value, digits, get_language() or "en")


_SIZES = (("gigabyte", 1024**3), ("megabyte", 1024**2), ("kilobyte", 1024))


@register.filter
def file_size(size: int) -> str:
    """The size of a file in the reader's own unit, as the page names it before the file is sent."""
    unit, bytes_of_it = next((each for each in _SIZES if size >= each[1]), _SIZES[-1])
    return str(units.format_unit(size / bytes_of_it, unit, length="short", format="#,##0.#", locale=locale()))


@lru_cache(maxsize=10_000)
def _written_number(value: Decimal | int | float, digits: int, code: str) -> str:
    """Kept, for most numbers in lists are the same few small ones."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return str(numbers.format_decimal(value, format=pattern, locale=_locale(code)))


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address or the like, which rather breaks before its ``@`` than within a word."""
    return joined((filled("{}", part) for part in address.split("@")), "<wbr>@")


@register.filter
def percent(share: Decimal | float | None, digits: int = 0) -> str:
    """A share as per cent: 0.123 is 12 %; "" for None."""
    if share is None:
        return ""
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    return str(numbers.format_percent(share, format=pattern, locale=locale()))


@register.filter
def moment(when: datetime | None, form: str = "medium") -> SafeString | str:
    """A time in the reader's zone; the whole of it, with the zone and how long ago, shows on hover.

    ``form`` is ``medium`` (26 Nov 2026, 14:05), ``zoned`` (with the zone written out), ``relative``
    (3 hours ago), ``time`` (14:05) or ``date`` (26 Nov 2026).
    """
    if when is None:
        return ""
    local, since = timezone.localtime(when), ago(when)
    shown = since if form == "relative" else _shown(local, form)
    return filled(
        '<time datetime="{}" title="{}">{}</time>', when.isoformat(), f"{_whole(local)} · {since}", shown
    )


def written(when: datetime, form: str = "medium") -> str:
    """The same as plain text, for the middle of a sentence."""
    return _shown(timezone.localtime(when), form)


def _shown(local: datetime, form: str) -> str:
    if form == "relative":
        return ago(local)
    if form == "time":
        return _written_time(local.time(), get_language() or "en")
    day = _written_day(local.date(), "medium", get_language() or "en")
    if form == "date":
        return day
    clock = _written_time(local.time(), get_language() or "en")
    zone = f" {_zone(local)}" if form == "zoned" else ""
    return f"{day}, {clock}{zone}"


def _whole(local: datetime) -> str:
    code = get_language() or "en"
    day = _written_day(local.date(), "full", code)
    return f"{day}, {_written_time(local.time(), code)} {_zone(local)}"


@lru_cache(maxsize=10_000)
def _written_day(when: date, form: str, code: str) -> str:
    """Kept, for a list tells of the same few days again and again."""
    return str(dates.format_date(when, form, locale=_locale(code)))


def _written_time(when: time, code: str) -> str:
    """Without seconds, so that few are to be kept."""
    return _kept_time(when.replace(second=0, microsecond=0), code)


@lru_cache(maxsize=10_000)
def _kept_time(when: time, code: str) -> str:
    return str(dates.format_time(when, "short", locale=_locale(code)))


def _zone(local: datetime) -> str:
    name = local.tzname() or ""
    return name if name[:1].isalpha() else f"UTC{name}"


def ago(when: datetime) -> str:
    """How long ago, or how long until: 3 hours ago."""
    past = when - datetime.now(UTC)
    if abs(past) < timedelta(seconds=45):
        return str(_("just now"))
    seconds = past // timedelta(seconds=1)
    unit, size = next(each for each in dates.TIMEDELTA_UNITS if abs(seconds) >= 1.2 * each[1])
    return _written_ago(unit, round(seconds / size) * size, get_language() or "en")


@lru_cache(maxsize=10_000)
def _written_ago(unit: Any, seconds: int, code: str) -> str:
    return str(
        dates.format_timedelta(
            seconds, granularity=unit, threshold=float("inf"), add_direction=True, locale=_locale(code)
        )
    )


@register.filter
def day(when: date | datetime | None, form: str = "medium") -> str:
    """A date as the language writes it; ``form`` is one of CLDR's: short, medium, long, full."""
    if when is None:
        return ""
    local = timezone.localtime(when).date() if isinstance(when, datetime) else when
    return _written_day(local, form, get_language() or "en")


@register.filter
def month(first_day: date) -> str:
    """A month and its year: Mar 2026."""
    return str(dates.format_skeleton("yMMM", first_day, locale=locale()))


@register.simple_tag
def first_of(*values: Any) -> Any:
    """The first value that is not empty, else "": as it is, where ``firstof`` escapes it before it is cut."""
    return next(filter(None, values), "")


@register.simple_tag
def status_badge(status: str, said: str = "") -> SafeString:
    """An order's status or a cart's state, as a coloured word; the shop's own word shows on hover."""
    label, classes = STATUSES.get(status, (status, "bg-secondary-lt"))
    return filled('<span class="badge {}" title="{}">{}</span>', classes, said, label)


@register.simple_tag
def import_badge(state: str) -> SafeString:
    """An import's state, as a coloured word."""
    label, classes = IMPORT_STATES.get(state, (state, "bg-secondary-lt"))
    return filled('<span class="badge {}">{}</span>', classes, label)


@register.filter
def web_address(told: str) -> str:
    """An address that a source told, if a page may link to it: http or https; else ""."""
    return told if _leads_out(told, ("http", "https")) else ""


@register.filter
def image_address(told: str) -> str:
    """An address that a source told, if a picture may be shown from there: https; else ""."""
    return told if _leads_out(told, ("https",)) else ""


def _leads_out(told: str, schemes: tuple[str, ...]) -> bool:
    """Whether it is the whole address of a page on another host, under one of these schemes."""
    try:
        parts = urlsplit(told)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname)


@register.filter
def has_shop(store: Store) -> bool:
    """Whether a store can be connected with a shop: one that runs on a platform."""
    return store.platform in registry.all_platforms()


@register.filter
def platform_name(platform: str) -> str:
    """What people call a platform."""
    kind = registry.all_platforms().get(platform)
    return kind.title if kind else platform.upper()


@register.filter
def role_name(role: str) -> str:
    """What a role is called."""
    return str(ROLES.get(role, role))


@register.simple_tag(takes_context=True)
def address_with(context: Any, **changed: Any) -> str:
    """The page's own address with some of its query changed; None takes a parameter away."""
    query = context["request"].GET.copy()
    for name, value in changed.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.filter
def country(code: str) -> str:
    """The name of a country of ISO 3166 in the reader's language."""
    return str(locale().territories.get(code, code))


@register.filter
def currency_name(code: str) -> str:
    """The name of a currency of ISO 4217 in the reader's language."""
    return str(locale().currencies.get(code, code))

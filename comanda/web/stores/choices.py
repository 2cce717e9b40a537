"""Currencies, zones and countries by their names, and which of them a reader most likely means."""

from collections.abc import Mapping, Set
from functools import cache
from typing import Any

from babel.core import get_global
from babel.numbers import get_territory_currencies
from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from comanda.records import stores
from comanda.web.frame.tags import locale

Choices = list[tuple[str, str]]
CHOSEN = SafeString(" selected")


def currencies(also: str = "") -> Choices:
    """Those that are money somewhere today, and ``also``, by their names: (``EUR``, ``Euro (EUR)``)."""
    return _named(_tender() | set(filter(None, [also])), dict(locale().currencies), "{} ({})")


@cache
def _tender() -> frozenset[str]:
    found = {code for country in stores.countries() for code in get_territory_currencies(country)}
    return stores.currencies() & found


def countries() -> Choices:
    """All countries by their names, and none."""
    return [("", ""), *_named(stores.countries(), dict(locale().territories), "{}")]


def zones(also: str = "") -> Choices:
    """Places whose clocks differ, or once did: (``America/Sao_Paulo``, ``America/Sao Paulo``)."""
    placed = {name for name in stores.timezones() if name in get_global("zone_territories")}
    known = placed | {"UTC"} | set(filter(None, [also]))
    return [(name, name.replace("_", " ")) for name in sorted(known)]


def _named(codes: Set[str], names: Mapping[str, str], form: str) -> Choices:
    shown = [(code, form.format(names.get(code, code), code)) for code in codes]
    return sorted(shown, key=lambda choice: choice[1].casefold())


class LongSelect(forms.Select):
    """A select of hundreds of choices, which a script makes searchable; drawn in one go, not one by one."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The whole of it."""
        known = self.build_attrs(self.attrs, {"data-choice": True, **(attrs or {})})
        said = format_html_join(
            "", ' {}="{}"', [(key, each) for key, each in known.items() if each is not True]
        )
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((code, CHOSEN if code == str(value or "") else "", label) for code, label in self.choices),
        )
        return format_html('<select name="{}"{} data-choice>{}</select>', name, said, options)


def country_of(zone: str) -> str:
    """The country in which a zone's clocks hang, "" where none is known."""
    found = str(get_global("zone_territories").get(zone, ""))
    return found if found in stores.countries() else ""


def currency_of(country: str) -> str:
    """What is paid with in a country; EUR where none is known."""
    found = get_territory_currencies(country) if country else []
    return str(found[-1]) if found else "EUR"

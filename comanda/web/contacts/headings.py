"""The heads of the list's columns: each leads to the list in its order, where that is offered."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from comanda.records import contact_sorts
from comanda.web.contacts.asked import Asked
from comanda.web.contacts.columns import Column


@dataclass(frozen=True, slots=True)
class Way:
    """One order that a head leads to. ``direction`` is that of the list now, "" if it has another order.

    ``address`` is "" where there are too many contacts for it.
    """

    label: str | Promise
    direction: str
    address: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column, with no way where it has no order."""

    column: Column
    ways: Sequence[Way]

    @property
    def direction(self) -> str:
        """How the list is in the order of this column: ``ascending``, ``descending`` or ""."""
        return next((way.direction for way in self.ways if way.direction), "")


def of_names(asked: Asked) -> list[Way]:
    """The orders of the first column, which shows name and e-mail."""
    return [
        _way(asked, _("Name"), ("name", "name-down")),
        _way(asked, _("E-mail"), ("email", "email-down")),
    ]


def of(asked: Asked, shown: Sequence[Column], currencies: Sequence[str]) -> list[Heading]:
    """The heads of all columns but the first."""
    return [Heading(column, _ways(asked, column, currencies)) for column in shown]


_ORDERS: dict[str, Promise] = {
    "last-order": _("Who bought last first"),
    "last-order-up": _("Who bought last comes last"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "name": _("By name"),
    "email": _("By e-mail"),
    "orders": _("Most orders first"),
}


def offered(asked: Asked, currencies: Sequence[str]) -> list[tuple[str, str]]:
    """Orders by name, for screens that have no room for heads."""
    named = [(key, str(label)) for key, label in _ORDERS.items()]
    named += [
        (f"revenue-{code}", _t("Most revenue in %(currency)s first") % {"currency": code})
        for code in currencies
    ]
    if asked.sort_now not in dict(named):
        named.append((asked.sort_now, _t("As it is now")))
    sorts = ((key, label, contact_sorts.find(key)) for key, label in named)
    return [(key, label) for key, label, sort in sorts if sort is not None and asked.listing.offers(sort)]


def _ways(asked: Asked, column: Column, currencies: Sequence[str]) -> list[Way]:
    if column.key == "revenue":
        keys = [(code, f"revenue-{code}") for code in currencies]
        alone = len(keys) == 1
        return [_way(asked, column.label if alone else code, (key, f"{key}-up")) for code, key in keys]
    return [_way(asked, column.label, column.sorts)] if column.sorts else []


def _way(asked: Asked, label: str | Promise, keys: tuple[str, str]) -> Way:
    now = asked.sort_now
    sort = contact_sorts.find(keys[0])
    if sort is None or not asked.listing.offers(sort):
        return Way(label, "", "")
    following = keys[1] if now == keys[0] else keys[0]
    other = contact_sorts.find(following)
    if other is None or not asked.listing.offers(other):
        following = keys[0]
    return Way(label, _direction(now) if now in keys else "", asked.address(sort=following))


def _direction(key: str) -> str:
    sort = contact_sorts.find(key)
    return "ascending" if sort is not None and sort.stretches[0].upward else "descending"

"""What narrows a list of contacts, as people see it: what is chosen, and what can be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comanda.records.models import List, Store, Tag
from comanda.web.contacts.asked import Asked

MOST = 1_000
"""So many tags and lists are offered to choose from; all others are found on their own pages."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen: ``word`` is what the address says."""

    word: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class Menu:
    """Some of which one can be chosen; ``nothing`` is what it says when none is."""

    key: str
    nothing: str | Promise
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is chosen, and the query of the list without it."""

    label: str
    without: str


MARKETING = (
    Choice("yes", _("Accepts marketing")),
    Choice("no", _("Refuses marketing")),
    Choice("unknown", _("Never said about marketing")),
)
ORDERS = (Choice("yes", _("Has orders")), Choice("no", _("Has no orders")))


def menus(asked: Asked) -> list[Menu]:
    """What can be chosen further. Of tags, lists and stores a contact can have several."""
    offered = [
        Menu("tag", pgettext_lazy("filter", "Tag"), _named(Tag.objects.all())),
        Menu("list", pgettext_lazy("filter", "List"), _named(List.objects.all())),
        Menu("store", pgettext_lazy("filter", "Store"), _stores()),
        Menu("marketing", pgettext_lazy("filter", "Marketing"), MARKETING),
        Menu("orders", pgettext_lazy("filter", "Orders"), ORDERS),
    ]
    left = [
        Menu(
            menu.key,
            menu.nothing,
            [each for each in menu.choices if each.word not in asked.words.get(menu.key, ())],
        )
        for menu in offered
    ]
    return [menu for menu in left if menu.choices and not (menu.key in _ONE and menu.key in asked.words)]


_ONE = ("marketing", "orders")
"""Of these a contact has one."""


def _named(groups: QuerySet[Tag] | QuerySet[List]) -> list[Choice]:
    return [Choice(str(pk), name) for pk, name in groups.order_by("name").values_list("pk", "name")[:MOST]]


def _stores() -> list[Choice]:
    named = Store.objects.order_by("name", "key").values_list("pk", "name", "key")
    return [Choice(str(pk), name or key) for pk, name, key in named]


def chips(asked: Asked) -> list[Chip]:
    """What is chosen, but for the text that is searched for: that stands in its field."""
    return [
        Chip(label, asked.without(key, word))
        for key in asked.words
        if key != "q"
        for word, label in _labels(key, asked.words[key])
    ]


def _labels(key: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    if key in _ONE:
        known = {choice.word: str(choice.label) for choice in (MARKETING if key == "marketing" else ORDERS)}
        yield from ((word, known[word]) for word in words)
    elif key == "tag":
        names = dict(Tag.objects.filter(pk__in=words).values_list("pk", "name"))
        yield from ((word, _t("Tag: %(name)s") % {"name": names.get(int(word), "…")}) for word in words)
    elif key == "list":
        names = dict(List.objects.filter(pk__in=words).values_list("pk", "name"))
        yield from ((word, _t("List: %(name)s") % {"name": names.get(int(word), "…")}) for word in words)
    elif key == "store":
        stores = Store.objects.in_bulk([int(word) for word in words])
        for word in words:
            store = stores.get(int(word))
            yield word, _t("Bought at %(store)s") % {"store": store.name or store.key if store else "…"}

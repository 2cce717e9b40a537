"""What narrows a list of contacts, as people see it: what is chosen, and what can be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comanda.records.models import List, Store, Tag
from comanda.web.contacts.asked import Asked
from comanda.web.frame.markup import filled, joined

MOST = 1_000
"""So many tags and lists are offered to choose from; all others are found on their own pages."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen: ``word`` is what the address says."""

    word: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class Named:
    """Tags, lists and stores, by name, and the currencies in which the stores sell: read once for a page."""

    tags: Sequence[Choice]
    lists: Sequence[Choice]
    stores: Sequence[Choice]
    currencies: Sequence[str]

    @property
    def options(self) -> SafeString:
        """What a field for the name of a tag or list suggests."""
        kinds = ((self.tags, _t("Tag")), (self.lists, _t("List")))
        return joined(filled(_OPTION, each.label, kind) for choices, kind in kinds for each in choices)


_OPTION = '<option value="{}">{}</option>'


@dataclass(frozen=True, slots=True)
class Menu:
    """Some of which one can be chosen; ``nothing`` is what it says when none is."""

    key: str
    nothing: str | Promise
    choices: Sequence[Choice]

    @property
    def options(self) -> SafeString:
        """The choices."""
        return joined(filled(_OPTION, each.word, each.label) for each in self.choices)


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
_ONE = {"marketing": MARKETING, "orders": ORDERS}
"""Of these a contact has one."""


def named() -> Named:
    """All that can be chosen by name."""
    found = list(Store.objects.order_by("name", "key").values_list("pk", "name", "key", "currency"))
    return Named(
        _by_name(Tag.objects.all()),
        _by_name(List.objects.all()),
        [Choice(str(pk), name or key) for pk, name, key, _currency in found],
        sorted({currency for *_others, currency in found}),
    )


def menus(asked: Asked, named: Named) -> list[Menu]:
    """What can be chosen further. Of tags, lists and stores a contact can have several."""
    offered = [
        Menu("tag", pgettext_lazy("filter", "Tag"), named.tags),
        Menu("list", pgettext_lazy("filter", "List"), named.lists),
        Menu("store", pgettext_lazy("filter", "Store"), named.stores),
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


def _by_name(groups: QuerySet[Tag] | QuerySet[List]) -> list[Choice]:
    return [Choice(str(pk), name) for pk, name in groups.order_by("name").values_list("pk", "name")[:MOST]]


def chips(asked: Asked, named: Named) -> list[Chip]:
    """What is chosen, but for the text that is searched for: that stands in its field."""
    return [
        Chip(label, asked.without(key, word))
        for key in asked.words
        if key != "q"
        for word, label in zip(asked.words[key], _labels(key, asked.words[key], named), strict=True)
    ]


def _labels(key: str, words: Sequence[str], named: Named) -> Iterator[str]:
    match key:
        case "marketing" | "orders":
            known = {choice.word: str(choice.label) for choice in _ONE[key]}
            yield from (known[word] for word in words)
        case "tag":
            yield from (_t("Tag: %(name)s") % {"name": name} for name in _names(words, named.tags, Tag))
        case "list":
            yield from (_t("List: %(name)s") % {"name": name} for name in _names(words, named.lists, List))
        case "store":
            names = {choice.word: choice.label for choice in named.stores}
            yield from (
                _t("Bought at %(store)s") % {"store": names.get(str(int(word)), "…")} for word in words
            )


def _names(words: Sequence[str], known: Sequence[Choice], groups: type[Tag] | type[List]) -> list[str]:
    """What those of these ids are called, also where there are too many to offer all."""
    names = {int(choice.word): str(choice.label) for choice in known}
    unknown = [int(word) for word in words if int(word) not in names]
    if unknown and len(known) == MOST:
        names |= dict(groups.objects.filter(pk__in=unknown).values_list("pk", "name"))
    return [names.get(int(word), "…") for word in words]

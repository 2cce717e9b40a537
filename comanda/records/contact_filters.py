"""What someone asks of a list of contacts, as words: how addresses, jobs and saved lists say it.

``{"tag": ["7"], "orders": ["no"]}``: each key with one or more values, and all of them count.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from comanda.records import contact_search
from comanda.records.contact_conditions import (
    Accepts,
    AcceptsMarketing,
    BoughtAt,
    Condition,
    HasNoOrders,
    HasOrders,
    OnList,
    Tagged,
)

_LARGEST_ID = 2**63 - 1


class NotUnderstood(ValueError):
    """A word that means nothing here."""


def conditions(asked: Mapping[str, Sequence[str]]) -> list[Condition]:
    """The conditions that these words mean; keys that say nothing of contacts are passed over.

    Raises NotUnderstood.
    """
    found = []
    for key, read in _READERS.items():
        for word in dict.fromkeys(asked.get(key, ())):
            if word.strip() and (condition := read(word)) is not None:
                found.append(condition)
    return found


def only_words(asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What of this says something of contacts."""
    return {key: [word for word in asked[key] if word.strip()] for key in _READERS if key in asked}


def _id(word: str) -> int:
    if not re.fullmatch("[0-9]{1,19}", word) or int(word) > _LARGEST_ID:
        raise NotUnderstood(word)
    return int(word)


def _accepts(word: str) -> AcceptsMarketing:
    try:
        return AcceptsMarketing(Accepts(word))
    except ValueError:
        raise NotUnderstood(word) from None


def _orders(word: str) -> HasOrders | HasNoOrders:
    if word not in ("yes", "no"):
        raise NotUnderstood(word)
    return HasOrders() if word == "yes" else HasNoOrders()


_READERS: dict[str, Callable[[str], Condition | None]] = {
    "q": contact_search.read,
    "tag": lambda word: Tagged(_id(word)),
    "list": lambda word: OnList(_id(word)),
    "store": lambda word: BoughtAt(_id(word)),
    "marketing": _accepts,
    "orders": _orders,
}
"""Key → how a word of it is read."""

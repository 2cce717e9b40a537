"""Conditions by which a list of contacts is narrowed.

Each says the same twice. ``members`` gives the contacts that it lets through: questions, each a range of one
index, whose union they are, as ``id``. ``holds`` tests one contact ``c`` by a look into an index. Which of
them is quick, ``contact_list`` finds out. Where ``ordered`` is true, ``members`` is one question and gives
ids in their order; ``joins`` tells whether it is better joined than tested, where several conditions meet;
``by_id`` whether the test needs no more of the contact than its id.
Both are told the name under which the condition's value is bound.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from comanda.records.contact_search import Typed


class Accepts(StrEnum):
    """What a contact said of marketing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


_ACCEPTS = {Accepts.YES: "= true", Accepts.NO: "= false", Accepts.UNKNOWN: "IS NULL"}


@dataclass(frozen=True, slots=True)
class Tagged:
    """Has the tag."""

    tag_id: int

    ordered = True
    joins = True
    by_id = True

    def members(self, name: str) -> list[str]:
        """The contacts."""
        return [f"SELECT contact_id AS id FROM contact_tag WHERE tag_id = %({name})s"]

    def holds(self, name: str) -> str:
        """The test."""
        return f"(SELECT true FROM contact_tag m WHERE m.tag_id = %({name})s AND m.contact_id = c.id)"

    def values(self, name: str) -> dict[str, Any]:
        """What is bound."""
        return {name: self.tag_id}


@dataclass(frozen=True, slots=True)
class OnList:
    """Is on the list."""

    list_id: int

    ordered = True
    joins = True
    by_id = True

    def members(self, name: str) -> list[str]:
        """The contacts."""
        return [f"SELECT contact_id AS id FROM list_member WHERE list_id = %({name})s"]

    def holds(self, name: str) -> str:
        """The test."""
        return f"(SELECT true FROM list_member m WHERE m.list_id = %({name})s AND m.contact_id = c.id)"

    def values(self, name: str) -> dict[str, Any]:
        """What is bound."""
        return {name: self.list_id}


@dataclass(frozen=True, slots=True)
class BoughtAt:
    """Has orders, of whatever status, in the store."""

    store_id: int

    ordered = True
    joins = False
    by_id = True

    def members(self, name: str) -> list[str]:
        """The contacts."""
        return [f"SELECT DISTINCT id FROM ({self.once_an_order(name)}) m"]

    def once_an_order(self, name: str) -> str:
        """The contacts, each as often as they have orders there: that is counted sooner."""
        return f"SELECT contact_id AS id FROM orders WHERE store_id = %({name})s AND contact_id IS NOT NULL"

    def holds(self, name: str) -> str:
        """The test."""
        return f"(SELECT true FROM orders m WHERE m.store_id = %({name})s AND m.contact_id = c.id LIMIT 1)"

    def values(self, name: str) -> dict[str, Any]:
        """What is bound."""
        return {name: self.store_id}


@dataclass(frozen=True, slots=True)
class AcceptsMarketing:
    """Said yes, said no, or said nothing."""

    answer: Accepts

    ordered = True
    joins = False
    by_id = False

    def members(self, name: str) -> list[str]:
        """The contacts."""
        return [f"SELECT id FROM contact WHERE accepts_marketing {_ACCEPTS[self.answer]}"]

    def holds(self, name: str) -> str:
        """The test."""
        return f"(c.accepts_marketing {_ACCEPTS[self.answer]})"

    def values(self, name: str) -> dict[str, Any]:
        """What is bound: nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class HasOrders:
    """Has at least one order, of whatever status and store. A walk soon meets one: no index is asked."""

    ordered = False
    joins = False
    by_id = True

    def members(self, name: str) -> list[str]:
        """Nothing to begin with."""
        return []

    def holds(self, name: str) -> str:
        """The test."""
        return "(SELECT true FROM orders m WHERE m.contact_id = c.id LIMIT 1)"

    def values(self, name: str) -> dict[str, Any]:
        """What is bound: nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class HasNoOrders:
    """Has none. No index tells who."""

    ordered = False
    joins = False
    by_id = True

    def members(self, name: str) -> list[str]:
        """Nothing to begin with."""
        return []

    def holds(self, name: str) -> str:
        """The test."""
        return "((SELECT true FROM orders m WHERE m.contact_id = c.id LIMIT 1) IS NULL)"

    def values(self, name: str) -> dict[str, Any]:
        """What is bound: nothing."""
        return {}


Condition = Tagged | OnList | BoughtAt | AcceptsMarketing | HasOrders | HasNoOrders | Typed

"""The orders in which contacts can be listed.

An order is one or more stretches, one after another: contacts with a name by their name, then those without.
Each stretch can be had in two ways: by walking an index that has its order (``walk``), or for few contacts by
looking each up and sorting (``join``). Both give the contact as ``c``; ``keys`` are what it is sorted by, the
last of them unique.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from comanda.records.contact_conditions import BoughtAt, HasNoOrders, HasOrders


@dataclass(frozen=True, slots=True)
class Stretch:
    """``walk`` is "" where no index has the order, or only one that would have to be walked far.

    ``walk_ids`` is the same walk without the contacts' rows, "" where it has those at once.
    ``test`` tells which contacts belong to it; none for whom a condition of a kind in ``never`` holds.
    ``by_id`` says that keys, join and test need no more of the contact than its id.
    """

    keys: tuple[str, ...]
    walk: str = "contact c"
    walk_ids: str = ""
    walk_test: str = "true"
    join: str = ""
    test: str = "true"
    upward: bool = True
    never: frozenset[type] = frozenset()
    by_id: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """An order; ``values`` are bound by name in its SQL.

    ``idle`` is the same order where nobody has orders, if there it comes to an easier one.
    """

    stretches: tuple[Stretch, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    idle: "Sort | None" = None

    @property
    def walks(self) -> bool:
        """Whether indexes have it; else only few contacts can be sorted so."""
        return all(stretch.walk for stretch in self.stretches)

    @property
    def by_id(self) -> bool:
        """Whether it is the order of ids, one way or the other."""
        return self.stretches[0].keys == ("c.id",)


def _own(keys: tuple[str, ...], upward: bool, test: str) -> Stretch:
    return Stretch(keys, walk_test=test, test=test, upward=upward)


_NAMED, _NAMELESS = "NOT (c.first_name = '' AND c.last_name = '')", "(c.first_name = '' AND c.last_name = '')"
_NAME = ("c.full_name_folded", "c.id")
_EMAIL = ('c.email COLLATE "C"', "c.id")
_NO_EMAIL = "c.email COLLATE \"C\" = ''"
"""As the index of the nameless has it."""
_NEVER_BOUGHT = "(SELECT true FROM orders n WHERE n.contact_id = c.id LIMIT 1) IS NULL"
_IS_LAST = """
(SELECT true FROM orders n WHERE n.contact_id = o.contact_id
 AND (n.placed_at, n.id) > (o.placed_at, o.id) LIMIT 1) IS NULL"""
_LAST = """
CROSS JOIN LATERAL (SELECT placed_at, id FROM orders WHERE contact_id = c.id
                    ORDER BY placed_at DESC, id DESC LIMIT 1) o"""
_FIGURE = "CROSS JOIN LATERAL (SELECT {} AS figure FROM orders WHERE contact_id = c.id) f"
_REVENUE = """
COALESCE(sum(total - refund_total) FILTER (WHERE status = 'completed' AND currency = %(currency)s), 0)"""


def _by_age(upward: bool) -> Sort:
    return Sort((Stretch(("c.id",), upward=upward, by_id=True),))


def _by_name(upward: bool) -> Sort:
    """Without a name people are shown by their e-mail, and so stand in its order."""
    by_email = _own(_EMAIL, upward, f"{_NAMELESS} AND NOT {_NO_EMAIL}")
    return Sort(
        (_own(_NAME, upward, _NAMED), by_email, _own(("c.id",), upward, f"{_NAMELESS} AND {_NO_EMAIL}"))
    )


def _by_email(upward: bool) -> Sort:
    return Sort((_own(_EMAIL, upward, "NOT c.email = ''"), _own(("c.id",), upward, "c.email = ''")))


def _by_last_order(upward: bool) -> Sort:
    """Of the oldest orders, hardly any is a contact's last one: that way the walk is too long."""
    bought = Stretch(
        ("o.placed_at", "o.id"),
        walk="" if upward else "orders o JOIN contact c ON c.id = o.contact_id",
        walk_ids="orders o CROSS JOIN LATERAL (SELECT o.contact_id AS id) c",
        walk_test=f"o.contact_id IS NOT NULL AND {_IS_LAST}",
        join=_LAST,
        upward=upward,
        never=frozenset({HasNoOrders}),
        by_id=True,
    )
    never_bought = Stretch(
        ("c.id",),
        walk_test=_NEVER_BOUGHT,
        test=_NEVER_BOUGHT,
        upward=False,
        never=frozenset({HasOrders, BoughtAt}),
        by_id=True,
    )
    return Sort((bought, never_bought))


def _by_figure(upward: bool, figure: str, **values: str) -> Sort:
    stretch = Stretch(("f.figure", "c.id"), walk="", join=_FIGURE.format(figure), upward=upward, by_id=True)
    return Sort((stretch,), values, idle=_by_age(upward))


SORTS = {
    "newest": _by_age(False),
    "oldest": _by_age(True),
    "name": _by_name(True),
    "name-down": _by_name(False),
    "email": _by_email(True),
    "email-down": _by_email(False),
    "last-order": _by_last_order(False),
    "last-order-up": _by_last_order(True),
    "orders": _by_figure(False, "count(*)"),
    "orders-up": _by_figure(True, "count(*)"),
}
"""All but revenue, which is a sort for each currency."""

_BY_REVENUE = re.compile("revenue-([A-Z]{3})(-up)?")


def find(key: str) -> Sort | None:
    """The sort of this name: one of ``SORTS``, or ``revenue-EUR`` and ``revenue-EUR-up`` for any currency."""
    if by_revenue := _BY_REVENUE.fullmatch(key):
        return _by_figure(bool(by_revenue[2]), _REVENUE, currency=by_revenue[1])
    return SORTS.get(key)

"""Contacts narrowed by conditions and put in order, a page at a time.

Where few contacts come into question (there are few at all, a condition lets few through, or several of them
together do), those are taken from the indexes of the conditions, tested and sorted. Otherwise the index that
has the order is walked and each contact on the way tested, which soon fills a page: who is let through is met
often. Of several conditions a sample tells which of the two is less work. Decision 12 tells what was
measured, and what is not offered because of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from comanda.records.contact_conditions import BoughtAt, Condition, HasNoOrders
from comanda.records.contact_search import Typed
from comanda.records.contact_sorts import Sort, Stretch
from comanda.records.models import Contact

FEW = 10_000
"""So many contacts are looked up and sorted, and so far is counted."""

_PATIENCE = "300ms"
"""How long it may take to find out how many there are."""

_SPOTS, _AT_EACH = 20, 50
_SURELY_MANY, _SURELY_FEW = 3, 0.85
"""If a sample makes that many times few likely, they are more than few, or no more."""

_EVERYONE = "SELECT id FROM contact"


class Gone(Exception):
    """The contact behind which the page was to begin is there no more."""


class NotOffered(Exception):
    """Too many contacts for this order: narrow the list first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact stands in an order: in which stretch, and its keys there."""

    stretch: int
    keys: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Contacts in order. If ``more`` lie behind them, those are behind ``end``."""

    contacts: list[Contact]
    more: bool
    end: Place | None


@dataclass(frozen=True, slots=True)
class Sample:
    """How many contacts several conditions seem to let through, how many one of them, and of how many."""

    likely: float
    members: float
    everyone: float

    @property
    def is_many(self) -> bool:
        """Whether so many are let through that they need not be counted."""
        return self.likely > _SURELY_MANY * FEW

    @property
    def is_few(self) -> bool:
        """Whether they can be looked up and sorted, uncounted."""
        return self.likely <= _SURELY_FEW * FEW

    def is_rare(self, limit: int) -> bool:
        """Whether a page of them takes most of the members to be tested, in whatever order."""
        return self.likely < 4 * limit

    def is_soon_met(self, limit: int) -> bool:
        """Whether a walk through all meets so many of them before all members were tested."""
        return limit * self.everyone < self.likely * self.members


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are: exactly, or more than that many. None: it was not to be counted in the time."""

    number: int | None
    exact: bool


def _counted(number: int) -> Count:
    return Count(min(number, FEW), number <= FEW)


class Listing:
    """The contacts that all conditions let through."""

    def __init__(self, conditions: Sequence[Condition] = ()) -> None:
        self._conditions = {f"v{place}": each for place, each in enumerate(conditions)}
        self._members = {
            name: members for name, each in self._conditions.items() if (members := each.members(name))
        }
        self._values: dict[str, Any] = {"few": FEW + 1, "spots": _SPOTS, "at_each": _AT_EACH}
        for name, condition in self._conditions.items():
            self._values.update(condition.values(name))
        self._is_put_together = False

    @property
    def counts_at_once(self) -> bool:
        """Whether ``count`` has hardly anything left to do once a page was read."""
        if self._sample is not None and not self._seem_many:
            return self._is_put_together
        return self._smallest is not None or bool(self._members) or not self._conditions

    def count(self) -> Count:
        """How many there are."""
        if self._seem_many:
            return Count(FEW, False)
        if isinstance(self._together, list):
            return _counted(len(self._together))
        if len(self._conditions) == len(self._members) <= 1:
            ways = max((len(members) for members in self._members.values()), default=1)
            number = min(self._sizes.values())
            # Who is found in several ways was counted more than once.
            return Count(number, True) if number <= FEW else Count(FEW // ways, False)
        if self._smallest is None and self._members:
            return Count(None, False)  # it was tried, when they were put together
        source, tests = self._base()
        found = self._ask_patiently(f"SELECT FROM {source} WHERE {tests} LIMIT %(few)s")
        return Count(None, False) if found is None else _counted(len(found))

    def offers(self, sort: Sort) -> bool:
        """Whether they can be put in this order in a moment."""
        sort = self._as_it_comes(sort)
        if self._smallest is not None or sort.by_id or self._seem_few or self._are_few_together:
            return True
        if self._meet and not self._seem_many and self._together is None:
            return False  # a walk might meet hardly any of them
        # Whose name begins so stands close together by name, and perhaps far from where the walk begins.
        return sort.walks and not self._is_typed

    def page(self, sort: Sort, limit: int, after: Place | None = None) -> Page:
        """Contacts in order, behind a place in it. Raises NotOffered."""
        if not self.offers(sort):
            raise NotOffered
        sort = self._as_it_comes(sort)
        found: list[tuple[int, Place]] = []
        for number in range(after.stretch if after else 0, len(sort.stretches)):
            stretch = sort.stretches[number]
            if stretch.never & {type(each) for each in self._conditions.values()}:
                continue
            behind = after.keys if after and number == after.stretch else ()
            rows = self._read(sort, stretch, behind, limit + 1 - len(found))
            found += [(contact_id, Place(number, tuple(keys))) for contact_id, *keys in rows]
            if len(found) > limit:
                break
        more, found = len(found) > limit, found[:limit]
        return Page(_in_order([each for each, _ in found]), more, found[-1][1] if found else None)

    def place(self, sort: Sort, contact_id: int) -> Place:
        """Where a contact stands, whether or not it is in the list. Raises Gone."""
        sort = self._as_it_comes(sort)
        for number, stretch in enumerate(sort.stretches):
            question = f"""
                SELECT {", ".join(stretch.keys)} FROM contact c {stretch.join}
                WHERE c.id = %(contact_id)s AND {stretch.test}
            """
            for keys in self._ask(question, **sort.values, contact_id=contact_id):
                return Place(number, keys)
        raise Gone

    def ids(self, limit: int, after: int = 0) -> list[int]:
        """Ids upward, behind one: all contacts in turn, whatever changes meanwhile."""
        source, tests = self._base()
        question = f"""
            SELECT c.id FROM {source} WHERE c.id > %(after)s AND {tests} ORDER BY c.id LIMIT %(limit)s
        """
        return [row[0] for row in self._ask(question, after=after, limit=limit)]

    def _as_it_comes(self, sort: Sort) -> Sort:
        """The order, or what it comes to where all figures are nought."""
        has_none = any(isinstance(each, HasNoOrders) for each in self._conditions.values())
        return sort.idle if has_none and sort.idle else sort

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """How many contacts each condition lets through, "" for none of them; no more than few.

        Of several conditions it may be more than it is, where that is told sooner.
        """
        counts = {name: f"({_size(self._counted(name))})" for name in self._members}
        named = ", ".join(f"{count} AS {name}" for name, count in counts.items())
        most = f"GREATEST({', '.join(('0', *counts))})"
        (sizes,) = self._ask(f"""
            SELECT {"".join(f"{name}, " for name in counts)}
                   CASE WHEN {most} >= %(few)s THEN {most} ELSE ({_size([_EVERYONE])}) END
            FROM (SELECT {named} OFFSET 0) sizes
        """)
        return dict(zip((*counts, ""), sizes, strict=True))

    def _counted(self, name: str) -> list[str]:
        """What is counted of a condition's members."""
        condition = self._conditions[name]
        if isinstance(condition, BoughtAt) and len(self._conditions) > 1:
            return [condition.once_an_order(name)]
        return self._members[name]

    @cached_property
    def _smallest(self) -> str | None:
        """The name of the condition that lets the fewest through, if those are few."""
        name = min(self._sizes, key=lambda each: self._sizes[each])
        return name if self._sizes[name] <= FEW else None

    @property
    def _is_typed(self) -> bool:
        return any(isinstance(each, Typed) for each in self._conditions.values())

    @property
    def _meet(self) -> bool:
        """Whether several conditions, each with many, are to be put together."""
        return self._smallest is None and len(self._conditions) > 1 and bool(self._members)

    @cached_property
    def _sample(self) -> Sample | None:
        """What some members of one condition at each of several places among all ids tell of the others.

        What someone types is not tested so often.
        """
        if not self._meet or self._ordered is None or self._is_typed:
            return None
        some = _SOME.format(members=self._members[self._ordered][0])
        source, tests = self._whole(some, False, self._ordered), self._tests(self._ordered)
        question = _SAMPLE.format(source=source, tests=tests)
        found = self._ask_patiently(question)
        return Sample(*found[0]) if found else None

    @property
    def _seem_many(self) -> bool:
        return self._sample is not None and self._sample.is_many

    @property
    def _seem_few(self) -> bool:
        return self._sample is not None and self._sample.is_few

    @property
    def _are_few_together(self) -> bool:
        return self._together is not None and (self._seem_few or len(self._together) <= FEW)

    @cached_property
    def _together(self) -> list[int] | None:
        """Whom several conditions, each with many, let through together, and no more than few.

        None if that is not asked, or not to be found out in the time. Where they seem few, it is all of them.
        """
        if self._seem_many or not self._meet:
            return None
        self._is_put_together = True
        joined = [name for name in self._members if self._conditions[name].joins] or [
            next(iter(self._members))
        ]
        first, *others = [_all(self._members[name]) for name in joined]
        source = self._whole(first, False, *joined)
        joins = [f"JOIN ({each}) m{place} ON m{place}.id = c.id" for place, each in enumerate(others)]
        question = f"SELECT c.id FROM {source} {' '.join(joins)} WHERE {self._tests(*joined)}"
        found = self._ask(question) if self._seem_few else self._ask_patiently(f"{question} LIMIT %(few)s")
        return None if found is None else [row[0] for row in found]

    def _read(self, sort: Sort, stretch: Stretch, behind: Sequence[Any], limit: int) -> list[tuple[Any, ...]]:
        """Id and keys of contacts of one stretch, in its order, behind a place in it."""
        way, compare = ("ASC", ">") if stretch.upward else ("DESC", "<")
        passed = {f"k{number}": key for number, key in enumerate(behind)}
        keys, names = ", ".join(stretch.keys), ", ".join(f"%({name})s" for name in passed)
        question = f"""
            SELECT c.id, {keys} FROM {{source}}
            WHERE {{tests}} AND {f"({keys}) {compare} ({names})" if passed else "true"}
            ORDER BY {", ".join(f"{key} {way}" for key in stretch.keys)} LIMIT %(limit)s
        """
        values = {**sort.values, **passed, "limit": limit}
        on_the_way = stretch.walk if self._asks_rows() else stretch.walk_ids or stretch.walk
        walk = {"source": on_the_way, "tests": f"{self._tests()} AND {stretch.walk_test}"}
        if self._is_worth_a_walk(sort, limit):
            found = self._ask_patiently(question.format(**walk), **values)
            if found is not None:
                return found
        if self._is_looked_up(sort, limit):
            source, tests = self._base(upward=stretch.upward, asks_row=not stretch.by_id)
            walk = {"source": f"{source} {stretch.join}", "tests": f"{tests} AND {stretch.test}"}
        return self._ask(question.format(**walk), **values)

    def _is_worth_a_walk(self, sort: Sort, limit: int) -> bool:
        """Whether a walk, begun at least, is less work than to look all up that conditions let through."""
        if sort.by_id or not sort.walks or self._sample is None:
            return False
        return not self._seem_many and self._sample.is_soon_met(limit)

    def _is_looked_up(self, sort: Sort, limit: int) -> bool:
        """Whether they are read by their conditions: one by one in the order of age, or all of the few."""
        by_age = sort.by_id and self._ordered is not None
        if self._smallest is not None or (by_age and self._fill_soon(limit)):
            return True
        return self._are_few_together or by_age

    def _fill_soon(self, limit: int) -> bool:
        """Whether members tested one by one soon fill a page, and need not be put together for that."""
        return self._sample is not None and self._sample.is_few and not self._sample.is_rare(limit)

    @cached_property
    def _ordered(self) -> str | None:
        """The name of a condition whose members come in the order of ids."""
        return next((name for name, condition in self._conditions.items() if condition.ordered), None)

    def _base(self, *, upward: bool = True, asks_row: bool = False) -> tuple[str, str]:
        """What to read ``c`` from so that few contacts that fail are met, and the tests that are left.

        Large sets come in the order of ids, ``upward`` or down. ``c`` is the contact's whole row only if that
        is asked, or a test needs it.
        """
        if self._smallest is not None:
            chosen = _few(self._members.get(self._smallest, [_EVERYONE]))
            passed: tuple[str, ...] = (self._smallest,)
        elif self._is_put_together and self._are_few_together:
            self._values["together"] = self._together
            chosen, passed = "SELECT unnest(%(together)s::bigint[]) AS id", tuple(self._conditions)
        elif self._ordered:
            chosen = f"{self._members[self._ordered][0]} ORDER BY 1 {'ASC' if upward else 'DESC'}"
            passed = (self._ordered,)
        else:
            return "contact c", self._tests()
        return self._whole(chosen, asks_row, *passed), self._tests(*passed)

    def _whole(self, chosen: str, asks_row: bool, *passed: str) -> str:
        """SQL of contacts ``c`` of whom the ids are chosen; their rows are looked at only if need be.

        They have ``passed`` those conditions; tests of the others may need the row.
        """
        asked = asks_row or self._asks_rows(*passed)
        return f"({chosen}) chosen JOIN contact c ON c.id = chosen.id" if asked else f"({chosen}) c"

    def _asks_rows(self, *passed: str) -> bool:
        """Whether a test of the conditions that are not ``passed`` needs more of a contact than its id."""
        return not all(each.by_id for name, each in self._conditions.items() if name not in passed)

    def _tests(self, *left_out: str) -> str:
        tests = [each.holds(name) for name, each in self._conditions.items() if name not in left_out]
        return " AND ".join(tests) or "true"

    def _ask(self, question: str, **values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(question, {**self._values, **values})
            return list(cursor.fetchall())

    def _ask_patiently(self, question: str, **values: Any) -> list[tuple[Any, ...]] | None:
        """The answer; None if there is none in the time."""
        try:
            with transaction.atomic():
                self._ask_nothing(f"SET LOCAL statement_timeout = '{_PATIENCE}'")
                found = self._ask(question, **values)
                self._ask_nothing("SET LOCAL statement_timeout = DEFAULT")
        except OperationalError as error:
            if isinstance(error.__cause__, QueryCanceled):
                return None
            raise
        return found

    def _ask_nothing(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


_SOME = "SELECT id FROM ({members}) m WHERE id >= begin ORDER BY id LIMIT %(at_each)s"
_SAMPLE = """
SELECT sum(passed * width / span), sum(met * width / span), min(most)
FROM (SELECT max(id) AS most, max(id)::float8 / %(spots)s AS width FROM contact) w
CROSS JOIN generate_series(0, %(spots)s - 1) spot
CROSS JOIN LATERAL (SELECT (spot * width)::bigint AS begin) b
CROSS JOIN LATERAL (
    SELECT count(*) AS met, max(id) AS reached, count(*) FILTER (WHERE passes) AS passed
    FROM (SELECT c.id, {tests} AS passes FROM {source}) sample
) found
CROSS JOIN LATERAL (
    SELECT GREATEST(1, CASE WHEN met < %(at_each)s THEN most ELSE reached END - begin) AS span
) reach
"""


def _size(members: list[str]) -> str:
    """SQL for how many several questions give together; more than few once they give so many, each alone."""
    if len(members) == 1:
        return f"SELECT count(*) FROM ({members[0]} LIMIT %(few)s) m"
    parts = " UNION ALL ".join(f"({each})" for each in members)
    return f"""
        SELECT CASE WHEN count(*) < %(few)s THEN count(DISTINCT id) ELSE count(*) END
        FROM (SELECT id FROM ({parts}) w LIMIT %(few)s) m
    """


def _few(members: list[str]) -> str:
    """SQL for what several questions give together, where those are few."""
    return f"SELECT id FROM ({_all(members)}) m LIMIT %(few)s"


def _all(members: list[str]) -> str:
    """SQL for what several questions give together."""
    return " UNION ".join(f"({each})" for each in members)


def _in_order(ids: list[int]) -> list[Contact]:
    found = Contact.objects.in_bulk(ids)
    return [found[contact_id] for contact_id in ids if contact_id in found]

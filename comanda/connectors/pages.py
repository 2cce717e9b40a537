"""Ways to go through a long list a page at a time, each with a guard against going round in circles.

A page that is too slow or too large is asked for again with half as many records; a page that is the same as
the one before ends the walk with an error, for what lies behind it would never come.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from comanda.connectors.base import Raw
from comanda.connectors.errors import RetryLater

_T = TypeVar("_T")
_HEAVY = ("timeout", "too_large", "too_costly", "down")
_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Size:
    """How many records a page has: halved when that was too much, and slowly made larger again."""

    most: int
    least: int = 1
    now: int = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.most

    def halve(self) -> bool:
        """Makes pages smaller; False when they are as small as may be."""
        if self.now <= self.least:
            return False
        self.now = max(self.now // 2, self.least)
        return True

    def grow(self) -> None:
        """A page went well."""
        self.now = min(self.now + max(self.now // 4, 1), self.most)


def lighter(size: Size, ask: Callable[[int], _T]) -> _T:
    """``ask`` of so many records, of fewer when that is too much. Raises what a single one raises."""
    while True:
        try:
            found = ask(size.now)
        except RetryLater as error:
            if error.code not in _HEAVY or not size.halve():
                raise
        else:
            size.grow()
            return found


def by_key(
    ask: Callable[[int, str], list[Raw]], key: Callable[[Raw], str], size: Size, after: str = ""
) -> Iterator[list[Raw]]:
    """Records sorted by a key, always those behind the last one: rows that come and go move nothing.

    ``ask`` is given how many, and behind which key. The end is an empty page, or one that is short.
    """
    while True:
        asked = [0]

        def page(count: int, behind: str = after, asked: list[int] = asked) -> list[Raw]:
            asked[0] = count
            return ask(count, behind)

        found = lighter(size, page)
        if not found:
            return
        last = key(found[-1])
        if last == after:
            raise RetryLater("loop", after=600)
        yield found
        after = last
        if len(found) < asked[0]:
            return


@dataclass(frozen=True, slots=True)
class Place:
    """How far a walk by offset is: so many records seen, ``last`` the key of the last of them."""

    offset: int = 0
    last: int | None = None


def by_offset(
    ask: Callable[[int, int], list[Raw]], key: Callable[[Raw], int], size: Size, place: Place
) -> Iterator[tuple[list[Raw], Place]]:
    """Records in ascending order of a number, by offset: for lists that cannot begin behind a given one.

    Each page begins with the last record of the page before. Where something else stands there, records were
    deleted meanwhile, and the walk goes back until it finds its place: none is passed over.
    """
    back = 1
    while True:
        start = place.offset if place.last is None else max(place.offset - back, 0)
        asked = [0]
        least = 1 if place.last is None else 2  # the last of the page before, and at least one more

        def page(count: int, offset: int = start, asked: list[int] = asked, least: int = least) -> list[Raw]:
            asked[0] = max(count, least)
            return ask(asked[0], offset)

        found = lighter(size, page)
        last = place.last
        if last is not None and start and (not found or key(found[0]) > last):
            back = min(back * 10, place.offset)
            continue
        fresh = [each for each in found if last is None or key(each) > last]
        if fresh:
            place = Place(start + len(found), key(fresh[-1]))
            yield fresh, place
        elif len(found) >= asked[0]:
            place = Place(start + len(found), last)
        back = 1
        if len(found) < asked[0]:
            return


def window(page: Callable[[int], list[Raw]], limit: int) -> Callable[[int, int], list[Raw]]:
    """So many records at an offset, for ``by_offset``, out of pages that can be asked for by number only."""

    def ask(count: int, offset: int) -> list[Raw]:
        number, skipped = divmod(offset, limit)
        found: list[Raw] = []
        while len(found) < skipped + count:
            number += 1
            some = page(number)
            found += some
            if len(some) < limit:
                break
        return found[skipped : skipped + count]

    return ask


def parts(items: Sequence[_T], size: int) -> Iterator[list[_T]]:
    """The same, so many at a time."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


def by_time(
    ask: Callable[[int, datetime, int], list[Raw]],
    moment: Callable[[Raw], datetime],
    key: Callable[[Raw], str],
    size: Size,
    since: datetime,
) -> Iterator[list[Raw]]:
    """Records sorted by when they changed, oldest first, those after ``since``; each once.

    ``ask`` is given how many, since when (not included) and an offset. A record that changes during the walk
    moves to its end and is found there, and moves nothing past us: each page is asked for by the time of the
    last one, less a second, for many may share one; an offset is used only within one second.
    """
    offset = 0
    seen: set[tuple[str, datetime]] = set()
    while True:
        asked = [0]

        def page(
            count: int, since: datetime = since, offset: int = offset, asked: list[int] = asked
        ) -> list[Raw]:
            asked[0] = count
            return ask(count, since, offset)

        found = lighter(size, page)
        marked = [(key(each), moment(each)) for each in found]
        fresh = [each for each, mark in zip(found, marked, strict=True) if mark not in seen]
        if fresh:
            yield fresh
        if len(found) < asked[0]:
            return
        edge = marked[-1][1] - _SECOND
        if edge > since:
            since, offset = edge, 0
            seen = {mark for mark in marked if mark[1] >= edge}
        else:
            offset += len(found)
            seen.update(marked)

"""Stretches of time to compare: the last days until now, and as many before, cut into pieces."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

LENGTHS = (7, 30, 90, 365)
"""How many days can be looked at."""
_LONG = 365


@dataclass(frozen=True, slots=True)
class Period:
    """The last ``days`` days by the clock of a zone, today among them, and the same span so many days before.

    ``starts`` are where the pieces of it begin: days, or weeks where they would be too many; ``earlier`` the
    same of the span before. Each ends where the next begins, the last at ``until`` and ``earlier_until``.
    The span before ends at this hour too, so that a day that has only begun is held against its like.
    """

    days: int
    starts: tuple[datetime, ...]
    until: datetime
    earlier: tuple[datetime, ...]
    earlier_until: datetime

    @property
    def since(self) -> datetime:
        """Where it begins."""
        return self.starts[0]

    @property
    def is_by_week(self) -> bool:
        """Whether its pieces are weeks."""
        return self.days == _LONG

    @property
    def edges(self) -> list[datetime]:
        """Where the pieces of both begin, and where the earlier span ends, in the order of time."""
        return [*self.earlier, self.earlier_until, *self.starts]

    @property
    def pieces(self) -> list[tuple[datetime, datetime]]:
        """Beginning and end of each piece."""
        return list(pairwise([*self.starts, self.until]))


def ending(now: datetime, days: int, zone: ZoneInfo) -> Period:
    """The period that ends now."""
    local = now.astimezone(zone)
    first = local.date() - timedelta(days=days - 1)
    # The first week of a year has eight days, for a year has 52 weeks and one.
    offsets = [0, *range(8, days, 7)] if days == _LONG else list(range(days))

    def begin(shift: int) -> tuple[datetime, ...]:
        dates = [first + timedelta(days=offset - shift) for offset in offsets]
        return tuple(datetime.combine(date, time(), zone) for date in dates)

    return Period(days, begin(0), local, begin(days), local - timedelta(days=days))

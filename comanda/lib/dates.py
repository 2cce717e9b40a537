"""Dates and times as people write them in files, read the same way all through a file.

Taken are ISO 8601 (``2025-01-16T14:32:10.5Z``, also with a space, slashes or points, date only, or
with no marks at all: ``20250116143210``), day, month and year in either order (``16/01/2025 2:32 pm``,
``16.01.25``, ``16-01-2025``), day and month by name in four languages (``16 Jan 2025``), and seconds or
milliseconds since 1970.

Two-digit years: 70 to 99 are 1970 to 1999, 00 to 69 are 2000 to 2069.
A time that names no zone is local time. Where the clock skips an hour, a time inside the gap is moved
forward by its length; where an hour comes twice, the first is meant. Both are told by a ``Note``.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum

from comanda.lib.text import fold


class Order(StrEnum):
    """Which of two small numbers is the day."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Epoch(StrEnum):
    """What a bare count counts since 1970-01-01 00:00 UTC."""

    NONE = ""
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


class Note(StrEnum):
    """What had to be decided to make an instant of a local time."""

    PLAIN = ""
    SKIPPED = "skipped_hour"
    DOUBLED = "doubled_hour"


_CLOCK = (
    r"(?:(?:[T ]|,\s|\s-\s|\s(?:at|às|as|à)\s)\s*(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?\s?[Mm]\.?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})" + _CLOCK
)
_YEAR_LAST = re.compile(
    r"(?P<first>[0-9]{1,2})(?P<mark>[-/.])(?P<second_number>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})"
    + _CLOCK
)
_NAMED = re.compile(
    r"(?:(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.|º)?[ -](?:de )?(?P<name>[^\W\d_]{3,12})\.?"
    r"|(?P<name2>[^\W\d_]{3,12})\.? (?P<day2>[0-9]{1,2})(?:st|nd|rd|th)?),?[ -](?:de )?(?P<year>[0-9]{4})"
    + _CLOCK
)
_COMPACT = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:T?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?)?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_COUNT = re.compile(r"[0-9]{9,10}|[0-9]{12,13}")
_TWO_NUMBERS = re.compile(r"\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]")
_CENTURY_TURNS = 70
_LONGEST = 64
_PLAIN_LENGTH = 19

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january janeiro enero ene janvier janv",
            "feb february fevereiro fev febrero fevrier fevr",
            "mar march marco marzo mars",
            "apr april abril abr avril avr",
            "may maio mai mayo",
            "jun june junho junio juin",
            "jul july julho julio juillet juil",
            "aug august agosto ago aout",
            "sep sept september setembro set septiembre septembre",
            "oct october outubro out octubre octobre",
            "nov november novembro noviembre novembre",
            "dec december dezembro dez diciembre dic decembre",
        ),
        start=1,
    )
    for name in names.split()
}


def parse(
    text: str, zone: tzinfo, order: Order | None = None, epoch: Epoch = Epoch.NONE
) -> tuple[datetime, Note]:
    """The instant that ``text`` says, and what had to be decided for it.

    ``zone`` is where times without a zone of their own belong; ``order`` says which number is the
    day, where only that is missing; ``epoch`` says that the column counts seconds or milliseconds.
    Raises ``ValueError`` whose message is one sentence for people.
    """
    written = text.strip()
    if len(written) == _PLAIN_LENGTH and not epoch:
        found_at = _parse_plain(written)
        if found_at is not None:
            return settle(found_at.replace(tzinfo=zone))
    if len(written) > _LONGEST:
        raise ValueError("It is too long for a date.")
    if epoch:
        return _from_count(written, epoch), Note.PLAIN
    for pattern, read in _READERS:
        found = pattern.fullmatch(written)
        if found:
            year, month, day = read(found, order)
            return _instant(year, month, day, found.groupdict(), zone)
    raise ValueError("It is no date." if written else "It is empty.")


def order_of(texts: Iterable[str]) -> tuple[str | None, str | None, str | None]:
    """What these dates prove about day and month.

    Gives the first text that can only have the day first, the first that can only have the month
    first, and the first that could be either; ``None`` where there is no such text.
    """
    day_first: str | None = None
    month_first: str | None = None
    either: str | None = None
    for text in texts:
        found = _TWO_NUMBERS.match(text)
        if found is None:
            continue
        first, second = int(found[1]), int(found[2])
        if first > 12 >= second:
            day_first = day_first or text
        elif second > 12 >= first:
            month_first = month_first or text
        elif first != second and first <= 12:
            either = either or text
    return day_first, month_first, either


def epoch_of(texts: Iterable[str]) -> Epoch:
    """What these texts count, when every one of them is a count of the same length since 1970."""
    lengths = {len(text.strip()) if _COUNT.fullmatch(text.strip()) else 0 for text in texts}
    if lengths and lengths <= {9, 10}:
        return Epoch.SECONDS
    if lengths and lengths <= {12, 13}:
        return Epoch.MILLISECONDS
    return Epoch.NONE


def settle(local: datetime) -> tuple[datetime, Note]:
    """The instant that clocks mean by ``local``, whose ``fold`` is 0, by the module's rule."""
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before == after or before is None or after is None:
        return local, Note.PLAIN
    if before > after:
        return local, Note.DOUBLED
    return local.astimezone(UTC).astimezone(local.tzinfo), Note.SKIPPED


def _parse_plain(text: str) -> datetime | None:
    """``2025-01-16 14:32:10`` in the quickest way there is; ``None`` for anything else."""
    if text[4] != "-" or text[7] != "-" or text[10] not in " T" or text[13] != ":" or text[16] != ":":
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is None else None


def _from_count(text: str, epoch: Epoch) -> datetime:
    if not _COUNT.fullmatch(text):
        raise ValueError(f"It is no count of {epoch} since 1970 as the rest of its column is.")
    unit = timedelta(seconds=1) if epoch is Epoch.SECONDS else timedelta(milliseconds=1)
    return datetime(1970, 1, 1, tzinfo=UTC) + int(text) * unit


def _read_year_first(found: re.Match[str], _: Order | None) -> tuple[int, int, int]:
    return int(found["year"]), int(found["month"]), int(found["day"])


def _read_year_last(found: re.Match[str], order: Order | None) -> tuple[int, int, int]:
    first, second = int(found["first"]), int(found["second_number"])
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 1900 if year >= _CENTURY_TURNS else 2000
    if order is None and first != second:
        raise ValueError("It is not known whether the day or the month stands first.")
    return (year, first, second) if order is Order.MONTH_FIRST else (year, second, first)


def _read_named(found: re.Match[str], _: Order | None) -> tuple[int, int, int]:
    month = _MONTHS.get(fold(found["name"] or found["name2"]))
    if month is None:
        raise ValueError("It names no month that is known.")
    return int(found["year"]), month, int(found["day"] or found["day2"])


_READERS = (
    (_YEAR_FIRST, _read_year_first),
    (_YEAR_LAST, _read_year_last),
    (_COMPACT, _read_year_first),
    (_NAMED, _read_named),
)


def _instant(
    year: int, month: int, day: int, clock: dict[str, str | None], zone: tzinfo
) -> tuple[datetime, Note]:
    hour = int(clock["hour"] or 0)
    half = clock.get("half")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("Its hour does not go with am or pm.")
        hour = hour % 12 + (12 if half in "pP" else 0)
    microseconds = int((clock.get("fraction") or "")[:6].ljust(6, "0"))
    minute, second, named = int(clock["minute"] or 0), int(clock["second"] or 0), clock["zone"]
    try:
        where = _offset(named) if named else zone
        local = datetime(year, month, day, hour, minute, second, microseconds, tzinfo=where)
    except ValueError:
        raise ValueError("There is no such day or time.") from None
    return (local, Note.PLAIN) if named else settle(local)


def _offset(text: str) -> tzinfo:
    if text in ("Z", "UTC", "GMT"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        raise ValueError
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1))

"""Values in PostgreSQL's COPY text format, checked on the way.

Source: https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS. Each function raises
ValueError, in words for a person, when the value cannot be kept.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from babel.numbers import list_currencies

NULL = r"\N"
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_LARGEST_EXPONENT = 13  # numeric(20, 6): 14 digits before the point
_PLACES = 6
TEXT_LIMIT = 20_000
KEY_LIMIT = 255
NAME_LIMIT = 200
WORDS_LIMIT = 1_000
_CACHED_LENGTH = 100  # longer texts seldom come twice, and would make the cache large
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=366)
_NEVER = datetime.min.replace(tzinfo=UTC)


def text(value: str) -> str:
    """Text of at most ``TEXT_LIMIT`` characters, without NUL."""
    return _short(value) if len(value) <= _CACHED_LENGTH else _fit(value)


def _fit(value: str) -> str:
    if "\0" in value:
        raise ValueError("text without NUL characters")
    if len(value) > TEXT_LIMIT:
        raise ValueError(f"at most {TEXT_LIMIT:,} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("text that is valid Unicode (it holds half a surrogate pair)") from None
    return value.translate(_ESCAPES)


_short = lru_cache(maxsize=1 << 16)(_fit)


def key(value: str) -> str:
    """An id given by a shop: 1 to ``KEY_LIMIT`` characters."""
    if not value:
        raise ValueError("an id that is not empty")
    return optional_key(value)


@lru_cache(maxsize=1 << 16)
def optional_key(value: str) -> str:
    """An id given by a shop, or "" for none."""
    if len(value) > KEY_LIMIT:
        raise ValueError(f"an id of at most {KEY_LIMIT} characters")
    return _fit(value)


def one_of(choices: type[StrEnum]) -> Callable[[str], str]:
    """A converter of the words of a closed set."""
    known = {choice.value: choice.value for choice in choices}

    def convert(value: str) -> str:
        if value not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return known[value]

    return convert


@lru_cache(maxsize=1 << 16)
def plain(value: str) -> str:
    """What ``number`` answers, for the text of a Decimal."""
    amount = Decimal(value)
    if not amount.is_finite():
        raise ValueError("a finite number")
    if not amount:
        return "0"
    if amount.adjusted() > _LARGEST_EXPONENT:
        raise ValueError("a number of at most 14 digits before the point")
    if amount.adjusted() < -_PLACES or amount != round(amount, _PLACES):
        raise ValueError(f"at most {_PLACES} decimal places")
    return format(amount.normalize(), "f")


def number(value: Decimal) -> str:
    """An amount in its shortest form, so that 2.5 and 2.50 are the same."""
    return plain(str(value))


def time(value: datetime | None) -> str:
    """An instant, in UTC; None is NULL."""
    if value is None:
        return NULL
    if value.utcoffset() is None:
        raise ValueError("a time with its zone")
    return value.astimezone(UTC).isoformat()


def history(value: datetime | None) -> str:
    """An instant from 1970 to a year ahead: beyond lies a slip of the pen, not an order."""
    if value is None:
        return NULL
    if value.utcoffset() is None:
        return time(value)
    latest = datetime.now(UTC) + _AHEAD
    try:
        at = value.astimezone(UTC)
    except OverflowError:
        at = _NEVER
    if not (_FIRST <= at <= latest):
        raise ValueError(f"a date between 1970-01-01 and {latest:%Y-%m-%d}")
    return at.isoformat()


@lru_cache(maxsize=512)
def currency(value: str) -> str:
    """A currency of ISO 4217, in capitals."""
    if value not in list_currencies():
        raise ValueError("an ISO 4217 currency code such as EUR")
    return value


def words(values: Iterable[str]) -> str:
    """A text[]; each word at most ``KEY_LIMIT`` characters."""
    return _array(values, KEY_LIMIT) if values else "{}"


def names(values: Iterable[str]) -> str:
    """A text[] of names of tags or lists; each at most ``NAME_LIMIT`` characters."""
    return _array(values, NAME_LIMIT) if values else "{}"


def _array(values: Iterable[str], limit: int) -> str:
    quoted = []
    for value in values:
        if len(value) > limit:
            raise ValueError(f"words of at most {limit} characters")
        quoted.append('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"')
    if len(quoted) > WORDS_LIMIT:
        raise ValueError(f"at most {WORDS_LIMIT:,} words")
    return text("{" + ",".join(quoted) + "}")


def json_text(value: Mapping[str, Any] | list[Any]) -> str:
    """JSON of what a jsonb column is to hold; what JSON has no form for (Decimal, datetime) as its text."""
    return _JSON.encode(value)


def raw(value: str) -> str:
    """Text that is known to be fit, escaped only."""
    return value.translate(_ESCAPES)


def data(value: Mapping[str, Any] | list[Any]) -> str:
    """A jsonb whose texts are known to be fit."""
    return raw(json_text(value))


def fields(value: Mapping[str, str]) -> str:
    """A jsonb of texts by key, in the order of the keys."""
    if not value:
        return "{}"
    if len(value) > WORDS_LIMIT:
        raise ValueError(f"at most {WORDS_LIMIT:,} fields")
    for name, said in value.items():
        key(name)
        text(said)
    return data(dict(sorted(value.items())))


def binary(value: bytes) -> str:
    """A bytea."""
    return r"\\x" + value.hex()


def optional(value: object) -> str:
    """A number or flag, or NULL."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)

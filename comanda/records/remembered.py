"""Answers that took long are remembered for a while, for all processes together.

The longer one took, the longer it is given again: whoever looks costs the server a twentieth of its time at
most. What was quick is never remembered, and so always of this moment.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from django.core.cache import cache

T = TypeVar("T")
_QUICK = 0.5
_TIMES = 20
_AT_LEAST, _AT_MOST = 10.0, 600.0


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was found, and when that was."""

    value: T
    as_of: datetime


def find(key: str) -> Answer[T] | None:
    """The answer to a question, if it is remembered."""
    found: Answer[T] | None = cache.get(key)
    return found


def ask(key: str, work_out: Callable[[], T]) -> Answer[T]:
    """The answer to a question, worked out unless it is remembered."""
    known: Answer[T] | None = find(key)
    if known is not None:
        return known
    as_of, started = datetime.now(UTC), time.monotonic()
    answer = Answer(work_out(), as_of)
    seconds = time.monotonic() - started
    if seconds >= _QUICK:
        cache.set(key, answer, min(max(seconds * _TIMES, _AT_LEAST), _AT_MOST))
    return answer

"""Several callers at once, each with a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def together(works: Sequence[Callable[[], T]]) -> list[T]:
    """Does all at the same time, a thread each; their results, or the first error."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(_alone, work) for work in works]]


def _alone(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connection.close()

"""Answers of a form that nobody foresaw, said as any other trouble with a shop.

A list where an object was expected, a field that is missing: what stumbles over it is the connector, wherever
it reads. That is no fault of ours to crash by, but one of the answer: it is told, and tried again.
"""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import httpx

from comanda.connectors.errors import RetryLater
from comanda.connectors.http import Http

log = logging.getLogger(__name__)
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What reading a record, or an answer, of another form than the known one raises."""


def in_detail(error: BaseException) -> str:
    """What was raised, for whoever looks into it."""
    return f"{type(error).__name__}: {error}"


def careful(ask: Callable[..., Any]) -> Callable[..., Any]:
    """A method of a connector that asks the shop, also by and by as an iterator."""

    @wraps(ask)
    def asking(self: Any, *args: Any, **named: Any) -> Any:
        with _told(self.http):
            found = ask(self, *args, **named)
        return _each(self.http, found) if isinstance(found, Iterator) else found

    return asking


def _each(http: Http, found: Iterator[Any]) -> Iterator[Any]:
    try:
        while True:
            with _told(http):
                try:
                    one = next(found)
                except StopIteration:
                    return
            yield one
    finally:
        if hasattr(found, "close"):
            found.close()


@contextmanager
def _told(http: Http) -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        host, what = httpx.URL(http.base).host, in_detail(error)
        log.warning("An answer of %s has a form that is not known: %s at %s", host, what, _place(error))
        raise RetryLater("not_json", after=300.0, host=host, start=f"{http.asked}: {what}") from error


def _place(error: BaseException) -> str:
    """The line of code that stumbled, should it be ours to mend."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"

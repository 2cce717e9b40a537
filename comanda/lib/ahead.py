"""Working ahead: an iterator that another thread runs while its results are used."""

import queue
import threading
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import TypeVar

T = TypeVar("T")


class _End:
    """Put last into the queue, with what ended the iteration if that was an error."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(items: Iterable[T], depth: int = 1) -> Generator[T, None, None]:
    """The same items in the same order, made up to ``depth`` ahead by a thread of their own.

    An exception of the iteration is raised here; closing this generator ends the thread, and in it ``items``
    if that is a generator.
    """
    line: queue.Queue[T | _End] = queue.Queue(maxsize=depth)
    closed = threading.Event()
    thread = threading.Thread(target=_fill, args=(items, line, closed), name="ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := line.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        closed.set()
        thread.join()


def _fill(items: Iterable[T], line: "queue.Queue[T | _End]", closed: threading.Event) -> None:
    end = _End()
    try:
        if isinstance(items, Generator):
            with closing(items):
                _pass_on(items, line, closed)
        else:
            _pass_on(items, line, closed)
    except BaseException as error:  # raised again where the items are used
        end = _End(error)
    _put(line, end, closed)


def _pass_on(items: Iterable[T], line: "queue.Queue[T | _End]", closed: threading.Event) -> None:
    for item in items:
        if not _put(line, item, closed):
            return


def _put(line: "queue.Queue[T | _End]", item: "T | _End", closed: threading.Event) -> bool:
    while not closed.is_set():
        try:
            line.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False

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
    """The same items in the same order, made ahead by a thread of their own.

    While one is used, ``depth`` more are made or wait, and none beyond. An exception of the iteration is
    raised here; closing this generator ends the thread, and in it ``items`` if that is a generator.
    """
    line: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
    room, closed = threading.Semaphore(depth), threading.Event()
    thread = threading.Thread(target=_fill, args=(items, line, room, closed), name="ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := line.get(), _End):
            room.release()
            yield item
        if item.error is not None:
            raise item.error
    finally:
        closed.set()
        room.release()
        thread.join()


def _fill(
    items: Iterable[T],
    line: "queue.SimpleQueue[T | _End]",
    room: threading.Semaphore,
    closed: threading.Event,
) -> None:
    end = _End()
    try:
        if isinstance(items, Generator):
            with closing(items):
                _pass_on(items, line, room, closed)
        else:
            _pass_on(items, line, room, closed)
    except BaseException as error:  # raised again where the items are used
        end = _End(error)
    line.put(end)


def _pass_on(
    items: Iterable[T],
    line: "queue.SimpleQueue[T | _End]",
    room: threading.Semaphore,
    closed: threading.Event,
) -> None:
    iterator = iter(items)
    while room.acquire() and not closed.is_set():
        item = next(iterator, _END)
        if isinstance(item, _End):
            return
        line.put(item)


_END = _End()

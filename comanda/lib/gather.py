"""Group commit: things that arrive one by one at the same time are written together.

The first caller to come writes; those who come while it writes wait together, and one of them then writes
for all of them. Nobody waits for a clock, so that a lone caller is as quick as without. Each caller is
answered after the writing that holds its thing.
"""

import logging
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

log = logging.getLogger(__name__)
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True, eq=False)
class _Ticket(Generic[T, R]):
    """One thing waiting to be written; ``woken`` is released when there is something to do or to know.

    Who is given a ``batch`` writes it; their own ticket is in it.
    """

    item: T
    results: list[R] = field(default_factory=list)
    error: BaseException | None = None
    batch: "list[_Ticket[T, R]]" = field(default_factory=list)
    woken: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.woken.acquire()


@dataclass(slots=True)
class _Lane(Generic[T, R]):
    """Things that may be written together."""

    waiting: list[_Ticket[T, R]] = field(default_factory=list)
    writing: int = 0


class Gatherer(Generic[K, T, R]):
    """Gathers what many threads of one process bring, by ``key``, and has ``write`` write it.

    ``write`` gives one result for each thing, in the same order. When it fails for several, each is tried
    alone, so that one hurts nobody else; but for errors of the kinds ``hopeless``, which would hit all.
    """

    def __init__(
        self,
        write: Callable[[K, Sequence[T]], Sequence[R]],
        hopeless: tuple[type[BaseException], ...] = (),
        writers: int = 1,
        most: int = 500,
    ) -> None:
        self._write, self._hopeless = write, hopeless
        self._writers, self._most = writers, most
        self._mutex = threading.Lock()
        self._lanes: dict[K, _Lane[T, R]] = {}

    def submit(self, key: K, item: T) -> R:
        """Has one thing written and gives its result; raises what ``write`` raised for it alone."""
        ticket: _Ticket[T, R] = _Ticket(item)
        with self._mutex:
            lane = self._lanes.setdefault(key, _Lane())
            leads = lane.writing < self._writers
            if leads:
                lane.writing += 1
                ticket.batch = [ticket]
            else:
                lane.waiting.append(ticket)
        if not leads:
            # Also by one who was given a batch meanwhile: each release meets its acquire.
            ticket.woken.acquire()
        if ticket.batch:
            self._lead(key, ticket.batch)
        if ticket.error is not None:
            raise ticket.error
        return ticket.results[0]

    def _lead(self, key: K, batch: list[_Ticket[T, R]]) -> None:
        """Writes a batch, then hands over to one who came meanwhile."""
        try:
            self._write_all(key, batch)
        finally:
            self._hand_over(self._lanes[key])
            for ticket in batch:
                ticket.woken.release()

    def _write_all(self, key: K, batch: list[_Ticket[T, R]]) -> None:
        try:
            results = self._write(key, [ticket.item for ticket in batch])
            for ticket, result in zip(batch, results, strict=True):
                ticket.results.append(result)
        except self._hopeless as error:
            _fail(batch, error)
        except Exception as error:
            if len(batch) == 1:
                _fail(batch, error)
                return
            log.exception("A batch of %s failed; each is tried alone.", len(batch))
            for ticket in batch:
                ticket.results.clear()
                self._write_all(key, [ticket])
        except BaseException as error:
            _fail(batch, error)
            raise

    def _hand_over(self, lane: _Lane[T, R]) -> None:
        with self._mutex:
            batch, lane.waiting = lane.waiting[: self._most], lane.waiting[self._most :]
            if not batch:
                lane.writing -= 1
                return
        batch[0].batch = batch
        batch[0].woken.release()


def _fail(batch: Sequence[_Ticket[T, R]], error: BaseException) -> None:
    for ticket in batch:
        ticket.error = error

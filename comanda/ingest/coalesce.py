"""Group commit: shapes that arrive one by one at the same time share a transaction.

The first caller to come writes; those who come while it writes wait together, and one of them then writes
for all of them. Nobody waits for a clock, so that a lone caller is as quick as without. Each caller is
answered after the commit that holds its shape.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from comanda.ingest.upsert import Cause, Shape, StoreRef, upsert
from comanda.records.database import LOST
from comanda.shapes import Result

log = logging.getLogger(__name__)
_MOST_AT_ONCE = 500


@dataclass(slots=True, eq=False)
class _Ticket:
    """One shape waiting to be written; ``woken`` is released when there is something to do or to know.

    Who is given a ``batch`` writes it; their own ticket is in it.
    """

    shape: Shape
    result: Result | None = None
    error: BaseException | None = None
    batch: "list[_Ticket]" = field(default_factory=list)
    woken: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.woken.acquire()


@dataclass(slots=True)
class _Lane:
    """Shapes of one kind, for one store and cause."""

    waiting: list[_Ticket] = field(default_factory=list)
    writing: int = 0


Lane = tuple[StoreRef, Cause, type]


class Coalescer:
    """Gathers what many threads of one process bring, and writes it through the door."""

    def __init__(
        self, write: Callable[[StoreRef, Sequence[Shape], Cause], list[Result]] = upsert, writers: int = 1
    ) -> None:
        self._write = write
        self._writers = writers
        self._mutex = threading.Lock()
        self._lanes: dict[Lane, _Lane] = {}

    def submit(self, store: StoreRef, shape: Shape, cause: Cause) -> Result:
        """Writes one shape and gives its result once that is durable.

        Raises whatever the door raised for this shape, were it written alone.
        """
        key = (store, cause, type(shape))
        ticket = _Ticket(shape)
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
        assert ticket.result is not None
        return ticket.result

    def _lead(self, key: Lane, batch: list[_Ticket]) -> None:
        """Writes a batch, then hands over to one who came meanwhile."""
        store, cause, _ = key
        try:
            self._write_all(store, batch, cause)
        finally:
            self._hand_over(self._lanes[key])
            for ticket in batch:
                ticket.woken.release()

    def _write_all(self, store: StoreRef, batch: list[_Ticket], cause: Cause) -> None:
        """One transaction for the whole batch; if that fails, one for each, so that one hurts nobody else."""
        try:
            self._write_together(store, batch, cause)
        except LOST as error:
            _fail(batch, error)
        except Exception as error:
            if len(batch) == 1:
                _fail(batch, error)
                return
            log.exception("A batch of %s shapes failed; each is tried alone.", len(batch))
            for ticket in batch:
                self._write_all(store, [ticket], cause)
        except BaseException as error:
            _fail(batch, error)
            raise

    def _write_together(self, store: StoreRef, batch: list[_Ticket], cause: Cause) -> None:
        results = self._write(store, [ticket.shape for ticket in batch], cause)
        for ticket, result in zip(batch, results, strict=True):
            ticket.result = result

    def _hand_over(self, lane: _Lane) -> None:
        with self._mutex:
            batch, lane.waiting = lane.waiting[:_MOST_AT_ONCE], lane.waiting[_MOST_AT_ONCE:]
            if not batch:
                lane.writing -= 1
                return
        batch[0].batch = batch
        batch[0].woken.release()


def _fail(batch: list[_Ticket], error: BaseException) -> None:
    for ticket in batch:
        ticket.error = error


_coalescer = Coalescer()


def submit(store: StoreRef, shape: Shape, cause: Cause) -> Result:
    """Writes one shape, together with what the process's other threads bring; its result once it is durable.

    Raises whatever the door raises for this shape.
    """
    return _coalescer.submit(store, shape, cause)

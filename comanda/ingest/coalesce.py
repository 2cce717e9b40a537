"""Shapes that arrive one by one at the same time share a transaction (see ``lib.gather``)."""

from collections.abc import Callable, Sequence

from comanda.ingest.upsert import Cause, Shape, StoreRef, upsert
from comanda.lib.gather import Gatherer
from comanda.records.database import LOST
from comanda.shapes import Result

Lane = tuple[StoreRef, Cause, type]
"""Shapes of one kind, for one store and cause."""


class Coalescer:
    """Gathers what many threads of one process bring, and writes it through the door."""

    def __init__(
        self, write: Callable[[StoreRef, Sequence[Shape], Cause], list[Result]] = upsert, writers: int = 1
    ) -> None:
        def together(lane: Lane, shapes: Sequence[Shape]) -> list[Result]:
            store, cause, _ = lane
            return write(store, shapes, cause)

        self._gatherer: Gatherer[Lane, Shape, Result] = Gatherer(together, LOST, writers)

    def submit(self, store: StoreRef, shape: Shape, cause: Cause) -> Result:
        """Writes one shape and gives its result once that is durable.

        Raises whatever the door raised for this shape, were it written alone.
        """
        return self._gatherer.submit((store, cause, type(shape)), shape)


_coalescer = Coalescer()


def submit(store: StoreRef, shape: Shape, cause: Cause) -> Result:
    """Writes one shape, together with what the process's other threads bring; its result once it is durable.

    Raises whatever the door raises for this shape.
    """
    return _coalescer.submit(store, shape, cause)

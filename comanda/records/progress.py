"""How far a long task is, told by the process that does it and read by any other."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from comanda.records.database import LOST
from comanda.records.models import Progress

Tell = Callable[[str, int, int], None]
"""Told a stage, how much of it is done and of how much."""

WAITING = "waiting"
"""The stage of a task that nobody has begun yet."""
_TOLD_EVERY = 0.4
_TELL = """
INSERT INTO progress AS p (task, stage, done, total, stage_done)
VALUES (%(task)s, %(stage)s, %(done)s, %(total)s, %(done)s)
ON CONFLICT (task) DO UPDATE SET
    stage = excluded.stage, done = excluded.done, total = excluded.total, moved_at = clock_timestamp(),
    stage_done = CASE WHEN p.stage = excluded.stage THEN p.stage_done ELSE excluded.done END,
    stage_at = CASE WHEN p.stage = excluded.stage THEN p.stage_at ELSE clock_timestamp() END
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task is. ``rate`` is what it does in a second; ``seconds_left`` None while none can tell."""

    stage: str
    done: int
    total: int
    rate: float
    seconds_left: float | None
    began_at: datetime
    moved_at: datetime

    @property
    def percent(self) -> int | None:
        """How much of the stage is done, None where nobody knows how much it is."""
        return min(100 * self.done // self.total, 100) if self.total else None


def find(task: str) -> Standing | None:
    """Where a task is; None when it is not under way."""
    row = Progress.objects.filter(task=task).first()
    if row is None:
        return None
    seconds = (row.moved_at - row.stage_at).total_seconds()
    rate = (row.done - row.stage_done) / seconds if seconds > 0 else 0.0
    left = (row.total - row.done) / rate if rate > 0 and row.total else None
    return Standing(row.stage, row.done, row.total, rate, left, row.began_at, row.moved_at)


def announce(task: str) -> None:
    """Says that a task is about to be done; it counts as waiting until it is taken up."""
    _write(task, WAITING, 0, 0)


@contextmanager
def shown(task: str, also: Tell | None = None) -> Iterator[Tell]:
    """Shows how far a task is while it is done; ``also`` is told each time too."""
    meter = _Meter(task)

    def tell(stage: str, done: int, total: int) -> None:
        meter.tell(stage, done, total)
        if also:
            also(stage, done, total)

    try:
        yield tell
    finally:
        with suppress(*LOST):
            Progress.objects.filter(task=task).delete()


class _Meter:
    """Writes down what it is told, a few times a second at most.

    A database that is away is no reason to stop.
    """

    def __init__(self, task: str) -> None:
        self._task = task
        self._stage = ""
        self._told_at = 0.0

    def tell(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage == self._stage and now - self._told_at < _TOLD_EVERY:
            return
        self._stage, self._told_at = stage, now
        with suppress(*LOST):
            _write(self._task, stage, done, total)


def _write(task: str, stage: str, done: int, total: int) -> None:
    """Not worth waiting for the disk: who reads it looks again in a second."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_TELL, {"task": task, "stage": stage, "done": done, "total": total})

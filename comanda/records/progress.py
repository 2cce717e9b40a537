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
    stage_done = CASE WHEN %(is_fresh)s THEN excluded.done ELSE p.stage_done END,
    stage_at = CASE WHEN %(is_fresh)s THEN clock_timestamp() ELSE p.stage_at END
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
    _write(task, WAITING, 0, 0, is_fresh=True)


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

    The speed of a stage is measured from its first step on: what comes before is making ready. A database
    that is away is no reason to stop.
    """

    def __init__(self, task: str) -> None:
        self._task = task
        self._stage, self._done = "", 0
        self._has_moved = False
        self._told_at = 0.0

    def tell(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage == self._stage and now - self._told_at < _TOLD_EVERY:
            return
        is_new, is_first_step = stage != self._stage, not self._has_moved and done != self._done
        self._has_moved = not is_new and (self._has_moved or is_first_step)
        self._stage, self._done, self._told_at = stage, done, now
        with suppress(*LOST):
            _write(self._task, stage, done, total, is_fresh=is_new or is_first_step)


def _write(task: str, stage: str, done: int, total: int, *, is_fresh: bool) -> None:
    """Worth waiting for neither disk nor locks: who reads it looks again in a second."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '200ms'")
        told: dict[str, str | int | bool] = {
            "task": task,
            "stage": stage,
            "done": done,
            "total": total,
            "is_fresh": is_fresh,
        }
        cursor.execute(_TELL, told)

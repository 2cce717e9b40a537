"""Imports under way, with how far they are, and those that went wrong lately."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from comanda.records import progress
from comanda.records.models import UNFINISHED, Import, ImportState
from comanda.records.progress import Standing

_LATELY = timedelta(days=7)
_MANY = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """An import, and where it is if it is under way."""

    job: Import
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class State:
    """``running`` ones, ``failed`` of the last week, and the ``done`` ones that ended last."""

    running: list[Shown]
    failed: list[Import]
    done: list[Import]


def state() -> State:
    """How imports stand now."""
    real = Import.objects.select_related("store").filter(dry_run=False)
    running = list(real.filter(state__in=UNFINISHED).order_by("-id")[:_MANY])
    since = datetime.now(UTC) - _LATELY
    failed = list(real.filter(state=ImportState.FAILED, finished_at__gte=since).order_by("-id")[:_MANY])
    return State(
        [Shown(job, progress.find(f"import {job.pk}")) for job in running],
        failed,
        list(real.filter(state=ImportState.DONE).order_by("-id")[:3]),
    )

"""Progress bars on standard error: how much, how fast, how long still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from comanda.cli.output import errors

Report = Callable[[str, int, int], None]
"""Told a stage, how much is done and of how much."""

_COLUMNS = ("{task.description:8}", "{task.fields[done]}", "{task.fields[rate]}")
_BYTES = ("reading",)


@contextmanager
def bars(names: dict[str, str], *, quiet: bool) -> Iterator[Report | None]:
    """A bar for each stage, by its name for people; None when nothing is to be shown."""
    if quiet:
        yield None
        return
    first, *rest = map(TextColumn, _COLUMNS)
    with Progress(first, BarColumn(), *rest, TimeRemainingColumn(), console=errors) as progress:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                _end_uncounted(progress)
                # What was done before this run is no measure of its speed.
                tasks[stage] = progress.add_task(
                    names[stage], completed=done, total=total or None, done="", rate=""
                )
            task = next(task for task in progress.tasks if task.id == tasks[stage])
            speed = f"{_amount(stage, task.speed)}/s" if task.speed else ""
            progress.update(
                task.id,
                completed=done,
                total=total or None,
                done=f"{_amount(stage, done)} of {_amount(stage, total)}" if total else "",
                rate=speed,
            )

        yield report


def _end_uncounted(progress: Progress) -> None:
    """Ends the bars of stages that nobody can count: they are over once another begins."""
    for task in progress.tasks:
        if task.total is None:
            progress.update(task.id, completed=1, total=1)


def _amount(stage: str, number: float) -> str:
    return f"{number / 1e6:,.1f} MB" if stage in _BYTES else f"{number:,.0f} rows"

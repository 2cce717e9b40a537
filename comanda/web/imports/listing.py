"""The list of imports, and the problems of one, page by page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from comanda.ingest.csv_import import imports, undo
from comanda.ingest.csv_import.problems import Severity
from comanda.records.models import UNFINISHED, Import, ImportDraft, ImportProblem, ImportState, Progress
from comanda.web.audit import labels
from comanda.web.imports import shown, words
from comanda.web.imports.shown import ShownProblem

ROWS, PROBLEMS = 25, 25


@dataclass(frozen=True, slots=True)
class Row:
    """An import in the list."""

    job: Import
    counts: dict[str, Any]
    state: Any
    state_classes: str
    percent: int | None
    brought_by: str
    is_under_way: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list; ``older`` is the cursor of the next one."""

    rows: list[Row]
    older: str | None
    is_first: bool

    @property
    def is_moving(self) -> bool:
        """Whether any of these is under way."""
        return any(row.is_under_way for row in self.rows)


def page(store: str, state: str, cursor: str) -> Listed:
    """Imports, latest first; those that only try a draft out are left aside."""
    tried = ImportDraft.objects.exclude(rehearsal=None).values("rehearsal_id")
    found = Import.objects.select_related("store").exclude(id__in=tried).order_by("-id")
    if store:
        found = found.filter(store__key=store)
    if state in ImportState.values:
        found = found.filter(state=state)
    if cursor.isdecimal():
        found = found.filter(id__lt=int(cursor[:18]))
    jobs = list(found[: ROWS + 1])
    older = str(jobs[ROWS - 1].pk) if len(jobs) > ROWS else None
    return Listed(_rows(jobs[:ROWS]), older, not cursor)


def _rows(jobs: list[Import]) -> list[Row]:
    names = [name for job in jobs for name in (f"import {job.pk}", undo.task_of(job.pk))]
    under_way = {each.task: each for each in Progress.objects.filter(task__in=names)}
    return [_row(job, under_way) for job in jobs]


def _row(job: Import, under_way: dict[str, Progress]) -> Row:
    undoing = under_way.get(undo.task_of(job.pk))
    being_undone = undoing is not None or undo.is_announced(job)
    at = undoing or under_way.get(f"import {job.pk}")
    label, classes = words.BEING_UNDONE if being_undone else words.STATES[job.state]
    percent = min(100 * at.done // at.total, 100) if at and at.total else None
    moving = being_undone or job.state in UNFINISHED
    who = labels.who(job.created_by)[0]
    return Row(job, shown.counts_of(job), label, classes, percent, who, moving)


def drafts() -> list[ImportDraft]:
    """Files that were uploaded and not brought in yet, latest first."""
    return list(ImportDraft.objects.select_related("store").order_by("-id")[:ROWS])


@dataclass(frozen=True, slots=True)
class Problems:
    """A page of problems; ``cause`` is the group that they are of, "" for all."""

    found: list[ShownProblem]
    older: str | None
    is_first: bool
    severity: str
    cause: str


def problems(job: Import, severity: str, cause: str, cursor: str) -> Problems:
    """Problems in the order of the file, of one severity or one cause where that is asked for."""
    kept = _behind(_of_cause(imports.problems(job.pk), severity, cause), cursor)
    found = list(kept[: PROBLEMS + 1])
    last = found[PROBLEMS - 1] if len(found) > PROBLEMS else None
    older = f"{last.row}.{last.pk}" if last else None
    return Problems([shown.problem(each) for each in found[:PROBLEMS]], older, not cursor, severity, cause)


def _of_cause(kept: QuerySet[ImportProblem], severity: str, cause: str) -> QuerySet[ImportProblem]:
    if severity in set(Severity):
        kept = kept.filter(severity=severity)
    parts = cause.split(":", 2)
    if len(parts) == 3:
        kept = kept.filter(severity=parts[0], code=parts[1], column=parts[2])
    return kept


def _behind(kept: QuerySet[ImportProblem], cursor: str) -> QuerySet[ImportProblem]:
    row, _, number = cursor.partition(".")
    if not (row.isdecimal() and number.isdecimal()):
        return kept
    at, key = int(row[:18]), int(number[:18])
    return kept.filter(Q(row__gt=at) | Q(row=at, id__gt=key))

"""Imports, their problems and what mends them, as pages show them."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from comanda.ingest.csv_import import choices, drafts, fixes, imports, problem_groups, undo, wizard
from comanda.ingest.csv_import.fixes import Case, Fix
from comanda.ingest.csv_import.problem_groups import Group
from comanda.ingest.csv_import.problems import Severity
from comanda.records.models import UNFINISHED, AuditEntry, Import, ImportDraft, ImportProblem, ImportState
from comanda.web.audit import labels
from comanda.web.frame import tags
from comanda.web.imports import causes, facts, progress, words
from comanda.web.imports.causes import Cause
from comanda.web.imports.facts import Facts
from comanda.web.imports.progress import Shown


@dataclass(frozen=True, slots=True)
class Mend:
    """A fix that is offered: what its button says."""

    fix: Fix
    label: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Problems of one cause, in words."""

    group: Group
    cause: Cause
    is_refusal: bool
    rows: str
    more_rows: int
    mends: list[Mend]
    key: str


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """One problem, in words."""

    problem: ImportProblem
    cause: Cause
    is_refusal: bool


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page of an import, or of a dry run, shows beside its problems."""

    job: Import
    counts: dict[str, Any]
    state: Promise
    state_classes: str
    is_under_way: bool
    is_being_undone: bool
    can_be_undone: bool
    progress: Shown | None
    brought_by: str
    undone: AuditEntry | None
    facts: Facts
    groups: list[ShownGroup]
    along: int

    @property
    def undone_by(self) -> str:
        """Who took it back."""
        return labels.who(self.undone.actor)[0] if self.undone else ""


def page(job: Import) -> Page:
    """An import as it is now."""
    being_undone = wizard.is_being_undone(job)
    label, classes = words.BEING_UNDONE if being_undone else words.STATES[job.state]
    under_way = job.state in UNFINISHED and not being_undone
    return Page(
        job,
        counts_of(job),
        label,
        classes,
        under_way,
        being_undone,
        not being_undone and _can_be_undone(job),
        _progress(job, being_undone=being_undone),
        labels.who(job.created_by)[0],
        _undone(job),
        facts.of(job),
        [] if under_way or being_undone else groups(job),
        problem_groups.along(job.pk),
    )


def counts_of(job: Import) -> dict[str, Any]:
    """What was counted so far, with nothing missing."""
    return {**imports.blank(), **job.counts}


def _can_be_undone(job: Import) -> bool:
    try:
        undo.check(job)
    except undo.CannotUndo:
        return False
    return True


def _progress(job: Import, *, being_undone: bool) -> Shown | None:
    if being_undone:
        return progress.of(undo.task_of(job.pk))
    return progress.of(f"import {job.pk}", is_rehearsal=job.dry_run) if job.state in UNFINISHED else None


def _undone(job: Import) -> AuditEntry | None:
    """Who took it back, and when."""
    if job.state != ImportState.UNDONE:
        return None
    return AuditEntry.objects.filter(action="import.undo", target=f"import {job.pk}").order_by("-id").first()


def groups(job: Import) -> list[ShownGroup]:
    """The problems of an import by their cause, with nothing to mend but by hand."""
    return [_group(each, []) for each in problem_groups.of(job)]


def groups_to_mend(draft: ImportDraft) -> list[ShownGroup]:
    """The problems of a draft's dry run by their cause, each with what would mend it for the whole column."""
    job = draft.rehearsal
    if job is None:
        return []
    chosen = drafts.chosen_in(draft)
    seen = drafts.seen_in(draft)
    verdict = choices.weigh(seen, chosen)
    found = []
    for group in problem_groups.of(job):
        case = Case(group, chosen, seen.rows, verdict.decimal or ".", verdict.date_order)
        found.append(_group(group, [Mend(fix, label_of(fix)) for fix in fixes.of(case)]))
    return found


def _group(group: Group, mends: list[Mend]) -> ShownGroup:
    is_refusal = group.severity == Severity.REFUSED
    key = f"{group.severity}:{group.code}:{group.column}"
    rows = ", ".join(tags.number(row) for row in group.rows)
    more = max(group.count - len(group.rows), 0) if rows else 0
    return ShownGroup(group, causes.of(group.code, group.field), is_refusal, rows, more, mends, key)


def label_of(fix: Fix) -> str:
    """What the button of a fix says."""
    field = str(words.LABELS.get(fix.field, fix.field))
    said = {
        "date_order": _("Read all dates with the month first")
        if fix.value == "mdy"
        else _("Read all dates with the day first"),
        "decimal": _("Read all numbers with a decimal comma")
        if fix.value == ","
        else _("Read all numbers with a decimal point"),
        "constant": _("Take “%(value)s” for all rows") % {"value": fix.value}
        if fix.value
        else _("Bring the orders in without buyers"),
        "line_total": _("The column holds the total of each line"),
        "drop_column": _("Do without the column “%(field)s”") % {"field": field},
        "remap": _("Choose another column for “%(field)s”") % {"field": field},
        "words": _("Say what the words mean"),
        "look": _("Choose another delimiter or encoding"),
    }
    return said[fix.kind]


def problem(kept: ImportProblem) -> ShownProblem:
    """One problem."""
    return ShownProblem(kept, causes.of(kept.code), kept.severity == Severity.REFUSED)

"""Bringing a file in by hand, step by step: taken, looked into, understood, rehearsed, started.

Each step is one call, by whom it is done is noted, and a worker does what takes time.
"""

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from comanda.ingest.csv_import import drafts, rehearsals, tasks, undo
from comanda.ingest.csv_import.choices import Chosen
from comanda.records import audit, stores
from comanda.records import progress as showing
from comanda.records.models import Import, ImportDraft, Store


class NotReady(Exception):
    """The draft's dry run has not come to its end, or something else was chosen since."""


def take(store: Store, upload: Path, file_name: str, actor: str) -> ImportDraft:
    """Keeps an uploaded file and has a worker look into it. Raises OSError."""
    draft = drafts.keep(store, upload, file_name, created_by=actor)
    with transaction.atomic():
        audit.note(actor, "import.upload", f"draft {draft.pk}", store=store.key)
        _look(draft, draft.look)
    return draft


def _look(draft: ImportDraft, number: int) -> None:
    showing.announce(drafts.task_of(draft.pk))
    tasks.enqueue_look(draft.pk, number)


def look_again(draft: ImportDraft, given: Mapping[str, str]) -> None:
    """Has the file looked into with another delimiter or encoding; "" is to be found out."""
    with transaction.atomic():
        _look(draft, drafts.look_again(draft, given))


def move(draft: ImportDraft, store: Store) -> None:
    """Chooses another store for the file."""
    with transaction.atomic():
        _look(draft, drafts.move(draft, store))


def rehearse(draft: ImportDraft, chosen: Chosen, actor: str) -> None:
    """Keeps what was chosen and has a worker do its dry run, unless that was done. Raises StoreClosed."""
    stores.check_open(draft.store)
    with transaction.atomic():
        drafts.choose(draft, chosen)
        if not rehearsals.is_current(draft) or rehearsals.has_failed(draft):
            _rehearse(draft, actor)


def _rehearse(draft: ImportDraft, actor: str) -> None:
    made = rehearsals.make(draft, created_by=actor)
    tasks.enqueue_rehearsal(draft.pk, made.pk)


def define(draft: ImportDraft, words: Mapping[str, str], actor: str) -> None:
    """Says what words of the store mean as statuses, and does the dry run again. Raises StoreRefused."""
    with transaction.atomic():
        stores.edit(draft.store, status_map={**draft.store.status_map, **words})
        audit.note(actor, "store.edit", f"store {draft.store.key}", columns=["status_map"])
        _rehearse(draft, actor)


def start(draft_id: int, actor: str) -> Import | None:
    """Starts what was rehearsed; None when the draft is gone. Raises NotReady and StoreClosed."""
    with transaction.atomic():
        ImportDraft.objects.select_for_update().filter(id=draft_id).first()
        draft = drafts.find(draft_id)
        if draft is None:
            return None
        stores.check_open(draft.store)
        if not (rehearsals.is_done(draft) and rehearsals.is_current(draft)):
            raise NotReady
        job = rehearsals.promote(draft, created_by=actor)
        tasks.enqueue(job.pk)
        audit.note(actor, "import.start", f"import {job.pk}", store=draft.store.key, dry_run=False)
    return job


def drop(draft: ImportDraft, actor: str) -> None:
    """Gives up what was begun; the file goes."""
    drafts.drop(draft)
    audit.note(actor, "import.discard", f"draft {draft.pk}", store=draft.store.key)


def is_being_undone(job: Import) -> bool:
    """Whether an import is about to be taken back, or is being taken back now."""
    return undo.is_announced(job) or showing.find(undo.task_of(job.pk)) is not None


def take_back(job: Import, actor: str) -> None:
    """Has a worker take an import back. Raises CannotUndo."""
    undo.check(job)
    with transaction.atomic():
        showing.announce(undo.task_of(job.pk))
        tasks.enqueue_undo(job.pk, actor)

"""The dry run of a draft: the very run that the import will be, but for writing."""

from functools import partial
from typing import Any

from django.conf import settings

from comanda.ingest.csv_import import drafts, imports, previews, run
from comanda.ingest.csv_import.reader import OrderFile
from comanda.lib import workdir
from comanda.records import database
from comanda.records.models import UNFINISHED, Import, ImportDraft, ImportState


def is_current(draft: ImportDraft) -> bool:
    """Whether its dry run is of what is chosen now."""
    rehearsal = draft.rehearsal
    return rehearsal is not None and rehearsal.options == imports.given(drafts.run_options(draft))


def is_done(draft: ImportDraft) -> bool:
    """Whether its dry run came to its end, so that the import can be started."""
    return draft.rehearsal is not None and draft.rehearsal.state == ImportState.DONE


def has_failed(draft: ImportDraft) -> bool:
    """Whether its dry run could not read the file."""
    return draft.rehearsal is not None and draft.rehearsal.state == ImportState.FAILED


def is_under_way(draft: ImportDraft) -> bool:
    """Whether its dry run waits or runs."""
    return draft.rehearsal is not None and draft.rehearsal.state in UNFINISHED


def make(draft: ImportDraft, *, created_by: str) -> Import:
    """A dry run of what is chosen now, which waits to be run; any other is forgotten."""
    made: Import = Import.objects.create(
        **_file_of(draft), options=_options(draft), dry_run=True, created_by=created_by
    )
    drafts.replace_rehearsal(draft, made)
    return made


def _file_of(draft: ImportDraft) -> dict[str, Any]:
    columns = ("store", "file_name", "file_path", "file_digest", "file_size")
    return {column: getattr(draft, column) for column in columns}


def _options(draft: ImportDraft) -> dict[str, Any]:
    return imports.given(drafts.run_options(draft))


def perform(draft_id: int, import_id: int, also: run.Progress | None = None) -> None:
    """Runs a draft's dry run and keeps its first orders, as long as it is the draft's own."""
    draft = drafts.find(draft_id)
    if draft is None or draft.rehearsal_id != import_id:
        return
    try:
        run.run(import_id, also, partial(_keep_preview, draft, import_id))
    except (run.AlreadyRunning, Import.DoesNotExist):
        if ImportDraft.objects.filter(id=draft_id, rehearsal_id=import_id).exists():
            raise


def _keep_preview(draft: ImportDraft, import_id: int, file: OrderFile) -> None:
    with workdir.opened(settings.DATA_DIR / "work", f"preview-{draft.pk}") as folder:
        preview = previews.first_orders(file, draft.store, folder)
    own = ImportDraft.objects.filter(id=draft.pk, rehearsal_id=import_id)
    database.outlast(partial(own.update, preview=preview))


def promote(draft: ImportDraft, *, created_by: str) -> Import:
    """The import that was rehearsed, which waits to be run; the draft is gone, its file is the import's."""
    made: Import = Import.objects.create(**_file_of(draft), options=_options(draft), created_by=created_by)
    drafts.forget_record(draft)
    return made

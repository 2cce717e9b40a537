"""Files uploaded to be brought in, kept from the upload to the start of the import."""

import os
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from comanda.ingest.csv_import import choices, imports, inspection, kept_files, mappings, staging
from comanda.ingest.csv_import.choices import Chosen
from comanda.ingest.csv_import.problems import FileRefused, RowProblem, refuse
from comanda.ingest.csv_import.seen import Seen
from comanda.lib import workdir
from comanda.records import progress as showing
from comanda.records.models import Import, ImportDraft, ImportProblem, Store

LOOKED_AT = ("delimiter", "encoding")
"""Options that decide what a file shows."""
_CHOSEN = ("mapping", "constants", "decimal", "date_order")
_WIDTH = "width"
"""Beside the options: how many columns there were when they were chosen."""
_PREFIX = "draft-"


def keep(store: Store, upload: Path, file_name: str, *, created_by: str) -> ImportDraft:
    """A draft of an uploaded file, which is moved into the folder of kept files. Raises OSError."""
    kept = kept_files.folder() / f"{_PREFIX}{secrets.token_hex(12)}{_suffix(file_name)}"
    shutil.move(upload, kept)
    os.chmod(kept, 0o600)
    try:
        return ImportDraft.objects.create(
            store=store,
            file_name=inspection.clean(file_name),
            file_path=str(kept),
            file_size=kept.stat().st_size,
            created_by=created_by,
        )
    except BaseException:
        kept.unlink()
        raise


def _suffix(file_name: str) -> str:
    """What the name says of the file's kind, as far as it is plain."""
    plain = (part for part in Path(file_name).suffixes[-2:] if part[1:].isalnum() and part.isascii())
    return "".join(plain)[:16]


def find(draft_id: int) -> ImportDraft | None:
    """A draft that was neither started nor dropped."""
    return ImportDraft.objects.select_related("store", "rehearsal").filter(id=draft_id).first()


def task_of(draft_id: int) -> str:
    """The name under which the progress of a look into its file shows."""
    return f"draft {draft_id}"


def is_looked_at(draft: ImportDraft) -> bool:
    """Whether it is known what the file shows, or why it cannot be read."""
    return bool(draft.seen or draft.refusal)


def seen_in(draft: ImportDraft) -> Seen:
    """What its file shows; only for a draft that has it."""
    return Seen.from_json(draft.seen)


def chosen_in(draft: ImportDraft) -> Chosen:
    """What was chosen for it so far."""
    return Chosen(**{name: value for name, value in draft.options.items() if name in _CHOSEN})


def look(draft_id: int, number: int, also: showing.Tell | None = None) -> None:
    """Looks into a draft's file and keeps what it shows, unless another look was asked for meanwhile."""
    draft = find(draft_id)
    if draft is None or draft.look != number or is_looked_at(draft):
        return
    try:
        with showing.shown(task_of(draft_id), also) as tell:
            with workdir.opened(settings.DATA_DIR / "work", f"look-{draft_id}") as folder:
                seen = _inspected(draft, folder, tell)
            digest = imports.fingerprint(Path(draft.file_path))
            _found(draft, {"seen": seen.as_json(), "options": _begun(draft, seen), "file_digest": digest})
    except FileRefused as refusal:
        _found(draft, {"refusal": [_told(problem) for problem in refusal.problems]})


def _found(draft: ImportDraft, found: dict[str, Any]) -> None:
    ImportDraft.objects.filter(id=draft.pk, look=draft.look).update(**found, changed_at=Now())


def _inspected(draft: ImportDraft, folder: Path, tell: showing.Tell) -> Seen:
    given = {name: draft.options.get(name) or None for name in LOOKED_AT}
    last = mappings.last_format(draft.store)
    try:
        return inspection.inspect(Path(draft.file_path), folder, last, progress=tell, **given)
    except OSError as error:
        if staging.is_full(error):
            raise refuse("disk_full", "There is no room to read the file.", "Make room.") from error
        raise refuse("unreadable", "The file cannot be read.", "Give it again.") from error


def _begun(draft: ImportDraft, seen: Seen) -> dict[str, Any]:
    """What to begin with: what was chosen before, if the columns are still the same, else suggestions."""
    is_same = draft.options.get(_WIDTH) == len(seen.columns)
    chosen = chosen_in(draft) if is_same else choices.suggested(seen)
    return {**asdict(chosen), **_given(draft)}


def _given(draft: ImportDraft) -> dict[str, str]:
    return {name: draft.options[name] for name in LOOKED_AT if draft.options.get(name)}


def _told(problem: RowProblem) -> dict[str, Any]:
    said = problem.problem
    texts = {
        "code": said.code,
        "column": problem.column,
        "field": said.field,
        "value": said.value,
        "expected": said.expected,
        "mend": said.mend,
    }
    return {"row": problem.row, **{name: inspection.clean(text) for name, text in texts.items()}}


def look_again(draft: ImportDraft, given: Mapping[str, str]) -> int:
    """Forgets what the file showed, to look into it with another delimiter or encoding; the look's number.

    What was chosen stays where the columns can stay the same.
    """
    with transaction.atomic():
        _forget_rehearsal(draft)
        draft.options = {**draft.options, **given}
        if draft.seen and given.get("delimiter", "") in ("", draft.seen["delimiter"]):
            draft.options[_WIDTH] = len(draft.seen["columns"])
        draft.seen, draft.refusal, draft.preview = {}, [], []
        draft.look += 1
        _save(draft, "options", "seen", "refusal", "preview", "look")
    return draft.look


def choose(draft: ImportDraft, chosen: Chosen) -> None:
    """Keeps what was chosen."""
    draft.options = {**asdict(chosen), **_given(draft)}
    _save(draft, "options")


def move(draft: ImportDraft, store: Store) -> int:
    """Gives the draft to another store; what that one remembers counts now. The number of the look."""
    draft.store, draft.options = store, _given(draft)
    draft.seen = {}
    _save(draft, "store")
    return look_again(draft, {})


def run_options(draft: ImportDraft) -> dict[str, Any]:
    """What an import of this draft is told."""
    remembered = mappings.mapping_of(mappings.last_format(draft.store))
    return choices.options(seen_in(draft), chosen_in(draft), remembered)


def drop(draft: ImportDraft) -> None:
    """Removes a draft with its file."""
    forget_record(draft)
    Path(draft.file_path).unlink(missing_ok=True)


def forget_record(draft: ImportDraft) -> None:
    """Removes a draft and leaves its file, which may be that of an import now."""
    with transaction.atomic():
        _forget_rehearsal(draft)
        draft.delete()


def _forget_rehearsal(draft: ImportDraft) -> None:
    if draft.rehearsal_id is None:
        return
    ImportProblem.objects.filter(import_id=draft.rehearsal_id).delete()
    Import.objects.filter(id=draft.rehearsal_id, dry_run=True).delete()
    draft.rehearsal = None


def replace_rehearsal(draft: ImportDraft, rehearsal: Import) -> None:
    """Makes this dry run the one of the draft."""
    with transaction.atomic():
        _forget_rehearsal(draft)
        draft.rehearsal, draft.preview = rehearsal, []
        _save(draft, "rehearsal", "preview")


def _save(draft: ImportDraft, *columns: str) -> None:
    draft.save(update_fields=list(columns))
    ImportDraft.objects.filter(id=draft.pk).update(changed_at=Now())


def purge(before: datetime) -> int:
    """Removes drafts that nobody has touched since, and files of drafts that are gone; how many."""
    old = list(ImportDraft.objects.filter(changed_at__lt=before))
    for draft in old:
        drop(draft)
    named = set(ImportDraft.objects.values_list("file_path", flat=True))
    named |= set(Import.objects.filter(file_path__contains=_PREFIX).values_list("file_path", flat=True))
    stray = [
        path
        for path in kept_files.folder().glob(f"{_PREFIX}*")
        if str(path) not in named and path.stat().st_mtime < before.timestamp()
    ]
    for path in stray:
        path.unlink(missing_ok=True)
    return len(old) + len(stray)


def forget(words: Collection[str]) -> int:
    """Removes every draft in whose file a person may stand, by their e-mails and phones; how many."""
    said = [word.casefold().encode() for word in words if word]
    held = [
        draft
        for draft in ImportDraft.objects.all()
        if not Path(draft.file_path).is_file() or kept_files.holds(Path(draft.file_path), said)
    ]
    for draft in held:
        drop(draft)
    return len(held)

"""Uploaded files, kept for a time beside the database, and taken away early when a person is erased."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from comanda.ingest.csv_import import source
from comanda.ingest.csv_import.problems import FileRefused
from comanda.records.models import UNFINISHED, Import, ImportDraft, ImportState, ImportWrite

_BLOCK = 1 << 20


def folder() -> Path:
    """Where they lie."""
    path: Path = settings.DATA_DIR / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep(job: Import, path: Path) -> None:
    """Copies an import's file into the folder; from then on the import reads that copy."""
    kept = folder() / f"{job.pk}{''.join(Path(job.file_name).suffixes[-2:])}"
    shutil.copyfile(path, kept)
    os.chmod(kept, 0o600)
    job.file_path = str(kept)
    job.save(update_fields=["file_path"])


def purge(before: datetime) -> int:
    """Removes the files of imports that ended before then; how many."""
    ended = Import.objects.filter(finished_at__lt=before)
    return sum(_remove(job, "") for job in ended.iterator())


def of_store(store_id: int) -> list[Path]:
    """The files that the imports of a store have here, and those about to be imported."""
    own: list[Import | ImportDraft] = [
        *Import.objects.filter(store_id=store_id),
        *ImportDraft.objects.filter(store_id=store_id),
    ]
    return [Path(each.file_path) for each in own if _is_kept(each)]


def discard(paths: Iterable[Path]) -> None:
    """Removes files whose imports are no more."""
    for path in paths:
        path.unlink(missing_ok=True)


def forget(words: Collection[str], order_ids: Collection[int], import_ids: Collection[int]) -> int:
    """Removes every file in which a person may stand; how many.

    That is every file of ``import_ids``, every file that brought one of their orders, and every file whose
    text holds one of ``words`` (e-mails, phones). What others brought in the same file stays in the
    database; only the copy of the file goes.
    """
    brought = set(import_ids) | set(
        ImportWrite.objects.filter(kind="order", record_id__in=list(order_ids)).values_list(
            "import_id", flat=True
        )
    )
    said = [word.casefold().encode() for word in words if word]
    removed = 0
    for job in Import.objects.exclude(file_path="").iterator():
        if _is_kept(job) and (job.pk in brought or holds(Path(job.file_path), said)):
            removed += _remove(
                job, "Its file held a person who was erased. Upload the file again, without them."
            )
    return removed


def _is_kept(job: Import | ImportDraft) -> bool:
    path = Path(job.file_path)
    return path.parent == folder() and path.is_file()


def _remove(job: Import, why: str) -> bool:
    """Removes the file; an import that had not ended yet cannot go on."""
    if not _is_kept(job):
        return False
    Path(job.file_path).unlink()
    job.file_path = ""
    if job.state in UNFINISHED:
        job.state, job.error = ImportState.FAILED, why
    job.save(update_fields=["file_path", "state", "error"])
    return True


def holds(path: Path, words: list[bytes]) -> bool:
    """Whether a file, in whatever packing and encoding, holds a word; what cannot be read counts as yes."""
    with TemporaryDirectory(dir=settings.DATA_DIR, prefix=".search-") as workdir:
        try:
            text = source.prepare(path, Path(workdir), None)
        except FileRefused:
            return True
        longest = max(map(len, words), default=0)
        return any(any(word in piece for word in words) for piece in _pieces(text.path, longest))


def _pieces(path: Path, overlap: int) -> Iterator[bytes]:
    """The text in lower case, in pieces that overlap so that no word is cut."""
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            piece = rest + block
            yield piece.decode("utf-8", "ignore").casefold().encode()
            rest = piece[-overlap:] if overlap else b""

"""A file on its way in: streamed to the disk of the data folder, up to the size that is allowed.

What stops it is told on the request as ``upload_fault``, so that a form can say it in words.
"""

import fcntl
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from comanda import env
from comanda.ingest.csv_import import staging
from comanda.ingest.csv_import.sample import SAMPLE

TOO_LARGE, NO_ROOM = "too_large", "no_room"


def most_bytes() -> int:
    """The largest upload that is taken."""
    return int(env.get("max_upload_mb")) << 20


class Sink(TemporaryFileUploadHandler):
    """Writes a file into ``FILE_UPLOAD_TEMP_DIR``; one that is too large is not written at all."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803  # Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Learns how much is coming."""
        self._is_too_large = content_length > most_bytes()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begins a file, unless it is too large."""
        if self._is_too_large:
            self._stop(TOO_LARGE)
        super().new_file(*args, **kwargs)
        fcntl.flock(self.file.fileno(), fcntl.LOCK_SH)  # the kernel lets go of it with the process
        if not os.fstat(self.file.fileno()).st_nlink:
            super().new_file(*args, **kwargs)  # someone swept it away before it was locked

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Writes a piece."""
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if not staging.is_full(error):
                raise
            self._stop(NO_ROOM)

    def _stop(self, fault: str) -> None:
        setattr(self.request, "upload_fault", fault)  # noqa: B010  # not declared for types
        raise StopUpload(connection_reset=False)


def sweep() -> int:
    """Removes what uploads left behind whose process was killed; how many. Those under way are locked."""
    left = [path for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir() if _is_left(path)]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _is_left(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def fault_of(request: HttpRequest) -> str:
    """What stopped the upload, "" for nothing."""
    return str(getattr(request, "upload_fault", ""))


def sample() -> TemporaryUploadedFile:
    """The sample file, as if it had been uploaded."""
    data = SAMPLE.encode()
    file = TemporaryUploadedFile("orders-sample.csv", "text/csv", len(data), None)
    file.write(data)
    file.flush()
    return file

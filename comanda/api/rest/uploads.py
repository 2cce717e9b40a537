"""A file that comes as ``multipart/form-data``: streamed to disk, beside a few fields."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from comanda import env
from comanda.api import problems, reading
from comanda.api.problems import ApiProblem
from comanda.lib import workdir

MULTIPART = "multipart/form-data"
PART = "file"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent: the file on disk, its name at the sender's (for people to read), and the fields."""

    path: Path
    name: str
    fields: dict[str, str]


@contextmanager
def received(request: HttpRequest) -> Iterator[Upload]:
    """Reads the body, whose file stays on disk for a while only.

    Raises ApiProblem: 400 for a body that is cut off, 413 for one beyond ``COMANDA_MAX_UPLOAD_MB``, 415 for
    one of another type, and 422 when there is not one file, or a field comes twice.
    """
    reading.expect(request, MULTIPART)
    _refuse_large(request)
    with workdir.opened(settings.DATA_DIR / "work", "upload") as folder:
        sink = _Sink(folder / PART)
        request.upload_handlers = [sink]
        request.encoding = "utf-8"  # whatever the media type says: by RFC 7578 it has no say
        try:
            fields = dict(_once(request))
        finally:
            sink.close()
        yield Upload(sink.path, _shortened(sink.complete_name()), fields)


def _refuse_large(request: HttpRequest) -> None:
    most = env.get("max_upload_mb")
    if int(request.META.get("CONTENT_LENGTH") or 0) > most * 1024 * 1024:
        raise ApiProblem(
            413, f"An upload may be {most} MB at most (COMANDA_MAX_UPLOAD_MB). Pack it: .csv.zst."
        )


def _once(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if len(values) > 1:
            raise problems.unfit([fault(str(name), "expected once")])
        yield str(name), str(values[0])


def fault(name: str, detail: str) -> dict[str, str]:
    """What is wrong with one field."""
    return {"in": "form", "parameter": name, "detail": detail}


class _Sink(FileUploadHandler):
    """Writes the one file to a path of ours: no name that was sent ever reaches the disk."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._out: BinaryIO | None = None
        self._names: list[str] = []
        self._is_whole = False

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Begins the file; raises ApiProblem for a second one, or one in another field."""
        if field_name != PART:
            raise problems.unfit([fault(field_name, "no such file is known")])
        if self._names:
            raise problems.unfit([fault(PART, "expected one file, found more")])
        self._names.append(file_name)
        self._out = self.path.open("xb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Writes a piece."""
        assert self._out is not None
        self._out.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        """Ends the file."""
        self._is_whole = True
        self.close()

    def close(self) -> None:
        """Writes no more."""
        if self._out is not None:
            self._out.close()

    def complete_name(self) -> str:
        """The name of the file that came; raises ApiProblem when none did, or not all of it."""
        if not self._names:
            raise problems.unfit([fault(PART, "expected a file, sent as one (with a file name)")])
        if not self._is_whole:
            raise ApiProblem(400, "The body ended before its time: the file is cut off.")
        return self._names[0]


def _shortened(name: str) -> str:
    """The end of a long name, for that tells what kind of file it is."""
    return name.encode("utf-8", "replace")[-_LONGEST_NAME:].decode("utf-8", "ignore")

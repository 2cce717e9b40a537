"""The one file inside ``.gz``, ``.zst`` and ``.zip``, read as a stream and under caps.

What a file is shows in its first bytes, not in its name. Nothing is ever written where a name inside
an archive points, and nothing is unpacked further than the caps.
"""

import errno
import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

BLOCK = 1 << 20
MOST_BYTES = 20 << 30
"""A file that unpacks to more than this is refused."""
MOST_TIMES = 1000
"""A file that unpacks to more than this many times its size is refused, once past FREE_BYTES."""
FREE_BYTES = 256 << 20

_WINDOW = 1 << 27
_DIRECTORY = 1 << 20
_TAIL = 1 << 16
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class ArchiveError(ValueError):
    """The archive cannot or must not be unpacked; the message says why in one sentence."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Caps:
    """How far an archive may unpack."""

    most: int = MOST_BYTES
    times: int = MOST_TIMES
    free: int = FREE_BYTES


def kind_of(path: Path) -> str:
    """``gz``, ``zst``, ``zip``, or "" for what is no archive."""
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] == b"\x1f\x8b":
        return "gz"
    if start == b"\x28\xb5\x2f\xfd":
        return "zst"
    return "zip" if start in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08") else ""


def blocks(
    path: Path, caps: Caps | None = None, progress: Callable[[int], None] | None = None
) -> Iterator[bytes]:
    """The bytes of the file, unpacked where it is an archive, about a megabyte at a time.

    ``progress`` is told how many bytes of ``path`` itself have been read. Raises ``ArchiveError``.
    """
    caps = caps or Caps()
    kind = kind_of(path)
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        source = _READERS[kind](file, stack)
        size, given = path.stat().st_size, 0
        for block in source:
            given += len(block)
            if kind:
                _check(given, size, caps)
            if progress:
                progress(min(file.tell(), size))
            yield block


def _damaged(kind: str) -> ArchiveError:
    return ArchiveError("damaged", f"The .{kind} file is damaged.")


def _check(given: int, size: int, caps: Caps) -> None:
    if given > caps.most:
        raise ArchiveError("too_big", f"It unpacks to more than {caps.most >> 20:,} MB.")
    if given > caps.free and given > size * caps.times:
        raise ArchiveError("bomb", f"It unpacks to more than {caps.times:,} times its size.")


def _plain(file: BinaryIO, _: ExitStack) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _gz(file: BinaryIO, _: ExitStack) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            while block := unpacked.read(BLOCK):
                yield block
    except EOFError:
        raise ArchiveError("truncated", "The .gz file ends too early: a part is missing.") from None
    except (OSError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise _damaged("gz") from None


def _zst(file: BinaryIO, _: ExitStack) -> Iterator[bytes]:
    """Frame after frame; the library's own stream reader would take a file cut short for a whole one."""
    unpack = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    frame = None
    waiting = b""
    try:
        while data := waiting or file.read(BLOCK // 8):
            frame = frame or unpack.decompressobj()
            yield from _cut(frame.decompress(data))
            waiting = frame.unused_data if frame.eof else b""
            frame = None if frame.eof else frame
    except zstandard.ZstdError:
        raise ArchiveError(
            "damaged", "The .zst file is damaged, or was packed in a way that needs too much memory."
        ) from None
    if frame is not None:
        raise ArchiveError("truncated", "The .zst file ends too early: a part is missing.")


def _cut(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), BLOCK):
        yield data[start : start + BLOCK]


def _zip(file: BinaryIO, stack: ExitStack) -> Iterator[bytes]:
    _check_directory(file)
    try:
        archive = stack.enter_context(zipfile.ZipFile(file))
        member = stack.enter_context(archive.open(_only_member(archive)))
        while block := member.read(BLOCK):
            yield block
    except ArchiveError:
        raise
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):
            raise
        raise _damaged("zip") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, OverflowError):
        raise _damaged("zip") from None
    except (NotImplementedError, RuntimeError):
        raise ArchiveError(
            "unknown_packing", "The .zip file is packed in a way that is not supported."
        ) from None


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    names = [info.filename for info in archive.infolist()]
    if "[Content_Types].xml" in names:
        raise ArchiveError("spreadsheet", "It is a spreadsheet (such as .xlsx), not a CSV file.")
    members = [i for i in archive.infolist() if not i.is_dir() and not _is_junk(i.filename)]
    tables = [i for i in members if i.filename.lower().endswith((".csv", ".tsv", ".txt"))]
    if len(tables) != 1:
        count = f"{len(tables)}" if tables else "no"
        raise ArchiveError("not_one_file", f"The .zip file holds {count} CSV files; it must hold just one.")
    if tables[0].flag_bits & _ENCRYPTED:
        raise ArchiveError("encrypted", "The .zip file is locked with a password.")
    if tables[0].compress_type not in _PACKINGS:
        raise NotImplementedError
    return tables[0]


def _is_junk(name: str) -> bool:
    return (
        name.startswith(_JUNK[0])
        or name.rpartition("/")[2] in _JUNK
        or name.rpartition("/")[2].startswith("._")
    )


def _check_directory(file: BinaryIO) -> None:
    """Refuses an archive of very many files before its directory is read into memory."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _TAIL - 22))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise ArchiveError("damaged", "The .zip file is damaged or a part of it is missing.")
    sizes = [struct.unpack_from("<L", tail, end + 12)[0]]
    long_end = tail.rfind(b"PK\x06\x06", 0, end)
    if long_end >= 0 and len(tail) >= long_end + 48:
        sizes = [struct.unpack_from("<Q", tail, long_end + 40)[0]]
    if sizes[0] > _DIRECTORY:
        raise ArchiveError("not_one_file", "The .zip file holds very many files; it must hold just one.")


_READERS: dict[str, Callable[[BinaryIO, ExitStack], Iterator[bytes]]] = {
    "": _plain,
    "gz": _gz,
    "zst": _zst,
    "zip": _zip,
}

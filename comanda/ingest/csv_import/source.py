"""From the file as it came to plain UTF-8 text on disk, and what its bytes show on the way.

One pass over the file, a block of whole lines at a time: memory does not grow with the file. A plain
UTF-8 file is left where it is; anything else is written out as UTF-8 into the work folder.
"""

import codecs
import errno
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from comanda.ingest.csv_import import encoding as encodings
from comanda.ingest.csv_import.problems import refuse
from comanda.lib import archive

LONGEST_LINE = 8 << 20
"""Bytes in one line of the file; more is no table of orders."""

KEPT_FREE = 1 << 30
"""Bytes of disk that unpacking leaves to others, chiefly to the database."""
CHECKED_EVERY = 64 << 20
START = 1 << 18
"""Bytes in which the header and enough rows are looked for."""

_SPACE = ord(" ")
_EDGES = b",;|\t\n\r"
_SURROGATES = re.compile("[\udc80-\udcff]+")


@dataclass(slots=True)
class Marks:
    """What a pass over the bytes found.

    ``lines`` counts up to the last one that is not blank, ``newlines`` all, ``returns`` those that end
    in a carriage return and a newline. ``escaped`` counts bytes that are no UTF-8 and ``beyond_ascii``
    those that are UTF-8 but not ASCII.
    """

    size: int = 0
    lines: int = 0
    newlines: int = 0
    blank_at: int = 0
    returns: int = 0
    lone_returns: bool = False
    nuls: int = 0
    spaced_quotes: bool = False
    escaped: int = 0
    beyond_ascii: int = 0
    sample: bytes = b""

    @property
    def is_regular(self) -> bool:
        """Whether every line may be one row: none blank between others, all ended alike, nothing odd."""
        blank_between = 0 < self.blank_at < self.lines
        mixed_ends = self.lone_returns or self.returns not in (0, self.newlines)
        return not (blank_between or mixed_ends or self.nuls or self.spaced_quotes or self.escaped)

    def add(self, block: bytes) -> None:
        """Takes in the next whole lines."""
        newlines = block.count(b"\n")
        if not self.blank_at and (blank := _blank_line(block)):
            self.blank_at = self.newlines + blank
        text = block.rstrip(b"\r\n")
        if text:
            self.lines = self.newlines + text.count(b"\n") + 1
        self.newlines += newlines
        self.size += len(block)
        if b"\r" in block:
            returns = block.count(b"\r\n")
            self.returns += returns
            self.lone_returns = self.lone_returns or block.count(b"\r") != returns
        if b"\0" in block:
            self.nuls += block.count(b"\0")
        self.spaced_quotes = self.spaced_quotes or _has_spaced_quote(block)
        if not block.isascii():
            self._add_beyond_ascii(block)

    def _add_beyond_ascii(self, block: bytes) -> None:
        try:
            self.beyond_ascii += len(block) - len(block.decode("utf-8"))
        except UnicodeDecodeError:
            self._add_broken(block)

    def _add_broken(self, block: bytes) -> None:
        """Takes in lines that are not all UTF-8; only these show which other encoding it may be."""
        text = block.decode("utf-8", "surrogateescape")
        self.beyond_ascii += len(block) - len(text)
        self.escaped += sum(len(run) for run in _SURROGATES.findall(text))
        if len(self.sample) < encodings.SAMPLE:
            lines = [line for line in block.split(b"\n") if not line.isascii()]
            self.sample += b"\n".join(lines)[: encodings.SAMPLE - len(self.sample)] + b"\n"


@dataclass(frozen=True, slots=True)
class Text:
    """UTF-8 text at ``path`` that was ``encoding``; ``owned`` when we made that file."""

    path: Path
    encoding: str
    marks: Marks
    owned: bool


Progress = Callable[[str, int, int], None]


def prepare(path: Path, workdir: Path, wanted: str | None, progress: Progress | None = None) -> Text:
    """Makes UTF-8 text of the file. Raises ``FileRefused``.

    ``wanted`` is the encoding that the caller fixed, ``None`` to find out.
    """
    try:
        return _prepare(path, workdir, wanted, progress)
    except archive.ArchiveError as error:
        raise refuse(
            error.code, str(error), _MEND.get(error.code, "Pack it again, or import the CSV itself.")
        ) from None


_MEND = {
    "spreadsheet": "Save it as CSV (UTF-8) and import that.",
    "truncated": "Fetch or upload it again.",
    "not_one_file": "Import the CSV files one by one.",
    "encrypted": "Unpack it and import the CSV itself.",
}


def start_of(text: Text) -> str:
    """The first lines of the text, without its byte order mark."""
    with text.path.open("rb") as file:
        start = file.read(START)
    if len(start) == START:
        start = start[: start.rfind(b"\n") + 1 or start.rfind(b"\r") + 1 or len(start)]
    return start.decode("utf-8", "replace").removeprefix("\ufeff")


def discard(text: Text) -> None:
    """Removes the text if we made it."""
    if text.owned:
        text.path.unlink(missing_ok=True)


def _prepare(path: Path, workdir: Path, wanted: str | None, progress: Progress | None) -> Text:
    size = path.stat().st_size
    tell = (lambda done: progress("reading", done, size)) if progress else None
    blocks = archive.blocks(path, progress=tell)
    start = next(blocks, b"")
    if not start:
        raise refuse("empty", "The file is empty.", "Export it again, with its header and rows.")
    packed = archive.kind_of(path) != ""
    wide = encodings.wide_of(start, wanted)
    whole = _chain(start, blocks)
    marks = Marks()
    plain = path
    if wide or packed:
        plain = workdir / "plain.csv"
        _write(plain, _scanned(lines_of(_decoded(whole, wide) if wide else whole), marks))
    else:
        for _ in _scanned(lines_of(whole), marks):
            pass
    if wide:
        return Text(plain, wide, marks, owned=True)
    narrow = encodings.narrow_of(marks.sample, marks.escaped, marks.beyond_ascii, start, wanted)
    if narrow == encodings.UTF_8:
        return Text(plain, narrow, marks, owned=packed)
    target = workdir / "utf8.csv"
    _write(target, _decoded(archive.blocks(plain), narrow))
    marks.escaped = 0
    if packed:
        plain.unlink()
    return Text(target, narrow, marks, owned=True)


def _chain(start: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield start
    yield from rest


def _scanned(blocks: Iterable[bytes], marks: Marks) -> Iterator[bytes]:
    for block in blocks:
        marks.add(block)
        yield block


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    """Writes a file in the work folder, and stops while the database still has room on the same disk."""
    unchecked = 0
    with path.open("wb") as file:
        for block in blocks:
            file.write(block)
            unchecked += len(block)
            if unchecked > CHECKED_EVERY:
                unchecked = 0
                if shutil.disk_usage(path.parent).free < KEPT_FREE:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def lines_of(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut behind line ends, so that no character and no line end is cut in two."""
    rest = b""
    for block in blocks:
        block = rest + block
        end = block.rfind(b"\n") + 1 or block.rfind(b"\r", 0, -1) + 1
        rest = block[end:]
        if end:
            yield block[:end]
        if len(rest) > LONGEST_LINE:
            raise refuse(
                "line_too_long",
                f"A line is longer than {LONGEST_LINE >> 20} MB.",
                "This is no table of orders; check the file.",
            )
    if rest:
        yield rest


def _decoded(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The same text in UTF-8. Raises ``FileRefused`` at the first byte that the encoding does not have."""
    decoder = codecs.getincrementaldecoder(encodings.CODECS[name])("strict")
    offset = 0
    rows = 1
    for block in _chain_end(blocks):
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            place = offset + len(block) - len(error.object) + error.start
            raise refuse(
                "undecodable",
                f"Byte {place:,} of the file is no {name} text.",
                "Save the file as UTF-8, or name its encoding.",
                row=rows + error.object[: error.start].count(b"\n"),
            ) from None
        except UnicodeError:
            raise refuse(
                "undecodable",
                f"The file does not begin as {name} text does, with a byte order mark.",
                "Leave the encoding to be found, or name utf-16-le or utf-16-be.",
            ) from None
        offset += len(block)
        rows += text.count("\n")
        yield text.encode("utf-8")


def _chain_end(blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield from blocks
    yield b""


def _blank_line(block: bytes) -> int:
    """Which line of the block is the first blank one, counted from 1; 0 when none is."""
    if block[:1] == b"\n" or block[:2] == b"\r\n":
        return 1
    places = [block.find(b"\n\n"), block.find(b"\n\r\n") if b"\r" in block else -1]
    found = [place for place in places if place >= 0]
    return block.count(b"\n", 0, min(found) + 1) + 1 if found else 0


def _has_spaced_quote(block: bytes) -> bool:
    """Whether a quote stands behind a delimiter and spaces, which readers of CSV take in different ways."""
    place = block.find(b' "')
    while place >= 0:
        before = place
        while before >= 0 and block[before] == _SPACE:
            before -= 1
        if before < 0 or block[before] in _EDGES:
            return True
        place = block.find(b' "', place + 2)
    return False

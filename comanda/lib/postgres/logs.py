"""The cluster's own log files: what was added to them, and no more of them than a few."""

import os
from contextlib import suppress
from pathlib import Path

KEPT_FILES = 5
_MOST_BYTES = 65536


def _files(folder: Path) -> list[Path]:
    # Names hold their time, so that the alphabet is the order.
    return sorted((folder / "log").glob("postgres-*.log"))


def mark(folder: Path) -> dict[Path, int]:
    """How long each log of the cluster in ``folder`` is now."""
    return {path: path.lstat().st_size for path in _files(folder)}


def read_since(folder: Path, before: dict[Path, int]) -> str:
    """What the logs say that they did not say at that ``mark``, within reason."""
    text = []
    for path in _files(folder):
        with suppress(OSError), os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            file.seek(before.get(path, 0))
            text.append(file.read(_MOST_BYTES).decode(errors="replace"))
    return "".join(text)


def prune(folder: Path) -> None:
    """Deletes all but the newest logs; each is at most 10 MB (``log_rotation_size``)."""
    for path in _files(folder)[:-KEPT_FILES]:
        with suppress(FileNotFoundError):
            path.unlink()

"""The cluster's own log files: the newest lines, and no more files than a few."""

import os
from contextlib import suppress
from pathlib import Path

KEPT_FILES = 5
_TAIL_BYTES = 8192


def _files(folder: Path) -> list[Path]:
    # Names hold their time, so that the alphabet is the order.
    return sorted((folder / "log").glob("postgres-*.log"))


def tail(folder: Path) -> str:
    """The end of the newest log of the cluster in ``folder``."""
    for path in reversed(_files(folder)):
        with suppress(OSError), os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL_BYTES))
            return file.read().decode(errors="replace")
    return ""


def prune(folder: Path) -> None:
    """Deletes all but the newest logs; each is at most 10 MB (``log_rotation_size``)."""
    for path in _files(folder)[:-KEPT_FILES]:
        with suppress(FileNotFoundError):
            path.unlink()

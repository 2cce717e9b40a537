"""Locks that a killed process cannot leave behind.

They are ``flock`` locks: the kernel drops them with the last copy of the open file, so no list of
process ids has to be kept or mistrusted.
"""

import fcntl
import os
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Self

from comanda.lib.postgres.errors import PostgresError

POLL_SECONDS = 0.005


class FileLock:
    """A lock on ``path``, which is made (mode 0600) if need be, and held until ``release``.

    The file belongs to ``owner`` (uid, gid), so that root never makes one that its user cannot open.
    """

    def __init__(self, path: Path, owner: tuple[int, int]) -> None:
        self._fd: int | None = _open(path, owner)
        self.path = path
        _open_locks.add(self)

    @property
    def fd(self) -> int:
        """The open file; a program that inherits it shares the lock."""
        if self._fd is None:
            raise ValueError(f"{self.path} is released")
        return self._fd

    @property
    def is_held(self) -> bool:
        """Whether this process still has the file open."""
        return self._fd is not None

    def share(self) -> None:
        """Waits for a lock that others may share."""
        fcntl.flock(self.fd, fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        """Takes the lock for nobody else, or says that someone has it."""
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def exclusive(self, seconds: float, complaint: str) -> None:
        """Waits for the lock; raises PostgresError(``complaint``) after that many seconds."""
        end = time.monotonic() + seconds
        while not self.try_exclusive():
            if time.monotonic() > end:
                raise PostgresError(complaint)
            time.sleep(POLL_SECONDS)

    def release(self) -> None:
        """Closes the file. Programs that inherited it keep the lock; may be called twice."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _open(path: Path, owner: tuple[int, int]) -> int:
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fd = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, flags)
    if os.geteuid() == 0:
        os.fchown(fd, *owner)
    return fd


_open_locks: "weakref.WeakSet[FileLock]" = weakref.WeakSet()


def _release_in_child() -> None:
    for lock in list(_open_locks):
        lock.release()


# A forked child has copies of its parent's open files: kept open, they would hold its locks too.
os.register_at_fork(after_in_child=_release_in_child)

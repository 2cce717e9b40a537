"""Folders for what a task needs on disk meanwhile; that of a killed task goes when the next one begins."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = ".lock"


@contextmanager
def opened(parent: Path, name: str) -> Iterator[Path]:
    """A new folder in ``parent`` for a while, open to its owner only. Raises OSError."""
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(parent)
    handle, lock = _locked(parent, name)
    folder = lock.with_suffix("")
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.unlink(missing_ok=True)
        os.close(handle)


def _locked(parent: Path, name: str) -> tuple[int, Path]:
    """A file beside the folder, made before it and locked: the kernel lets go of it with the process."""
    while True:
        handle, path = tempfile.mkstemp(dir=parent, prefix=f"{name}-", suffix=_LOCK)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle, Path(path)
        os.close(handle)  # someone swept it away before it was locked


def _sweep(parent: Path) -> None:
    """Removes what killed tasks left."""
    for lock in parent.glob(f"*{_LOCK}"):
        try:
            handle = os.open(lock, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)
        except BlockingIOError:
            pass
        finally:
            os.close(handle)

"""The processes of a cluster: which there are, in what state, and how they are told to leave."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

LOCK_NAME = "postmaster.pid"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_LOCK_NAME = f"{SOCKET_NAME}.lock"
_ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a cluster's ``postmaster.pid`` says: the first process, where its socket is, and whether it is
    ``starting``, ``ready`` or ``stopping``. https://www.postgresql.org/docs/18/storage-file-layout.html"""

    pid: int
    socket_dir: Path
    status: str


def read(folder: Path) -> Postmaster | None:
    """The postmaster of the cluster in ``folder`` as far as its file tells: it may be long dead."""
    try:
        lines = (folder / LOCK_NAME).read_text(errors="surrogateescape").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    socket_dir = folder / lines[4] if len(lines) > 4 else folder
    return Postmaster(pid, socket_dir, lines[7].strip() if len(lines) > 7 else "starting")


def answers(postmaster: Postmaster) -> bool:
    """Whether it takes connections now. Orphans of a dead postmaster do not: only it listens."""
    if postmaster.status != "ready":
        return False
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(_ANSWER_SECONDS)
        try:
            door.connect(os.fspath(postmaster.socket_dir / SOCKET_NAME))
        except OSError:
            return False
    return True


def processes(cluster_name: str, uid: int) -> Iterator[psutil.Process]:
    """All living processes of the cluster of that name, known by their titles.

    The working folder would tell more directly, but root may not see it inside a container.
    """
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.uids().real == uid and _belongs(_command(process), cluster_name) and is_alive(process):
                yield process


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _belongs(command: list[str], cluster_name: str) -> bool:
    return any(
        word in (f"cluster_name={cluster_name}", f"{cluster_name}:")
        for part in command
        for word in part.split()
    )


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs. A zombie does not: it only waits for its exit code to be read."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def leaders(processes: list[psutil.Process], cluster_name: str) -> list[psutil.Process]:
    """Those that are a postmaster: their children have titles instead of arguments."""
    return [process for process in processes if f"cluster_name={cluster_name}" in _command(process)]


def send(process: psutil.Process, number: signal.Signals) -> None:
    """Signals the process, unless it is gone (its id may belong to another by now)."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)

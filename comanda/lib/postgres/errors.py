"""What went wrong with PostgreSQL, in words that say what to do next."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PostgresError(Exception):
    """PostgreSQL could not do what was asked; the message says what happened and what to do."""


_ADVICE_BY_ERRNO = {
    errno.ENOSPC: "The disk is full: free some space, then try again.",
    errno.EDQUOT: "The disk quota is used up: free some space, then try again.",
    errno.EROFS: "The disk is mounted read-only: set COMANDA_DATA to a folder that can be written.",
    errno.EACCES: "Give yourself access to the folder, or set COMANDA_DATA to one of your own.",
    errno.EPERM: "Give yourself access to the folder, or set COMANDA_DATA to one of your own.",
    errno.ENOTDIR: "Set COMANDA_DATA to a folder.",
    errno.EEXIST: "Set COMANDA_DATA to a folder.",
}

# The first phrase found in what PostgreSQL printed decides; its own words are in English because
# it is always run with LC_ALL=C.
_ADVICE_BY_PHRASE = {
    "No space left on device": _ADVICE_BY_ERRNO[errno.ENOSPC],
    "Disk quota exceeded": _ADVICE_BY_ERRNO[errno.EDQUOT],
    "Read-only file system": _ADVICE_BY_ERRNO[errno.EROFS],
    "Cannot allocate memory": "The machine has too little free memory: stop something, then try again.",
    "could not look up effective user ID": "Run Comanda as a user that is listed in /etc/passwd.",
    "syntax error in file": "Mend the settings file that it names.",
    "contains errors": "Mend the settings file that it names.",
    "is another postmaster": "Someone started PostgreSQL on this folder by hand: stop that one first.",
    "database files are incompatible": "Start the Comanda that made this data folder, and use its backup.",
    "due to lock timeout": "Someone is working on the database: stop every Comanda, then try again.",
    "Permission denied": _ADVICE_BY_ERRNO[errno.EACCES],
}


def explain(what: str, output: str) -> PostgresError:
    """The error for a PostgreSQL program that failed after printing ``output``."""
    reason = _telling_lines(output)
    advice = next((words for phrase, words in _ADVICE_BY_PHRASE.items() if phrase in output), "")
    return PostgresError(" ".join(filter(None, [f"{what}: {reason}.", advice])))


def _telling_lines(output: str) -> str:
    for mark in ("PANIC:", "FATAL:", "ERROR:", "error:"):
        if found := _after(mark, output):
            # Which setting is wrong is only told before.
            before = _after("LOG:", output) if found[0].endswith("contains errors") else []
            return "; ".join([*before, found[0]])
    lines = output.strip().splitlines()
    return lines[-1].rstrip(".") if lines else "it said nothing"


def _after(mark: str, output: str) -> list[str]:
    return [line.partition(mark)[2].strip().rstrip(".") for line in output.splitlines() if mark in line]


@contextmanager
def speaking_of(what: str, place: Path) -> Iterator[None]:
    """Turns an OSError inside the block into a PostgresError about ``place``."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE_BY_ERRNO.get(error.errno or 0, "")
        raise PostgresError(f"{what} ({place}): {error.strerror or error}. {advice}".rstrip()) from error

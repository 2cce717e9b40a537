"""Whose turn it is with an import: one process at a time runs it or takes it back.

A lock of the database session. A process that is killed gives it up by itself, and not before PostgreSQL has
committed or rolled back what it had under way: whoever has the turn sees all that was done before.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection

from comanda.records import database

PATIENCE = 10.0
_KEYS = 0x496D7074 << 32
_TRY = "SELECT pg_try_advisory_lock(%(key)s)"
_RELEASE = "SELECT pg_advisory_unlock(%(key)s)"
# Makes the server look for itself whether the process that holds the turn is still there.
_NOTICE = (
    "SET client_connection_check_interval = '1s'",
    "SET tcp_keepalives_idle = 15",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)


class AlreadyRunning(Exception):
    """Another process runs this import, or takes it back; that one goes on, this one must stop."""


class Turn:
    """The turn with one import, held by this thread's connection."""

    def __init__(self, import_id: int) -> None:
        self._import_id = import_id
        self._holder: Any = None

    def hold(self) -> None:
        """Takes the turn, unless this connection has it. Waits for one that is being killed.

        To be called at the beginning of all work: a connection that was lost has lost the turn too. Raises
        AlreadyRunning.
        """
        connection.ensure_connection()
        if self._holder is connection.connection:
            return
        with connection.cursor() as cursor:
            for setting in _NOTICE:
                cursor.execute(setting)
        give_up_at = time.monotonic() + PATIENCE
        while not self._try():
            if time.monotonic() > give_up_at:
                raise AlreadyRunning(f"Import {self._import_id} is being run or undone by another process.")
            time.sleep(0.05)
        self._holder = connection.connection

    def _try(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_TRY, {"key": _KEYS + self._import_id})
            return bool(cursor.fetchone()[0])

    def release(self) -> None:
        """Gives the turn up; the end of the connection would do it too."""
        if self._holder is not None and self._holder is connection.connection:
            with suppress(*database.LOST), connection.cursor() as cursor:
                cursor.execute(_RELEASE, {"key": _KEYS + self._import_id})
        self._holder = None


@contextmanager
def taken(import_id: int) -> Iterator[Turn]:
    """The turn with an import for a while. Raises AlreadyRunning."""
    turn = Turn(import_id)
    database.outlast(turn.hold)
    try:
        yield turn
    finally:
        turn.release()

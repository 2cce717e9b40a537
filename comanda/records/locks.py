"""Advisory locks: numbers that all Comandas on one database agree on.

Source: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import Cursor

_DOOR = 0x436F6D616E646101
_MIGRATION = 0x436F6D616E646102
_HOOKS, _SYNC = 0x436F6D61, 0x436F6D62


@contextmanager
def migrating(cursor: Cursor[Any]) -> Iterator[None]:
    """Lets one Comanda at a time change the tables; the others wait."""
    cursor.execute("SELECT pg_advisory_lock(%(migration)s)", {"migration": _MIGRATION})
    try:
        yield
    finally:
        cursor.execute("SELECT pg_advisory_unlock(%(migration)s)", {"migration": _MIGRATION})


@contextmanager
def working_hooks(store_id: int) -> Iterator[None]:
    """Lets one worker at a time work off the webhooks of a store; the next waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_HOOKS, store_id])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_HOOKS, store_id])


@contextmanager
def syncing(store_id: int, *, waits: bool) -> Iterator[bool]:
    """Lets one process at a time sync a store: whether it is this one, or this one ``waits`` for its turn."""
    ask = "SELECT pg_advisory_lock(%s, %s)" if waits else "SELECT pg_try_advisory_lock(%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(ask, [_SYNC, store_id])
        is_ours = waits or bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_SYNC, store_id])


def enter_door(cursor: Cursor[Any]) -> None:
    """Shares the door with other writers until the transaction ends; waits while it is closed."""
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%(door)s)", {"door": _DOOR})


def close_door(cursor: Cursor[Any]) -> None:
    """Has the door alone until the transaction ends: for what takes records away (undo, erasure)."""
    cursor.execute("SELECT pg_advisory_xact_lock(%(door)s)", {"door": _DOOR})

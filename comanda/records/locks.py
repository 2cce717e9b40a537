"""Advisory locks: numbers that all Comandas on one database agree on.

Source: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from typing import Any

from psycopg import Cursor

_DOOR = 0x436F6D616E646101


def enter_door(cursor: Cursor[Any]) -> None:
    """Shares the door with other writers until the transaction ends; waits while it is closed."""
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%(door)s)", {"door": _DOOR})


def close_door(cursor: Cursor[Any]) -> None:
    """Has the door alone until the transaction ends: for what takes records away (undo, erasure)."""
    cursor.execute("SELECT pg_advisory_xact_lock(%(door)s)", {"door": _DOOR})

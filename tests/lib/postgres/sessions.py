"""What the tests ask a running server."""

from typing import Any

import psutil
import psycopg


def ask(dsn: str, sql: str) -> Any:
    """The single value that the statement gives, if it gives any."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def find_postmaster(dsn: str) -> psutil.Process:
    """The first process of the server."""
    with psycopg.connect(dsn) as connection:
        parent = psutil.Process(connection.info.backend_pid).parent()
        assert parent is not None
        return parent


def has_ended(process: psutil.Process) -> bool:
    """Whether it runs no more, be its exit code read or not."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def is_reachable(dsn: str) -> bool:
    """Whether the server takes connections."""
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True

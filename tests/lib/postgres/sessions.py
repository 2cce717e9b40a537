"""What the tests ask a running server."""

import time
from typing import Any

import psutil
import psycopg

STARTED = "SELECT pg_postmaster_start_time()"
"""When the server was started, by its own word."""


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


def kill_postmaster(dsn: str) -> None:
    """Ends the first process of the server at once; its children are orphans for a while."""
    postmaster = find_postmaster(dsn)
    postmaster.kill()
    while not has_ended(postmaster):
        time.sleep(0.01)


def wait_for(dsn: str, condition: str) -> None:
    """Waits until the server finds this true."""
    while not ask(dsn, f"SELECT {condition}"):
        time.sleep(0.01)

"""The connection to PostgreSQL below Django's, for statements that the ORM has no words for."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import django.db
import psycopg
from django.db import connection, connections
from psycopg import Cursor
from psycopg.errors import DiskFull

from comanda import settings
from comanda.jobs import leaving

log = logging.getLogger(__name__)
T = TypeVar("T")
LOST = (
    django.db.OperationalError,
    django.db.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)


def use(url: str) -> None:
    """Points Django at the database behind ``url``; for a server whose address is known only once it runs."""
    connections.settings["default"].update(settings.database(url))


def cursor() -> Cursor[Any]:
    """A psycopg cursor on this thread's connection, inside its transaction if there is one."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw.cursor()


def outlast(work: Callable[[], T], patience: float = 120.0) -> T:
    """Does ``work`` again when the database goes away in the middle, for ``patience`` seconds at most.

    For work that is one transaction, or does no harm when done twice. A full disk is raised at once: it
    does not get emptier by asking again. Raises Leaving when the worker is about to leave.
    """
    give_up_at = time.monotonic() + patience
    wait = 0.2
    while True:
        try:
            return work()
        except LOST as error:
            if is_full(error) or time.monotonic() + wait > give_up_at:
                raise
            log.warning("The database is away (%s); trying again in %.1f s.", str(error).strip(), wait)
            connection.close()
            leaving.check()
            time.sleep(wait)
            wait = min(wait * 2, 5.0)


def is_full(error: BaseException) -> bool:
    """Whether the database refused to write because its disk is full."""
    return isinstance(error, DiskFull) or isinstance(error.__cause__, DiskFull)

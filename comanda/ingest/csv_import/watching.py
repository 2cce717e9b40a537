"""How far DuckDB is with a statement, told while it is at it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django.db
import duckdb

_EVERY = 0.4


@contextmanager
def watched(connection: duckdb.DuckDBPyConnection, tell: Callable[[float], None] | None) -> Iterator[None]:
    """Tells, from a thread of its own, which share of the statement under way is done: 0 to 1.

    What ``tell`` raises is raised once the statement is over.
    """
    if tell is None:
        yield
        return
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    watcher = _Watcher(connection, tell)
    watcher.start()
    try:
        yield
    finally:
        watcher.stop()
    if watcher.error is not None:
        raise watcher.error


class _Watcher(threading.Thread):
    def __init__(self, connection: duckdb.DuckDBPyConnection, tell: Callable[[float], None]) -> None:
        super().__init__(name="watcher", daemon=True)
        self._connection, self._tell = connection, tell
        self._over = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._over.wait(_EVERY):
                done = self._connection.query_progress()
                if done > 0:
                    self._tell(min(done / 100, 1.0))
        except BaseException as error:  # whatever it is, it belongs to the thread that waits
            self.error = error
        finally:
            django.db.connection.close()

    def stop(self) -> None:
        self._over.set()
        self.join()

"""A handle on the running cluster, shared by every Comanda that uses the same data folder.

Three lock files in the data folder say who is there (see ``locks``): ``start`` is held while a cluster is
being started or stopped, ``handles`` is shared by all handles, ``alive`` is held by the cluster's processes.
"""

import atexit
import os
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from comanda.lib.postgres import accounts, cluster, conf, logs, postmaster
from comanda.lib.postgres.cluster import RECOVERY_SECONDS, Cluster
from comanda.lib.postgres.errors import PostgresError, speaking_of
from comanda.lib.postgres.locks import FileLock

FOLDER = "postgres"


class Server:
    """A running PostgreSQL. ``dsn`` leads to database ``comanda`` as user ``comanda``; it stays the same
    when the cluster is restarted. Give the handle up by ``stop`` or by leaving a ``with`` block; a process
    that ends in the ordinary way does so by itself (one that is ended by SIGTERM has to see to it).

    A forked child has no handle: it asks for its own by ``start``.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._mutex = threading.Lock()
        with self._speaking(), self._lock("start") as starting:
            self._await_turn(starting)
            handle = self._lock("handles")
            try:
                handle.share()
                self._bring_up()
            except BaseException:
                handle.release()
                raise
        self._handle = handle
        atexit.register(self.stop)

    def stop(self) -> None:
        """Gives up the handle; the last one of any process on the machine stops the cluster. Raises
        PostgresError; may be called twice."""
        # Asked before the mutex is: in a forked child, another thread's copy of it may be locked for ever.
        if not self._handle.is_held:
            return
        with self._mutex, self._speaking():
            if not self._data_dir.exists():
                cluster.shut_down(self._name, self._cluster.account)
                self._handle.release()
            elif self._handle.is_held:
                with self._lock("start") as starting:
                    self._await_turn(starting)
                    if self._handle.try_exclusive():
                        cluster.shut_down(self._name, self._cluster.account)
                    self._handle.release()
        atexit.unregister(self.stop)

    def ensure_running(self) -> bool:
        """Starts the cluster again if it died; returns whether it had to. Raises PostgresError.

        Meant to be called every few seconds; it also keeps the logs from piling up."""
        with self._mutex, self._speaking():
            if not self._handle.is_held:
                raise PostgresError("This handle on PostgreSQL is given up: start again.")
            if cluster.is_serving(self._cluster):
                logs.prune(self._cluster.folder)
                return False
            with self._lock("start") as starting:
                self._await_turn(starting)
                return self._bring_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _bring_up(self) -> bool:
        folder = (self._data_dir / FOLDER).resolve()
        self._cluster = Cluster(folder, accounts.choose(self._data_dir, folder))
        with self._lock("alive") as alive:
            started = cluster.bring_up(self._cluster, alive)
        self._name = self._cluster.name
        self.dsn = _dsn(self._cluster)
        return started

    def _lock(self, name: str) -> FileLock:
        status = self._data_dir.stat()
        return FileLock(self._data_dir / f".postgres-{name}.lock", (status.st_uid, status.st_gid))

    def _await_turn(self, starting: FileLock) -> None:
        starting.exclusive(
            RECOVERY_SECONDS,
            f"Another Comanda is starting or stopping PostgreSQL in {self._data_dir} and does not come "
            "to an end. Stop that one first.",
        )

    def _speaking(self) -> AbstractContextManager[None]:
        return speaking_of("PostgreSQL could not be started or stopped", self._data_dir)


def _dsn(found: Cluster) -> str:
    running = postmaster.read(found.folder)
    host = os.fsencode(running.socket_dir if running else found.socket_dir)
    return f"postgresql://{conf.ROLE}@/{conf.ROLE}?host={quote(host, safe='')}&port=5432"


def start(data_dir: Path) -> Server:
    """A handle on the PostgreSQL of that data folder: set up if there is none yet, started if it does not
    run. Raises PostgresError."""
    with speaking_of("The data folder could not be made", data_dir):
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Server(data_dir.resolve())

"""A handle on the running cluster, shared by every Comanda that uses the same data folder."""

import atexit
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from comanda.lib.postgres import accounts, cluster, conf
from comanda.lib.postgres.cluster import RECOVERY_SECONDS, Cluster
from comanda.lib.postgres.errors import speaking_of
from comanda.lib.postgres.locks import FileLock

FOLDER = "postgres"


class Server:
    """A running PostgreSQL. ``dsn`` leads to database ``comanda`` as user ``comanda``; it stays the same
    when the cluster is restarted. Give the handle up by ``stop`` or by leaving a ``with`` block; a process
    that ends in the ordinary way does so by itself.

    A forked child has no handle: it asks for its own by ``start``.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._mutex = threading.Lock()
        self._handle: FileLock | None = None
        self.dsn = ""

    def start(self) -> None:
        """Joins the running cluster, or starts it; raises PostgresError."""
        with self._mutex, self._starting():
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
        """Gives up the handle; the last one of any process on the machine stops the cluster."""
        with self._mutex:
            if self._handle is None or not self._handle.is_held:
                return
            with self._starting():
                if self._handle.try_exclusive():
                    with self._lock("alive") as alive:
                        cluster.shut_down(self._cluster(), alive)
                self._handle.release()
                self._handle = None
        atexit.unregister(self.stop)

    def ensure_running(self) -> bool:
        """Starts the cluster again if it died; returns whether it had to."""
        with self._mutex:
            if cluster.is_serving(self._cluster()):
                return False
            with self._starting():
                return self._bring_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _bring_up(self) -> bool:
        found = self._cluster()
        with self._lock("alive") as alive:
            started = cluster.bring_up(found, alive)
        self.dsn = _dsn(found)
        return started

    def _cluster(self) -> Cluster:
        folder = (self._data_dir / FOLDER).resolve()
        return Cluster(folder, accounts.choose(self._data_dir, folder))

    def _lock(self, name: str) -> FileLock:
        with speaking_of("PostgreSQL's lock could not be opened", self._data_dir):
            status = self._data_dir.stat()
            return FileLock(self._data_dir / f".postgres-{name}.lock", (status.st_uid, status.st_gid))

    def _starting(self) -> FileLock:
        lock = self._lock("start")
        lock.exclusive(
            RECOVERY_SECONDS,
            f"Another Comanda is starting or stopping PostgreSQL in {self._data_dir} and does not come "
            "to an end. Stop that one first.",
        )
        return lock


def _dsn(found: Cluster) -> str:
    host = quote(os.fsencode(found.socket_dir), safe="")
    return f"postgresql://{conf.ROLE}@/{conf.ROLE}?host={host}&port=5432"


def start(data_dir: Path) -> Server:
    """The PostgreSQL of that data folder, set up if there is none yet, started if it does not run.

    Raises PostgresError.
    """
    with speaking_of("Comanda's data folder could not be made", data_dir):
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        server = Server(data_dir.resolve())
    server.start()
    return server

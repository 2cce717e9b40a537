"""The database behind a command: started when it is our own, found ready when it is not."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from comanda import env
from comanda.cli.output import Refused
from comanda.lib import postgres
from comanda.records import activity, database, installation, locks

log = logging.getLogger(__name__)
_WATCH_EVERY = 2.0


class Watch:
    """Looks every two seconds whether the embedded PostgreSQL still runs, and starts it again if not."""

    def __init__(self, server: postgres.Server) -> None:
        self._server = server
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Looks no more."""
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(_WATCH_EVERY):
            try:
                if self._server.ensure_running():
                    log.warning("PostgreSQL had stopped; it was started again and recovered.")
            except postgres.PostgresError as error:
                log.error("PostgreSQL does not start: %s", error)


@contextmanager
def opened(*, migrated: bool = True) -> Iterator[postgres.Server | None]:
    """Has the database at hand; gives the embedded server, or None for an external one.

    Our own database is brought up to date by itself. An external one belongs to its operator: with
    ``migrated`` it must be up to date already.
    """
    if env.get("database_url"):
        if migrated and pending():
            raise Refused("The database is not up to date with this version of Comanda. Run: comanda migrate")
        if migrated:
            installation.check()
        yield None
        return
    with postgres.start(settings.DATA_DIR) as server:
        database.use(server.dsn)
        watch = Watch(server)
        try:
            if pending():
                migrate()
            if migrated:
                installation.check()
            activity.check_era()
            yield server
        finally:
            watch.stop()
            connections.close_all()


def pending() -> bool:
    """Whether the tables are older than this version of Comanda."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Brings the tables up to date; of several that try at once, one does it."""
    with database.cursor() as cursor, locks.migrating(cursor):
        call_command("migrate", verbosity=0, interactive=False)

"""The worker: takes jobs from the database, one thread with an event loop of its own.

A job whose worker was killed is taken up again: by the next worker at once if no other is alive, which a lock
held by each tells; otherwise when the dead one's heartbeat has stopped for ``_STALLED_AFTER`` seconds.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg
from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.contrib.django.utils import connector_params

from comanda import env
from comanda.jobs import app, leaving

log = logging.getLogger(__name__)
_STALLED_AFTER = 20.0
_LOOK_EVERY = 5.0
_PATIENCE = 10.0
_ALIVE = {"alive": 0x436F6D616E646103}
_LOST = (exceptions.ConnectorException, psycopg.OperationalError, OSError)


class Worker:
    """Runs jobs in a thread until stopped; starts again by itself when the database was away."""

    def __init__(self, concurrency: int | None = None) -> None:
        self._concurrency = concurrency or env.get("worker_jobs")
        self._stopping = threading.Event()
        self._wake: Callable[[], object] = _do_nothing
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begins to take jobs."""
        leaving.forget()
        self._thread.start()

    def stop(self) -> None:
        """Takes no more jobs, asks those under way to stop where they can go on later, and ends."""
        self._stopping.set()
        leaving.ask()
        self._wake()
        self._thread.join(_PATIENCE)

    @property
    def is_alive(self) -> bool:
        """Whether it still takes or does jobs."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Waits until the worker was stopped by someone else."""
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._work())
            except _LOST as error:
                log.warning("The worker lost the database (%s); it begins again in 2 s.", str(error).strip())
                self._stopping.wait(2.0)
            except Exception:
                log.exception("The worker stumbled; it begins again in 2 s.")
                self._stopping.wait(2.0)

    async def _work(self) -> None:
        loop, left = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop is closed: the worker has left already
                loop.call_soon_threadsafe(left.set)

        self._wake = wake
        if self._stopping.is_set():
            return
        address = connector_params("default")
        connected = app.with_connector(PsycopgConnector(kwargs=address))
        async with await psycopg.AsyncConnection.connect(**address, autocommit=True) as presence:
            try:
                await connected.open_async()
                await _show_up(presence, connected)
                await self._take_jobs(connected, left)
            finally:
                # Even if it did not open: what is half open would keep the loop from ending.
                await connected.close_async()

    async def _take_jobs(self, connected: App, left: asyncio.Event) -> None:
        """Takes jobs until ``left`` is set; raises what ends the worker otherwise."""
        taking = asyncio.create_task(
            connected.run_worker_async(
                concurrency=self._concurrency,
                install_signal_handlers=False,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=_LOOK_EVERY,
                stalled_worker_timeout=_STALLED_AFTER,
                shutdown_graceful_timeout=5.0,
            )
        )
        rescue, leave = asyncio.create_task(_rescue(connected)), asyncio.create_task(left.wait())
        await asyncio.wait({taking, leave}, return_when=asyncio.FIRST_COMPLETED)
        for task in (rescue, leave, taking):
            task.cancel()
        for ended in await asyncio.gather(taking, rescue, leave, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


def _do_nothing() -> None:
    """There is no loop yet that could be woken."""


async def _show_up(presence: psycopg.AsyncConnection, connected: App) -> None:
    """Takes the lock that every living worker shares; who has it alone knows that all others are dead."""
    alone = await presence.execute("SELECT pg_try_advisory_lock(%(alive)s)", _ALIVE)
    if (await alone.fetchone() or [False])[0]:
        await connected.job_manager.prune_stalled_workers(0)
        await presence.execute("SELECT pg_advisory_lock_shared(%(alive)s)", _ALIVE)
        await presence.execute("SELECT pg_advisory_unlock(%(alive)s)", _ALIVE)
    else:
        await presence.execute("SELECT pg_advisory_lock_shared(%(alive)s)", _ALIVE)


async def _rescue(connected: App) -> None:
    """Puts jobs of dead workers back into the queue."""
    while True:
        try:
            for job in await connected.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER):
                log.warning("Job %s (%s) was left by a dead worker; it goes on.", job.id, job.task_name)
                await connected.job_manager.retry_job(job)
        except exceptions.ConnectorException as error:
            log.warning("The queue could not be looked at (%s).", str(error).strip())
        await asyncio.sleep(_LOOK_EVERY)

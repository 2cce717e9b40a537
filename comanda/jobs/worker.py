"""The worker: takes jobs from the database, one thread with an event loop of its own.

A job whose worker was killed is taken up again: its worker's heartbeat stops, and after ``_STALLED_AFTER``
seconds another worker (or the next start) puts it back into the queue.
"""

import asyncio
import logging
import threading
from typing import cast

from procrastinate import App, exceptions
from procrastinate.contrib.django.django_connector import DjangoConnector

from comanda import env
from comanda.jobs import app

log = logging.getLogger(__name__)
_STALLED_AFTER = 20.0
_LOOK_EVERY = 5.0


class Worker:
    """Runs jobs in a thread until stopped; starts again by itself when the database was away."""

    def __init__(self, concurrency: int | None = None) -> None:
        self._concurrency = concurrency or env.get("worker_jobs")
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begins to take jobs."""
        self._thread.start()

    def stop(self, patience: float = 10.0) -> None:
        """Takes no more jobs, waits for those under way to notice, and ends."""
        self._stopping.set()
        loop, main = self._loop, self._main
        if loop is not None and main is not None and not loop.is_closed():
            loop.call_soon_threadsafe(main.cancel)
        self._thread.join(patience)

    def join(self) -> None:
        """Waits until the worker was stopped by someone else."""
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._work())
            except (exceptions.ConnectorException, OSError) as error:
                log.warning("The worker lost the database (%s); it begins again in 2 s.", error)
                self._stopping.wait(2.0)
            except asyncio.CancelledError:
                return

    async def _work(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        connected = app.with_connector(cast("DjangoConnector", app.connector).get_worker_connector())
        async with connected.open_async():
            rescue = asyncio.create_task(_rescue(connected))
            try:
                await connected.run_worker_async(
                    concurrency=self._concurrency,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=2.0,
                    update_heartbeat_interval=_LOOK_EVERY,
                    stalled_worker_timeout=_STALLED_AFTER,
                    shutdown_graceful_timeout=5.0,
                )
            finally:
                rescue.cancel()


async def _rescue(connected: App) -> None:
    """Puts jobs of dead workers back into the queue."""
    while True:
        jobs = await connected.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER)
        for job in jobs:
            log.warning("Job %s (%s) was left by a dead worker; it is taken up again.", job.id, job.task_name)
            await connected.job_manager.retry_job(job)
        await asyncio.sleep(_LOOK_EVERY)

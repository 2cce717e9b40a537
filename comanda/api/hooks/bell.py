"""Calls the worker for stores whose webhooks came, without having the shop wait for it.

What came is durable before the bell is rung. Should the process end before the worker was called, the tick of
the minute finds the webhooks in the inbox.
"""

import logging
import threading

from django.db import connection

from comanda.ingest.sync import tasks
from comanda.records import connections
from comanda.records.database import LOST

log = logging.getLogger(__name__)
_PAUSE = 0.25
"""Seconds between two calls, in which others are gathered."""
_rung: set[int] = set()
_wake = threading.Condition()
_started = False


def ring(store_id: int) -> None:
    """Has the worker called for a store; many rings are one call."""
    global _started  # one ringer a process, started when first needed
    with _wake:
        _rung.add(store_id)
        if not _started:
            _started = True
            threading.Thread(target=_answer, name="bell", daemon=True).start()
        _wake.notify()


def _answer() -> None:
    while True:
        with _wake:
            while not _rung:
                _wake.wait()
            stores = sorted(_rung)
            _rung.clear()
        for store_id in stores:
            _call(store_id)
        threading.Event().wait(_PAUSE)


def _call(store_id: int) -> None:
    try:
        tasks.enqueue_hooks(store_id)
        connections.saw_hook(store_id)
    except LOST as error:
        log.warning("The worker could not be called (%s); the tick will.", str(error).strip())
        connection.close()
    except Exception:
        log.exception("The worker could not be called; the tick will.")

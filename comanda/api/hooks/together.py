"""Webhooks that came together: verified, and stored by one statement.

This settles what needs no question to the database: genuine deliveries to stores that are remembered. All
else, and everything when storing fails, is left to ``views.receive``, which has an answer for each case.
"""

import logging
from collections.abc import Sequence

from django.db import connection

from comanda.api.hooks import bell, known
from comanda.connectors.base import Delivery, Verdict
from comanda.ingest.sync import hooks
from comanda.ingest.sync.hooks import Arrival

log = logging.getLogger(__name__)
_PREFIX = "/hooks/"
_TAKEN = (Verdict.GENUINE, Verdict.UNSIGNED)
_LARGEST = 256 << 10
"""Bytes of a body that others wait for."""


def is_for_us(method: str, path: str, length: int) -> bool:
    """Whether a request may be a webhook that is settled here."""
    return method == "POST" and length <= _LARGEST and path.startswith(_PREFIX) and path.count("/") == 3


def settle(sent: Sequence[tuple[str, Delivery]]) -> list[bool]:
    """Stores what can be of deliveries, each with the path to which it was sent.

    Says of each whether it is stored, durably, and may be answered with 200.
    """
    arrivals = [_arrival(path, delivery) for path, delivery in sent]
    if genuine := [each for each in arrivals if each is not None]:
        try:
            keep(genuine)
        except Exception:
            log.warning(
                "%s webhooks could not be stored together; each is tried alone.", len(genuine), exc_info=True
            )
            connection.close()  # it may be broken
            return [False] * len(sent)
    return [each is not None for each in arrivals]


def keep(arrivals: Sequence[Arrival]) -> None:
    """Stores deliveries, all or none, and calls the worker."""
    hooks.store(arrivals)
    for store_id in {each.store_id for each in arrivals}:
        bell.ring(store_id)


def _arrival(path: str, delivery: Delivery) -> Arrival | None:
    """What is to be stored of a genuine delivery; None for whatever has to be looked at more closely."""
    _, _, key, secret = path.split("/")
    receiver = known.remembered(key, secret)
    if receiver is None or receiver.connector.verify(delivery, receiver.secret) not in _TAKEN:
        return None
    return hooks.arrival(receiver.store, delivery, type(receiver.connector))

"""Requests that may be sent twice and are done once: the key under which each was sent, and its answer.

While a request runs, its key is held by an advisory lock of its connection: it is given up by whatever ends
the request, a crash of the process or of the database too, so that no key stays blocked.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from comanda.records.models import IdempotentRequest


@dataclass(frozen=True, slots=True)
class Stored:
    """A request that was answered: what it was (a hash), and the answer."""

    fingerprint: bytes
    status: int
    content_type: str
    body: bytes


class StillRunning(Exception):
    """Another request with this key has not been answered yet."""


@contextmanager
def held(api_key_id: int, key: str) -> Iterator[None]:
    """Holds a key for the time of its request; raises StillRunning while another one does."""
    number = _number(api_key_id, key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%(number)s)", {"number": number})
        if not cursor.fetchone()[0]:
            raise StillRunning
    locked_on = connection.connection
    try:
        yield
    finally:
        # On a new connection there is nothing to unlock: the lock went with the old one.
        if connection.connection is locked_on and not locked_on.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%(number)s)", {"number": number})


def find(api_key_id: int, key: str) -> Stored | None:
    """What was answered under this key."""
    kept = IdempotentRequest.objects.filter(api_key_id=api_key_id, key=key).first()
    if kept is None or kept.status is None:
        return None
    return Stored(bytes(kept.fingerprint), kept.status, kept.content_type, bytes(kept.body))


def keep(api_key_id: int, key: str, answer: Stored) -> None:
    """Remembers an answer; it is forgotten after a day (see ``retention``)."""
    IdempotentRequest.objects.update_or_create(
        api_key_id=api_key_id,
        key=key,
        defaults={
            "fingerprint": answer.fingerprint,
            "status": answer.status,
            "content_type": answer.content_type,
            "body": answer.body,
        },
    )


def _number(api_key_id: int, key: str) -> int:
    digest = hashlib.sha256(f"idempotency {api_key_id} {key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)

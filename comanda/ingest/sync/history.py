"""The full history of a shop, read once, oldest first: never live, and resumed where it was.

The cursor behind a page is kept in the transaction that brings the page in, so that a kill at any instant
loses nothing and doubles nothing. Pages are read ahead while others are written.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import django.db
import orjson
from django.db import transaction
from psycopg import Cursor

from comanda.connectors.base import Connector, Page, Resource
from comanda.ingest.sync import intake
from comanda.ingest.upsert import Cause
from comanda.jobs import leaving
from comanda.lib.ahead import ahead
from comanda.records import progress
from comanda.records.models import Store, Sync, SyncState

log = logging.getLogger(__name__)
CAUSE = Cause("backfill", live=False)
_KEEP = """
UPDATE sync SET cursor = %(cursor)s, seen = seen + %(count)s, total = COALESCE(%(total)s, total)
WHERE store_id = %(store_id)s AND resource = %(resource)s
"""


def task(store: Store) -> str:
    """The name under which the progress of a store's history shows."""
    return f"history {store.pk}"


def begin(store: Store, connector: type[Connector], *, again: bool = False) -> None:
    """Says which resources are to be read; ``again`` reads those once more that were."""
    with transaction.atomic():
        for resource in connector.resources:
            made, is_new = Sync.objects.get_or_create(store=store, resource=resource.value)
            if again and not is_new and made.state == SyncState.DONE:
                made.state, made.cursor, made.seen, made.total = SyncState.WAITING, None, 0, None
                made.save(update_fields=["state", "cursor", "seen", "total"])


def is_done(store: Store) -> bool:
    """Whether all of the history is in."""
    return not Sync.objects.filter(store=store).exclude(state=SyncState.DONE).exists()


class Paused(Exception):
    """The time is over; it goes on later where it is."""


def run(
    store: Store,
    connector: Connector,
    also: progress.Tell | None = None,
    until: float | None = None,
) -> intake.Taken:
    """Reads what is still to be read.

    Raises ShopError, Leaving when the worker leaves, and Paused at ``until`` of the monotonic clock.
    """
    taken = intake.Taken()
    with progress.shown(task(store), also) as tell:
        for resource in connector.resources:
            state = Sync.objects.filter(store=store, resource=resource.value).first()
            if state is not None and state.state != SyncState.DONE:
                taken.add(_resource(store, connector, resource, state, _Turn(tell, until)))
    return taken


@dataclass(frozen=True, slots=True)
class _Turn:
    """Whom to tell how far it is, and until when to go on."""

    tell: progress.Tell
    until: float | None

    def check(self) -> None:
        leaving.check()
        if self.until is not None and time.monotonic() > self.until:
            raise Paused


def _resource(
    store: Store, connector: Connector, resource: Resource, state: Sync, turn: "_Turn"
) -> intake.Taken:
    if state.state == SyncState.WAITING:
        state.until, state.state = datetime.now(UTC), SyncState.RUNNING
        state.synced_to = state.until
        state.save(update_fields=["until", "state", "synced_to"])
    assert state.until is not None
    seen, total = state.seen, state.total or 0
    turn.tell(resource.value, seen, total)
    taken = intake.Taken()
    pages = connector.history(resource, state.cursor, state.until)
    made = ahead(_read_all(store, connector, resource, pages))
    try:
        for page, found in made:
            turn.check()
            taken.add(intake.write(store, resource, found, CAUSE, _keeping(store, resource, page)))
            seen += len(page.items)
            total = max(total, page.total or 0)
            turn.tell(resource.value, seen, max(total, seen))
    finally:
        made.close()
    Sync.objects.filter(store=store, resource=resource.value).update(
        state=SyncState.DONE, ended_at=datetime.now(UTC), cursor=None
    )
    return taken


def _read_all(
    store: Store, connector: Connector, resource: Resource, pages: Iterable[Page]
) -> Iterator[tuple[Page, intake.Read]]:
    """Each page is a transaction: a kill has no more than the page at hand and the one ahead read again."""
    try:
        for page in pages:
            yield page, intake.read_page(store, connector, resource, page)
    finally:
        django.db.connection.close()  # of the thread that reads ahead, if a token was renewed in it


def _keeping(store: Store, resource: Resource, page: Page) -> intake.Also:
    asked: dict[str, Any] = {
        "cursor": orjson.dumps(dict(page.after)).decode(),
        "count": len(page.items),
        "total": page.total,
        "store_id": store.pk,
        "resource": resource.value,
    }

    def keep(cursor: Cursor[Any]) -> None:
        cursor.execute(_KEEP, asked)

    return keep

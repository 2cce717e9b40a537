"""The full history of a shop, read once, oldest first: never live, and resumed where it was.

The cursor behind a page is kept in the transaction that brings the page in, so that a kill at any instant
loses nothing and doubles nothing. Pages are read ahead while others are written.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import transaction
from psycopg import Cursor

from comanda.connectors.base import Connector, Page, Raw, Resource
from comanda.ingest.sync import intake
from comanda.ingest.upsert import Cause
from comanda.jobs import leaving
from comanda.lib.ahead import ahead
from comanda.records import progress
from comanda.records.models import Store, Sync, SyncState

log = logging.getLogger(__name__)
CAUSE = Cause("backfill", live=False)
_TOGETHER = 1_000
"""Records that share a transaction, at least, while the shop is quick enough."""
_LONGEST = 20.0
"""Seconds after which pages of a slow shop wait no longer for others, so that a kill loses little."""
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


def run(store: Store, connector: Connector, also: progress.Tell | None = None) -> intake.Taken:
    """Reads what is still to be read. Raises ShopError, and Leaving when the worker leaves."""
    taken = intake.Taken()
    with progress.shown(task(store), also) as tell:
        for resource in connector.resources:
            state = Sync.objects.filter(store=store, resource=resource.value).first()
            if state is not None and state.state != SyncState.DONE:
                taken.add(_resource(store, connector, resource, state, tell))
    return taken


def _resource(
    store: Store, connector: Connector, resource: Resource, state: Sync, tell: progress.Tell
) -> intake.Taken:
    if state.state == SyncState.WAITING:
        state.until, state.state = datetime.now(UTC), SyncState.RUNNING
        state.synced_to = state.until
        state.save(update_fields=["until", "state", "synced_to"])
    assert state.until is not None
    seen, total = state.seen, state.total or 0
    tell(resource.value, seen, total)
    taken = intake.Taken()
    made = ahead(_batches(store, connector, resource, connector.history(resource, state.cursor, state.until)))
    try:
        for pages, found in made:
            leaving.check()
            taken.add(intake.write(store, resource, found, CAUSE, _keeping(store, resource, pages)))
            seen += sum(len(page.items) for page in pages)
            total = max([total, *(page.total or 0 for page in pages)])
            tell(resource.value, seen, max(total, seen))
    finally:
        made.close()
    Sync.objects.filter(store=store, resource=resource.value).update(
        state=SyncState.DONE, ended_at=datetime.now(UTC), cursor=None
    )
    return taken


Batch = tuple[list[Page], intake.Read]


def _batches(
    store: Store, connector: Connector, resource: Resource, pages: Iterable[Page]
) -> Iterator[Batch]:
    """Pages together until they are many records; what came in before an error is not lost by it."""
    held: list[Page] = []
    began = time.monotonic()
    try:
        for page in pages:
            held.append(page)
            is_late = time.monotonic() - began > _LONGEST
            if is_late or sum(len(each.items) for each in held) >= _TOGETHER:
                yield held, _read(store, connector, resource, held)
                held, began = [], time.monotonic()
    except Exception:
        if held:
            yield held, _read(store, connector, resource, held)
        raise
    if held:
        yield held, _read(store, connector, resource, held)


def _read(store: Store, connector: Connector, resource: Resource, pages: list[Page]) -> intake.Read:
    raws: list[Raw] = [raw for page in pages for raw in page.items]
    found = intake.read(store, connector, resource, raws)
    for page in pages:
        found.lost += [intake.Lost(resource.value, key, b"", reason) for key, reason in page.lost.items()]
    return found


def _keeping(store: Store, resource: Resource, pages: list[Page]) -> intake.Also:
    asked: dict[str, Any] = {
        "cursor": orjson.dumps(dict(pages[-1].after)).decode(),
        "count": sum(len(page.items) for page in pages),
        "total": pages[-1].total,
        "store_id": store.pk,
        "resource": resource.value,
    }

    def keep(cursor: Cursor[Any]) -> None:
        cursor.execute(_KEEP, asked)

    return keep

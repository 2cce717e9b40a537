"""The jobs that keep shops in step. Of one store only one runs at a time, but for what webhooks told of.

A minute's tick looks at which stores are due; webhooks, buttons and commands ask for theirs at once. A job
that is cut off is brought up again by the queue, and goes on where it was.
"""

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from comanda.connectors.base import Connector
from comanda.connectors.errors import ShopError
from comanda.ingest.sync import audit, calls, care, carts, history, hooks, pulling, replay, shops, statuses
from comanda.jobs import app, leaving
from comanda.jobs.again import Again
from comanda.jobs.asking import once
from comanda.records import connections, database, locks, progress
from comanda.records.models import Audit, Connection, ConnectionState, Store, Sync
from comanda.records.progress import Tell
from comanda.records.stores import StoreClosed

_AGAIN = Again(*database.LOST)
"""For a shop that fails, the tick waits."""
_SLICE = 20.0
"""Seconds that a history has a worker for itself; then others have their turn."""
_LATER = 30
"""Seconds until what was asked for is tried again while a command syncs the store."""
_ENDS = (ShopError, StoreClosed, shops.NotConnected)
"""What ends a job without being a fault: it is told with the connection, or nothing is to be done."""
_LOOK_BACK = timedelta(days=60)
"""How far back days are compared again by chance, besides the last ones."""


@app.periodic(cron="* * * * *")
@app.task(name="sync.tick", queueing_lock="sync-tick")
def tick(timestamp: int) -> None:
    """Asks for what is due of every store that syncs by itself."""
    now = datetime.fromtimestamp(timestamp, UTC)
    calls.forget()
    for connection in _active():
        if shops.is_due(connection, now):
            enqueue_sync(connection.store)
            if connection.state == ConnectionState.ON and _is_audit_due(connection.store, now):
                enqueue_audit(connection.store)


def _active() -> list[Connection]:
    """Also those that wait for someone to act: it may have been done in the shop."""
    return list(
        Connection.objects.exclude(state=ConnectionState.PAUSED)
        .filter(store__archived_at=None, store__removal_asked_at=None)
        .select_related("store")
    )


def _is_audit_due(store: Store, now: datetime) -> bool:
    """Once an hour, as soon as the history is in."""
    last = Audit.objects.filter(store=store).order_by("-at").values_list("at", flat=True).first()
    return history.is_done(store) and (last is None or now - last >= timedelta(hours=1))


@app.task(name="sync.store", queue="sync", retry=_AGAIN)
def sync_store(store_id: int, full: bool = False, by_hand: bool = False) -> None:
    """History while it is not in, then what changed; what webhooks told of in between."""
    store = Store.objects.filter(id=store_id).first()
    if store is None or not _may_run(store, by_hand=by_hand):
        return
    with locks.syncing(store.pk, waits=False) as is_ours:
        if is_ours:
            _sync(store, full=full, by_hand=by_hand)
        elif full or by_hand:  # a command syncs it just now
            enqueue_sync(store, full=full, by_hand=by_hand, seconds=_LATER)


def _sync(store: Store, *, full: bool, by_hand: bool) -> None:
    with suppress(*_ENDS), shops.opened(store) as connector, shops.watched(store, is_whole=True):
        try:
            perform(store, connector, full=full, by_hand=by_hand, until=time.monotonic() + _SLICE)
        except history.Paused:
            enqueue_sync(store, by_hand=by_hand)


def _may_run(store: Store, *, by_hand: bool, also_broken: bool = False) -> bool:
    connection = connections.find(store)
    if connection is None or store.archived_at or store.removal_asked_at:
        return False
    if by_hand or (also_broken and connection.state == ConnectionState.BROKEN):
        return True
    return shops.is_due(connection)


def perform(
    store: Store,
    connector: Connector,
    *,
    full: bool = False,
    by_hand: bool = False,
    progress: Tell | None = None,
    until: float | None = None,
) -> None:
    """One sync of a store, in this process. Raises ShopError, and Paused as ``history.run`` does."""
    connection = shops.connection_of(store)
    if full or not Sync.objects.filter(store=store).exists():
        history.begin(store, type(connector), again=full)
    if not connection.statuses:
        statuses.fetch(store, connector)
    if care.is_due(connection):
        care.take(connection, connector)
    if not history.is_done(store):
        history.run(store, connector, progress, until)
    hooks.work(store, connector)
    if by_hand or full or _is_pull_due(store, connector):
        pulling.run(store, connector, all_of_it=full)
    carts.settle(store)


def _is_pull_due(store: Store, connector: Connector) -> bool:
    """Each platform has its own shortest interval."""
    last = Sync.objects.filter(store=store).exclude(pulled_at=None).order_by("-pulled_at").first()
    if last is None or last.pulled_at is None:
        return True
    return datetime.now(UTC) - last.pulled_at >= connector.interval - timedelta(seconds=5)


@app.task(name="sync.hooks", queue="sync", retry=_AGAIN)
def work_hooks(store_id: int) -> None:
    """What webhooks told of is read again.

    Also of a shop that is closed to us: requests to forget people come after an app was taken out.
    """
    store = Store.objects.filter(id=store_id).first()
    if store is None or not _may_run(store, by_hand=False, also_broken=True):
        return
    with suppress(*_ENDS), locks.working_hooks(store.pk):
        with shops.opened(store) as connector, shops.watched(store):
            hooks.work(store, connector)
            carts.settle(store)


@app.task(name="sync.audit", queue="sync", retry=_AGAIN)
def audit_store(store_id: int, since: str = "", until: str = "") -> None:
    """Compares the days asked for; else today, the days before it, and one of long ago."""
    store = Store.objects.filter(id=store_id).first()
    if store is None or not _may_run(store, by_hand=bool(since)):
        return
    if since:
        wanted = list(audit.days(date.fromisoformat(since), date.fromisoformat(until or since)))
    else:
        wanted = _days(store)
    with suppress(*_ENDS), shops.opened(store) as connector, shops.watched(store):
        for day in wanted:
            leaving.check()
            audit.run(store, connector, day)


def _days(store: Store) -> list[date]:
    """Today and yesterday; days whose last comparison left something open; and one by chance."""
    today = datetime.now(ZoneInfo(store.timezone)).date()
    open_days = [
        day
        for day, kept in audit.latest(store, today - _LOOK_BACK, today).items()
        if not audit.is_complete(kept)
    ]
    chance = today - timedelta(days=random.randrange(2, _LOOK_BACK.days))  # noqa: S311  # guards nothing
    return sorted({today, today - timedelta(days=1), chance, *open_days[-7:]})


@app.task(name="sync.statuses", queue="sync", retry=_AGAIN)
def derive_statuses(store_id: int) -> None:
    """Gives all orders of a store the status that the map says."""
    store = Store.objects.filter(id=store_id).first()
    if store is not None:
        statuses.derive(store)


@app.task(name="sync.replay", queue="sync", retry=_AGAIN)
def replay_failed(store_id: int, kind: str, ids: list[int]) -> None:
    """Tries failed payloads of a kind again: those with these ids, or all."""
    store = Store.objects.filter(id=store_id).first()
    if store is None:
        return
    with suppress(*_ENDS), progress.shown(replay.task(store)) as tell:
        if _may_run(store, by_hand=True):
            with shops.opened(store) as connector, shops.watched(store):
                replay.run(store, connector, kind, ids, tell)


def enqueue_sync(store: Store, *, full: bool = False, by_hand: bool = False, seconds: int = 0) -> bool:
    """Has a worker sync a store, not before so many seconds; False when that is asked for already."""
    marked = "full" if full else "hand" if by_hand else "tick"
    job = sync_store.configure(
        lock=_lock(store),
        queueing_lock=f"sync-{store.pk}-{marked}",
        schedule_in={"seconds": seconds} if seconds else None,
    )
    return once(job, store_id=store.pk, full=full, by_hand=by_hand)


def enqueue_hooks(store_id: int) -> None:
    """Has a worker look into the inbox of a store; asking twice is asking once."""
    # No lock of the queue: a job that waits for one is looked at again only when the queue is polled.
    job = work_hooks.configure(queueing_lock=f"hooks-{store_id}", priority=10)
    once(job, store_id=store_id)


def enqueue_audit(store: Store, since: date | None = None, until: date | None = None) -> None:
    """Has a worker compare days of a store."""
    marked = f"{since}-{until}" if since else "tick"
    job = audit_store.configure(lock=_lock(store), queueing_lock=f"audit-{store.pk}-{marked}")
    once(
        job,
        store_id=store.pk,
        since=since.isoformat() if since else "",
        until=until.isoformat() if until else "",
    )


def enqueue_replay(store: Store, kind: str, ids: Sequence[int] = ()) -> None:
    """Has a worker try failed payloads again."""
    marked = "-".join(map(str, ids)) or "all"
    job = replay_failed.configure(lock=_lock(store), queueing_lock=f"replay-{store.pk}-{kind}-{marked}")
    once(job, store_id=store.pk, kind=kind, ids=list(ids))


def enqueue_statuses(store: Store) -> None:
    """Has a worker give orders the status of a changed map."""
    job = derive_statuses.configure(lock=_lock(store), queueing_lock=f"statuses-{store.pk}")
    once(job, store_id=store.pk)


def _lock(store: Store) -> str:
    return f"store-{store.pk}"

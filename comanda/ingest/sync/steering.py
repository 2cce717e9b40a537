"""What people do with a store's sync; each deed is in the audit log."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

from django.conf import settings
from django.db import transaction

from comanda.connectors.errors import ShopError
from comanda.connectors.hasty import Hasty
from comanda.ingest.sync import hooks, shops, statuses, tasks
from comanda.ingest.sync import replay as replaying
from comanda.ingest.sync.joining import PATIENCE
from comanda.records import audit, connections, progress, stores
from comanda.records.models import Connection, ConnectionState, Inbox, InboxState, Store

LONGEST_DELAY = 60 * 24 * 30
"""Minutes after which a cart counts as abandoned, at most: thirty days."""


def _connection(store: Store) -> Connection:
    """The connection of a store that takes something in; raises NotConnected."""
    try:
        stores.check_open(store)
    except stores.StoreClosed as closed:
        raise shops.NotConnected(str(closed)) from None
    return shops.connection_of(store)


def sync(store: Store, actor: str, *, full: bool = False) -> bool:
    """Has a worker sync a store now; False when that was asked for already. Raises NotConnected.

    A store that waits for someone to act is tried again.
    """
    connection = _connection(store)
    with transaction.atomic():
        if connection.state == ConnectionState.BROKEN:
            connections.recover(connection, is_by_hand=True)
        audit.note(actor, "store.sync", f"store {store.key}", full=full)
        return tasks.enqueue_sync(store, full=full, by_hand=True)


def pause(store: Store, actor: str) -> None:
    """Nothing is synced by itself from now on. Raises NotConnected."""
    connection = shops.connection_of(store)
    with transaction.atomic():
        connections.pause(connection)
        audit.note(actor, "store.pause", f"store {store.key}")


def resume(store: Store, actor: str) -> None:
    """Syncs by itself again, beginning now. Raises NotConnected."""
    connection = _connection(store)
    with transaction.atomic():
        connections.recover(connection, is_by_hand=True)
        audit.note(actor, "store.resume", f"store {store.key}")
        tasks.enqueue_sync(store, by_hand=True)


def disconnect(store: Store, actor: str) -> None:
    """Forgets the keys, and takes our webhooks out of the shop where it lets us. What came in stays."""
    with suppress(ShopError, shops.NotConnected, stores.StoreClosed, connections.Unsealable):
        _unsubscribe(store)
    with transaction.atomic():
        connections.disconnect(store)
        audit.note(actor, "store.disconnect", f"store {store.key}")


def _unsubscribe(store: Store) -> None:
    kind, connection = shops.platform_of(store), shops.connection_of(store)
    if not kind.makes_webhooks or connection.hooks_made_at is None:
        return
    config = shops.config_of(store, connections.unseal(connection))
    policy = replace(kind.policy, tries=1, timeout=PATIENCE)
    hasty = Hasty(shops.guard(), PATIENCE)
    connector = shops.build(kind, config, lambda call: None, hasty, shops.StoreVault(store), policy)
    try:
        connector.unsubscribe(hooks.address(connection, settings.PUBLIC_URL))
    finally:
        connector.close()


def delay_carts(store: Store, minutes: int, actor: str) -> None:
    """Sets after how many minutes a cart counts as abandoned."""
    with transaction.atomic():
        store.settings = {**store.settings, "cart_minutes": minutes}
        store.save(update_fields=["settings"])
        audit.note(actor, "store.settings", f"store {store.key}", cart_minutes=minutes)


def map_statuses(store: Store, chosen: Mapping[str, str], actor: str) -> bool:
    """Gives words of the shop's the status that was chosen; False when nothing is other than it was.

    What the platform's table says anyway is not kept, so that the table may get better.
    """
    known = {each.word: each for each in statuses.words(store)}
    map_ = {word: status for word, status in store.status_map.items() if word not in known}
    map_ |= {word: status for word, status in chosen.items() if known[word].usual != status}
    if map_ == store.status_map:
        return False
    changed = [word for word, status in chosen.items() if known[word].status != status]
    with transaction.atomic():
        stores.edit(store, status_map=map_)
        audit.note(actor, "store.statuses", f"store {store.key}", words=sorted(changed))
        progress.announce(statuses.task(store))
        tasks.enqueue_statuses(store)
    return True


def compare(store: Store, since: date, until: date, actor: str) -> None:
    """Has a worker compare days with the shop, both ends included. Raises NotConnected."""
    _connection(store)
    with transaction.atomic():
        days = [each.isoformat() for each in sorted({since, until})]
        audit.note(actor, "store.compare", f"store {store.key}", days=days)
        tasks.enqueue_audit(store, since, until)


def replay(store: Store, kind: str, ids: Sequence[int], actor: str) -> int:
    """Has a worker try failed payloads again, these or all of a kind; gives how many. Raises NotConnected."""
    _connection(store)
    found = Inbox.objects.filter(store=store, kind=kind, state=InboxState.FAILED)
    count = (found.filter(id__in=ids) if ids else found).count()
    if count:
        with transaction.atomic():
            audit.note(actor, "store.replay", f"store {store.key}", kind=kind, payloads=count)
            progress.announce(replaying.task(store))
            tasks.enqueue_replay(store, kind, ids)
    return count

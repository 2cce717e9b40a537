"""A store's shop, opened: the connector with its client, budget, log of calls and place for tokens."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx

from comanda import env
from comanda.connectors import budget, registry
from comanda.connectors.base import Config, Connector
from comanda.connectors.errors import RetryLater, ShopError
from comanda.connectors.http import Call, Http, Policy
from comanda.lib.guard import Guard
from comanda.records import connections, stores
from comanda.records.models import Connection, ConnectionState, ShopCall, Store

_FINAL = frozenset({"app_removed"})
"""What does not pass by itself, and is not tried again."""


class NotConnected(Exception):
    """The store has no connection to a shop; the message says what to do."""


def guard() -> httpx.BaseTransport:
    """How shops are reached."""
    return Guard(env.get("allow_private_hosts"))


def platform_of(store: Store) -> type[Connector]:
    """The connector of a store's platform; raises NotConnected for one that has none."""
    found = registry.all_platforms().get(store.platform)
    if found is None:
        raise NotConnected(
            f"The store {store.key} runs on no platform that can be connected: {store.platform}."
        )
    return found


def connection_of(store: Store) -> Connection:
    """The store's connection; raises NotConnected."""
    found = connections.find(store)
    if found is None:
        raise NotConnected(
            f"The store {store.key} is not connected. Connect it on its page, or: "
            f"comanda store connect {store.key} --set FIELD=VALUE"
        )
    return found


def config_of(store: Store, fields: Mapping[str, str]) -> Config:
    """How to reach the store's shop with these fields."""
    return Config(store.url.rstrip("/"), dict(fields), store.currency, store.timezone, store.country)


class StoreVault:
    """Keeps the tokens of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def renew(
        self, stale: Mapping[str, str], ask: Callable[[Mapping[str, str]], Mapping[str, str]]
    ) -> Config:
        """Under the lock of the connection's row."""
        return config_of(self._store, connections.renew(self._store.pk, stale, ask))


@contextmanager
def opened(store: Store, transport: httpx.BaseTransport | None = None) -> Iterator[Connector]:
    """The shop of a store that is connected; the calls made are kept when it is closed.

    Raises NotConnected, and StoreClosed for a store that is archived or being deleted.
    """
    stores.check_open(store)
    connection = connection_of(store)
    config = config_of(store, connections.unseal(connection))
    calls: list[Call] = []
    connector = build(platform_of(store), config, calls.append, transport, StoreVault(store))
    try:
        yield connector
    finally:
        connector.close()
        _keep(store, calls)


def build(
    kind: type[Connector],
    config: Config,
    log: Callable[[Call], None],
    transport: httpx.BaseTransport | None = None,
    vault: StoreVault | None = None,
    policy: Policy | None = None,
) -> Connector:
    """A connector with its client. An app's stores share one budget, where the platform counts so."""
    shared = [budget.shared(*each) for each in kind.shared_budgets(config)]
    http = Http(kind.base(config), policy or kind.policy, transport or guard(), log, shared)
    return kind(config, http, vault)


def _keep(store: Store, calls: list[Call]) -> None:
    """Of a store that was deleted meanwhile, nothing is kept."""
    if not Store.objects.filter(id=store.pk).exists():
        return
    ShopCall.objects.bulk_create(
        ShopCall(
            store_id=store.pk, at=call.at, method=call.method, url=call.url, status=call.status,
            seconds=call.seconds, size=call.size, error=call.error,
        )
        for call in calls
    )  # fmt: skip


@contextmanager
def watched(store: Store, *, is_whole: bool = False) -> Iterator[None]:
    """What goes wrong with the shop is written down, and raised; when nothing does, it is well again.

    A connection that waits for someone is well only after a ``is_whole`` sync: less may ask nothing of the
    shop.
    """
    connection = connection_of(store)
    try:
        yield
    except ShopError as error:
        note(connection, error)
        raise
    connections.recover(connection, is_proven=is_whole)


def note(connection: Connection, error: ShopError) -> None:
    """Writes down what went wrong: with time, or for the owner."""
    after = error.after if isinstance(error, RetryLater) else None
    connections.fail(connection, error.code, error.facts, after, is_final=error.code in _FINAL)


def is_due(connection: Connection, now: datetime | None = None) -> bool:
    """Whether the shop may be asked by itself: not while it asks to wait, or nothing is to be hoped for."""
    if connection.state == ConnectionState.PAUSED:
        return False
    if connection.retry_at is None:
        return bool(connection.state == ConnectionState.ON)
    return connection.retry_at <= (now or datetime.now(UTC))

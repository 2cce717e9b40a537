"""Stores by the secret address of their webhooks, remembered for some seconds: shops send many at once."""

import hmac
import threading
import time
from dataclasses import dataclass, replace

from comanda.connectors.base import Connector
from comanda.ingest.sync import hooks, shops
from comanda.records import connections
from comanda.records.models import Connection, Store

_REMEMBERED = 10.0
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a webhook belongs: the store, a connector that can verify, and the secret of its signature."""

    store: Store
    hook_key: str
    connector: Connector
    secret: str
    until: float


_known: dict[str, Receiver] = {}
_guard = threading.Lock()


def find(key: str, hook_key: str) -> Receiver | None:
    """The receiver at this address; None when there is none. The secret is compared in constant time."""
    with _guard:
        found = _known.get(key)
        is_stale = found is None or found.until < time.monotonic()
        if found is not None and is_stale:
            # One looks it up anew; whoever comes meanwhile goes by what was known.
            _known[key] = replace(found, until=time.monotonic() + _REMEMBERED)
    if is_stale:
        found = _look_up(key)
        _remember(key, found)
    return _if_told(found, hook_key)


def remembered(key: str, hook_key: str) -> Receiver | None:
    """The receiver at this address if it is known without a look; None otherwise, whatever the reason."""
    found = _known.get(key)
    if found is None or found.until < time.monotonic():
        return None
    return _if_told(found, hook_key)


def _if_told(found: Receiver | None, hook_key: str) -> Receiver | None:
    """The receiver, to whoever knows its secret."""
    if found is None or not hmac.compare_digest(found.hook_key.encode(), hook_key.encode()):
        return None
    return found


def _remember(key: str, found: Receiver | None) -> None:
    with _guard:
        if len(_known) >= _MOST:
            _known.clear()
        if found is None:
            _known.pop(key, None)
        else:
            _known[key] = found


def _look_up(key: str) -> Receiver | None:
    connection = (
        Connection.objects.filter(store__key=key, store__archived_at=None, store__removal_asked_at=None)
        .select_related("store")
        .first()
    )
    if connection is None:
        return None
    store = connection.store
    config = shops.config_of(store, connections.unseal(connection))
    connector = shops.build(shops.platform_of(store), config, lambda call: None)
    connector.close()  # it verifies only, and asks nobody
    until = time.monotonic() + _REMEMBERED
    return Receiver(store, connection.hook_key, connector, hooks.secret_of(connection), until)


def forget() -> None:
    """Everything is looked up anew."""
    with _guard:
        _known.clear()

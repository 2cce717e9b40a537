"""Stores by key, remembered for two seconds: a request that brings an order asks the database for nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from comanda.ingest.upsert import StoreRef
from comanda.records import stores
from comanda.records.models import Store

from .problems import ApiProblem

_REMEMBERED_FOR = 2.0
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class KnownStore:
    """What taking in an order needs to know of its store."""

    ref: StoreRef
    currency: str
    status_map: Mapping[str, str]
    until: float


_known: dict[str, KnownStore] = {}


def get(key: str) -> KnownStore:
    """The store with this key; raises ApiProblem: 404 if there is none, 409 if it takes nothing in."""
    now = time.monotonic()
    known = _known.get(key)
    if known is not None and now < known.until:
        return known
    store = stores.find(key)
    if store is None:
        _known.pop(key, None)
        raise ApiProblem(
            404,
            f"There is no store {key}.",
            [{"pointer": "#/store", "detail": "expected the key of a store"}],
        )
    try:
        stores.check_open(store)
    except stores.StoreClosed as closed:
        raise ApiProblem(409, str(closed)) from None
    if len(_known) >= _MOST_REMEMBERED:
        _known.clear()
    known = _known[key] = _as_known(store, now + _REMEMBERED_FOR)
    return known


def forget() -> None:
    """Looks every store up anew from now on."""
    _known.clear()


def _as_known(store: Store, until: float) -> KnownStore:
    ref = StoreRef(store.pk, store.key, store.country, store.contact_list_id)
    return KnownStore(ref, store.currency, store.status_map, until)

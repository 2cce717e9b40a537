"""A shop connected: checked step by step, asked who it is, and its history begun."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import httpx
from cryptography.fernet import InvalidToken
from django.db import transaction

from comanda.connectors.base import Connector, Shop
from comanda.connectors.errors import ShopError
from comanda.connectors.hasty import Hasty
from comanda.connectors.sentences import STEPS, Step
from comanda.ingest.sync import shops, tasks
from comanda.records import audit, connections, stores
from comanda.records.authorisations import Draft
from comanda.records.models import Connection, Store, StoreKind

PATIENCE = 25
"""Seconds that someone waits for a check at most."""


@dataclass(frozen=True, slots=True)
class Check:
    """What trying a connection showed: the steps that went well, the one that did not with its ``error``."""

    passed: tuple[Step, ...]
    error: ShopError | None = None
    shop: Shop | None = None
    remarks: tuple[ShopError, ...] = field(default=())

    @property
    def is_good(self) -> bool:
        """Whether the shop can be synced."""
        return self.error is None


def check(store: Store, fields: Mapping[str, str], transport: httpx.BaseTransport | None = None) -> Check:
    """Tries a connection with these fields, changing nothing, in ``PATIENCE`` seconds at most.

    Raises NotConnected for an unknown platform.
    """
    return _try(store, fields, transport or shops.guard(), None)


def _try(
    store: Store, fields: Mapping[str, str], transport: httpx.BaseTransport, vault: shops.StoreVault | None
) -> Check:
    kind = shops.platform_of(store)
    hasty, policy = Hasty(transport, PATIENCE), replace(kind.policy, tries=1, timeout=PATIENCE)
    try:
        connector = shops.build(kind, shops.config_of(store, fields), lambda call: None, hasty, vault, policy)
    except ShopError as error:
        return Check(_before(error.step), error)
    try:
        return look(connector)
    finally:
        connector.close()


def look(connector: Connector) -> Check:
    """The same with a connector that is there."""
    try:
        shop = connector.shop()
    except ShopError as error:
        return Check(_before(error.step), error)
    return Check(tuple(STEPS), None, shop)


def _before(step: Step) -> tuple[Step, ...]:
    order = list(STEPS)
    return tuple(order[: order.index(step)])


def draft_of(platform: str, draft: Draft, usual: Mapping[str, str]) -> Store:
    """A store that is not kept yet; ``usual`` has currency, zone and country, should the shop not say."""
    return Store(name=draft.name, url=draft.url, platform=platform, kind=StoreKind.ONLINE, **usual)


def add(
    platform: str, draft: Draft, usual: Mapping[str, str], fields: Mapping[str, str], actor: str
) -> tuple[Check, Store | None]:
    """A new store, connected; none is kept when its shop does not let us in.

    Raises NotConnected for an unknown platform, and StoreRefused.
    """
    found = check(draft_of(platform, draft, usual), fields)
    if found.shop is None:
        return found, None
    name = draft.name or found.shop.name or draft.url
    with transaction.atomic():
        store = stores.create(
            stores.free_key(name),
            name=name,
            platform=platform,
            url=draft.url or found.shop.url,
            **usual,
        )
        audit.note(actor, "store.add", f"store {store.key}")
        audit.note(actor, "store.connect", f"store {store.key}", platform=platform)
        connect(store, fields, found.shop)
    return found, store


def again(store: Store, url: str, fields: Mapping[str, str], actor: str) -> Check:
    """A store that is there connected anew, with other keys or at another address.

    Nothing changes when its shop does not let us in.
    """
    before = store.url
    store.url = url
    found = recheck(store, fields)
    if found.shop is None:
        store.url = before
        return found
    with transaction.atomic():
        stores.edit(store, url=url)
        audit.note(actor, "store.connect", f"store {store.key}", platform=store.platform)
        connect(store, fields, found.shop)
    return found


def recheck(store: Store, fields: Mapping[str, str]) -> Check:
    """Tries the connection of a store; tokens that rotate can be renewed where the fields are those kept."""
    is_kept = bool(fields) and dict(fields) == kept_fields(store)
    return _try(store, fields, shops.guard(), shops.StoreVault(store) if is_kept else None)


def kept_fields(store: Store) -> dict[str, str]:
    """The fields of a store's connection; none where there is none, or where they cannot be read any more."""
    connection = connections.find(store)
    if connection is None:
        return {}
    try:
        return connections.open_sealed(bytes(connection.sealed))
    except InvalidToken:
        return {}


def merged(kind: type[Connector], kept: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """Fields that are kept, with those typed over them.

    A secret left empty stays as it was. Where one is new, what was derived from the old ones (tokens that
    rotate) is dropped.
    """
    known = {each.name for each in kind.fields}
    secret = {each.name for each in kind.fields if each.secret}
    given = {name: value for name, value in typed.items() if value or name not in secret}
    is_new = any(kept.get(name) != value for name, value in given.items() if name in secret)
    base = {name: value for name, value in kept.items() if name in known or not is_new}
    return {**base, **given}


def connect(store: Store, fields: Mapping[str, str], shop: Shop) -> Connection:
    """Keeps a connection that was checked, takes over what the shop says of itself, and begins to sync.

    Currency and zone are taken from the shop as long as the store has no orders: they are the shop's to say.
    """
    connection = connections.connect(store, fields)
    connection.shop_id, connection.version, connection.skew = shop.id, shop.version, shop.skew
    connection.remarks = [[code, dict(facts)] for code, facts in shop.remarks]
    connection.save(update_fields=["shop_id", "version", "skew", "remarks"])
    _adopt(store, shop)
    tasks.enqueue_sync(store, by_hand=True)
    return connection


def _adopt(store: Store, shop: Shop) -> None:
    told = {
        "currency": shop.currency if shop.currency in stores.currencies() else "",
        "timezone": shop.timezone if shop.timezone in stores.timezones() else "",
        "country": shop.country if shop.country in stores.countries() else "",
    }
    columns = {name: value for name, value in told.items() if value and value != getattr(store, name)}
    if columns and not store.order_set.exists():
        stores.edit(store, **columns)

"""A shop connected: checked step by step, asked who it is, and its history begun."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from comanda.connectors.base import Connector, Shop
from comanda.connectors.errors import ShopError
from comanda.connectors.sentences import STEPS, Step
from comanda.ingest.sync import shops, tasks
from comanda.records import connections, stores
from comanda.records.models import Connection, Store


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
    """Tries a connection with these fields, changing nothing. Raises NotConnected for an unknown platform."""
    kind = shops.platform_of(store)
    try:
        connector = shops.build(kind, shops.config_of(store, fields), lambda call: None, transport)
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

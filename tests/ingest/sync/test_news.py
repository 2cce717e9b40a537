"""History is not news, whoever brings it."""

from datetime import UTC, datetime, timedelta

import pytest

from comanda.connectors.base import Connector, Resource
from comanda.ingest.sync import audit, history, hooks
from comanda.records.models import Activity, Connection, Order, Store
from tests.fake_shops.world import Order as Sold
from tests.fake_shops.world import World


@pytest.fixture(params=["woocommerce"])
def platform(request: pytest.FixtureRequest) -> str:
    """One will do."""
    return str(request.param)


def sell(world: World, ago: timedelta) -> Sold:
    """An order of so long ago."""
    order = world.place()
    order.placed_at = order.updated_at = world.now() - ago
    return order


def is_news(order: Sold) -> bool:
    made = Activity.objects.get(
        kind="order_created", order_id=Order.objects.get(external_id=str(order.id)).pk
    )
    return made.live


def connected(ago: timedelta) -> None:
    Connection.objects.update(connected_at=datetime.now(UTC) - ago)


@pytest.mark.parametrize(
    ("placed", "joined", "expected"),
    [
        (timedelta(0), timedelta(0), True),
        (timedelta(hours=2), timedelta(hours=1), False),
        (timedelta(hours=2), timedelta(days=30), True),
        (timedelta(days=4), timedelta(days=30), False),
    ],
    ids=["just now", "before it was connected", "a webhook that was late", "long over"],
)
def test_an_order_is_news_for_three_days_since_its_store_was_connected(
    store: Store, connector: Connector, world: World, placed: timedelta, joined: timedelta, expected: bool
) -> None:
    order = sell(world, placed)
    connected(joined)

    hooks.reread(store, connector, Resource.ORDERS, [str(order.id)], hooks.CAUSE)

    assert is_news(order) is expected


def test_an_old_order_that_an_audit_finds_is_no_news(
    store: Store, connector: Connector, world: World
) -> None:
    connected(timedelta(days=300))
    history.run(store, connector)
    order = sell(world, timedelta(days=40))

    found = audit.run(store, connector, audit.day_of(store, order.placed_at))

    assert found.healed == 1
    assert not is_news(order)

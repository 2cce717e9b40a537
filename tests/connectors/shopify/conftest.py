"""One shop of Shopify."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import stamina

from comanda.connectors.base import Connector
from tests.connectors.conftest import connector_of
from tests.fake_shops import server, shopify
from tests.fake_shops.world import World


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture
def world() -> World:
    """A shop with 230 orders."""
    return World(orders=230)


@pytest.fixture
def shop(world: World) -> Iterator[shopify.Fake]:
    """The fake shop, served."""
    fake = shopify.Fake(world)
    with server.served(fake):
        yield fake


@pytest.fixture
def connector(shop: shopify.Fake) -> Iterator[Connector]:
    """Connected with the app's own client."""
    with closing(connector_of(shop, [])) as found:
        yield found

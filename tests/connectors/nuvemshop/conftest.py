"""One shop of Nuvemshop."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import stamina

from comanda.connectors.base import Connector
from tests.connectors.conftest import connector_of
from tests.fake_shops import nuvemshop, server
from tests.fake_shops.server import FakeShop
from tests.fake_shops.world import World


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture
def world() -> World:
    """A shop with 230 orders."""
    return World(orders=230, currency="BRL")


@pytest.fixture
def shop(world: World) -> Iterator[FakeShop]:
    """The fake shop, served."""
    with server.served(nuvemshop.Fake(world)) as served:
        yield served


@pytest.fixture
def connector(shop: FakeShop) -> Iterator[Connector]:
    """Connected with the right token."""
    with closing(connector_of(shop, [])) as found:
        yield found

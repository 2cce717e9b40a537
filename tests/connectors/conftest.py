"""Every platform that has a fake shop goes through the same tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import httpx
import pytest

from comanda.connectors.base import Config, Connector
from comanda.connectors.http import Call, Http
from comanda.connectors.registry import all_platforms
from comanda.lib.guard import Guard
from tests.fake_shops import server
from tests.fake_shops.registry import all_fakes
from tests.fake_shops.server import FakeShop
from tests.fake_shops.world import World

Connect = Callable[..., Connector]


@pytest.fixture(params=list(all_fakes()))
def platform(request: pytest.FixtureRequest) -> str:
    """One platform after another."""
    return str(request.param)


@pytest.fixture
def world(platform: str) -> World:
    """A shop with 230 orders of the last 400 days."""
    return World(orders=230, currency=all_fakes()[platform].currency)


@pytest.fixture
def shop(platform: str, world: World) -> Iterator[FakeShop]:
    """A fake shop of the platform, served."""
    with server.served(all_fakes()[platform](world)) as served:
        yield served


@pytest.fixture
def calls() -> list[Call]:
    """What was asked of the shop."""
    return []


@pytest.fixture
def connect(shop: FakeShop, calls: list[Call]) -> Iterator[Connect]:
    """Connects with the shop; fields given replace the right ones."""
    with ExitStack() as stack:

        def connected(transport: httpx.BaseTransport | None = None, **fields: str) -> Connector:
            return stack.enter_context(closing(connector_of(shop, calls, transport, **fields)))

        yield connected


@pytest.fixture
def connector(connect: Connect) -> Connector:
    """Connected with the right key."""
    return connect()


def connector_of(
    shop: FakeShop, calls: list[Call], transport: httpx.BaseTransport | None = None, **fields: str
) -> Connector:
    """A connector for a fake shop."""
    kind = all_platforms()[shop.platform]
    config = Config(
        shop.url,
        {**shop.fields(), **fields},
        currency=shop.world.currency,
        timezone=str(getattr(shop, "zone", "UTC")),
    )
    http = Http(kind.base(config), kind.policy, transport or Guard(["127.0.0.1"]), calls.append)
    return kind(config, http)

"""Every platform's fake shop, connected with a store in a real database."""

from collections.abc import Iterator

import pytest
import stamina

from comanda.connectors import budget
from comanda.connectors.base import Connector
from comanda.ingest.sync import history, shops
from comanda.records import connections
from comanda.records.models import Store
from tests import factories
from tests.fake_shops import server
from tests.fake_shops.registry import all_fakes
from tests.fake_shops.server import FakeShop
from tests.fake_shops.world import World


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Private addresses are allowed, as an operator allows them; what fails is tried again at once.

    Nor is any app's quota waited for.
    """
    monkeypatch.setenv("COMANDA_ALLOW_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setattr(budget, "shared", lambda name, rate, burst: budget.Budget(1e6, 1e6))
    with stamina.set_testing(True, attempts=4):
        yield


@pytest.fixture(params=list(all_fakes()))
def platform(request: pytest.FixtureRequest) -> str:
    """One platform after another."""
    return str(request.param)


@pytest.fixture
def world(platform: str) -> World:
    """A shop with 130 orders of the last 400 days."""
    return World(orders=130, currency=all_fakes()[platform].currency)


@pytest.fixture
def shop(platform: str, world: World) -> Iterator[FakeShop]:
    """A fake shop of the platform, served."""
    with server.served(all_fakes()[platform](world)) as served:
        yield served


@pytest.fixture
def store(db: None, shop: FakeShop) -> Store:
    """A store connected with the fake shop."""
    return connected(shop)


@pytest.fixture
def connector(store: Store) -> Iterator[Connector]:
    """The store's shop, opened."""
    with shops.opened(store) as opened:
        yield opened


def connected(shop: FakeShop, **named: str) -> Store:
    """A store for a fake shop, in the shop's zone, its history not yet begun."""
    reference = factories.make_store(
        platform=shop.platform,
        url=shop.url,
        currency=shop.world.currency,
        timezone=str(getattr(shop, "zone", "UTC")),
        **named,
    )
    made = Store.objects.get(id=reference.id)
    connections.connect(made, shop.fields())
    history.begin(made, shops.platform_of(made))
    return made

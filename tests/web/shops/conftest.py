"""A store on WooCommerce, connected with a fake shop that answers."""

from collections.abc import Iterator

import pytest

from comanda.records.models import Store
from tests.fake_shops import server
from tests.fake_shops.server import FakeShop
from tests.fake_shops.woocommerce import Fake
from tests.fake_shops.world import World
from tests.ingest.sync.conftest import connected


@pytest.fixture(autouse=True)
def _private_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMANDA_ALLOW_PRIVATE_HOSTS", "127.0.0.1")


@pytest.fixture
def shop() -> Iterator[FakeShop]:
    """A fake WooCommerce with a dozen orders."""
    with server.served(Fake(World(orders=12))) as served:
        yield served


@pytest.fixture
def store(db: None, shop: FakeShop) -> Store:
    """A store connected with it, its history not yet read; its key is ``shop``."""
    return connected(shop)

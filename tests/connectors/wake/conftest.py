"""One shop of Wake."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import stamina

from comanda.connectors.http import Call
from comanda.connectors.wake import client
from comanda.connectors.wake.beside import Beside
from comanda.connectors.wake.client import Wake
from tests.connectors.conftest import connector_of
from tests.fake_shops.wake import Fake


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is waited for, nor remembered of another shop that had the same port."""
    monkeypatch.setattr(client, "pictures", Beside())
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture
def platform() -> str:
    """Of these tests."""
    return "wake"


@pytest.fixture
def wake(shop: Fake, calls: list[Call]) -> Iterator[Wake]:
    """Connected with the right token."""
    with closing(connector_of(shop, calls)) as found:
        assert isinstance(found, Wake)
        yield found

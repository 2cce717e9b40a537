"""Shops of Tray with options, and where their tokens are kept."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest

from comanda.connectors.base import Config
from comanda.connectors.http import Call, Http
from comanda.connectors.tray import CONNECTOR as TRAY
from comanda.connectors.tray.client import Tray
from comanda.lib.guard import Guard
from tests.fake_shops.tray import Fake


class Kept:
    """A vault in memory, as many processes share it."""

    def __init__(self, config: Config) -> None:
        self.config, self.asked = config, 0

    def renew(
        self, stale: Mapping[str, str], ask: Callable[[Mapping[str, str]], Mapping[str, str]]
    ) -> Config:
        """See ``Vault``."""
        if dict(stale) == dict(self.config.fields):
            self.asked += 1
            self.config = replace(self.config, fields={**stale, **ask(stale)})
        return self.config


@pytest.fixture
def platform() -> str:
    """Of these tests."""
    return "tray"


@pytest.fixture
def kept(shop: Fake) -> Kept:
    """The tokens of the shop, as they are now."""
    return Kept(Config(shop.url, shop.fields(), "BRL", "America/Sao_Paulo"))


Opened = Callable[[], Tray]


@pytest.fixture
def opened(kept: Kept, calls: list[Call]) -> Iterator[Opened]:
    """Opens the shop with the tokens that are kept."""
    with ExitStack() as stack:

        def made() -> Tray:
            http = Http(TRAY.base(kept.config), TRAY.policy, Guard(["127.0.0.1"]), calls.append)
            return stack.enter_context(closing(Tray(kept.config, http, kept)))

        yield made


@pytest.fixture
def tray(opened: Opened) -> Tray:
    """Opened once."""
    return opened()

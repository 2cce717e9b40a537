"""What tests of the API lean on."""

from collections.abc import Iterator

import pytest

from comanda.api import authentication, known_stores, rates
from comanda.ingest.upsert import StoreRef
from tests.api import client
from tests.api.client import Caller


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Each test begins with nothing remembered: ids of one test's keys come again in the next."""
    for module in (authentication, known_stores, rates):
        module.forget()
    yield
    for module in (authentication, known_stores, rates):
        module.forget()


@pytest.fixture
def owner(store: StoreRef) -> Caller:
    """A key that may do all; there is a store ``shop``."""
    return client.make()

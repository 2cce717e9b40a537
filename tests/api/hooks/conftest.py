"""A store whose shop sends webhooks."""

from collections.abc import Iterator

import pytest

from comanda.api.hooks import bell, known
from comanda.ingest.upsert import StoreRef
from comanda.records import connections
from comanda.records.models import Connection, Store


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The stores for which the worker would be called."""
    called: list[int] = []
    monkeypatch.setattr(bell, "ring", called.append)
    known.forget()
    yield called
    known.forget()


@pytest.fixture
def connection(store: StoreRef, rung: list[int]) -> Connection:
    """The store ``shop``, connected with a WooCommerce."""
    found = Store.objects.get(id=store.id)
    found.platform, found.url = "woocommerce", "https://shop.example"
    found.save()
    return connections.connect(found, {"consumer_key": "ck_" + "0" * 40, "consumer_secret": "cs_" + "0" * 40})

"""Webhooks at their address: genuine ones are stored and answered, all else learns nothing."""

import hmac
from base64 import b64encode
from collections.abc import Iterator

import orjson
import pytest
from django.test import Client

from comanda.api.hooks import bell, known
from comanda.ingest.sync import hooks
from comanda.ingest.upsert import StoreRef
from comanda.records import connections
from comanda.records.models import Connection, Inbox, Store

_BODY = orjson.dumps({"id": 7, "status": "processing"})


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


def send(connection: Connection, body: bytes = _BODY, given: dict[str, str] | None = None) -> int:
    """Sends a webhook; its status."""
    signed = hmac.digest(hooks.secret_of(connection).encode(), body, "sha256")
    headers = {
        "X-WC-Webhook-Topic": "order.updated",
        "X-WC-Webhook-Source": "https://shop.example/",
        "X-WC-Webhook-Signature": b64encode(signed).decode(),
        **(given or {}),
    }
    path = f"/hooks/shop/{connection.hook_key}"
    answer = Client(enforce_csrf_checks=True).post(
        path, body, content_type="application/json", headers=headers
    )
    return answer.status_code


@pytest.mark.django_db(transaction=True)
def test_a_genuine_one_is_stored_as_it_came(connection: Connection, rung: list[int]) -> None:
    assert send(connection) == 200

    row = Inbox.objects.get()
    assert (bytes(row.body), row.state, row.kind) == (_BODY, "new", "webhook")
    assert row.external_id == "x-wc-webhook-topic: order.updated"
    assert rung == [connection.store_id]


@pytest.mark.django_db(transaction=True)
def test_the_same_again_is_stored_once(connection: Connection) -> None:
    assert (send(connection), send(connection)) == (200, 200)

    assert Inbox.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "forged",
    [
        {"X-WC-Webhook-Signature": "AAAA"},
        {"X-WC-Webhook-Signature": ""},
        {"X-WC-Webhook-Signature": "é\u2603"},
        {"X-WC-Webhook-Source": "https://staging.example/"},
    ],
    ids=["other", "none", "odd", "a copy of the shop"],
)
def test_a_forged_one_is_not_stored(connection: Connection, forged: dict[str, str], rung: list[int]) -> None:
    odd = {name: value.encode().decode("latin-1") for name, value in forged.items()}
    assert send(connection, given=odd) == 401

    assert not Inbox.objects.exists()
    assert rung == []
    connection.refresh_from_db()
    assert connection.hooks_forged == 1


@pytest.mark.django_db(transaction=True)
def test_a_ping_is_answered_and_not_stored(connection: Connection) -> None:
    path = f"/hooks/shop/{connection.hook_key}"

    answer = Client().post(path, "webhook_id=3", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200
    assert not Inbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_wrong_address_tells_nothing(connection: Connection) -> None:
    client = Client()

    assert client.post("/hooks/shop/wrong", _BODY, content_type="application/json").status_code == 404
    assert client.post("/hooks/none/wrong", _BODY, content_type="application/json").status_code == 404
    assert client.get(f"/hooks/shop/{connection.hook_key}").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_one_that_is_too_large_is_refused(connection: Connection) -> None:
    assert send(connection, b"x" * (5 << 20) + b"x") == 413


@pytest.mark.django_db(transaction=True)
def test_a_store_out_of_use_takes_none(connection: Connection) -> None:
    Store.objects.filter(key="shop").update(archived_at="2026-01-01T00:00:00Z")

    assert send(connection) == 404

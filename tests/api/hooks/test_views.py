"""Webhooks at their address: genuine ones are stored and answered, all else learns nothing."""

from collections.abc import Sequence
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.test import Client

from comanda.api.hooks import known
from comanda.ingest.sync import hooks
from comanda.ingest.sync.hooks import Arrival
from comanda.records.models import Connection, Inbox, Store
from tests.api.hooks.sending import BODY, send


@pytest.mark.django_db(transaction=True)
def test_a_genuine_one_is_stored_as_it_came(connection: Connection, rung: list[int]) -> None:
    assert send(connection) == 200

    row = Inbox.objects.get()
    assert (bytes(row.body), row.state, row.kind) == (BODY, "new", "webhook")
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

    assert client.post("/hooks/shop/wrong", BODY, content_type="application/json").status_code == 404
    assert client.post("/hooks/none/wrong", BODY, content_type="application/json").status_code == 404
    assert client.get(f"/hooks/shop/{connection.hook_key}").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_one_that_is_too_large_is_refused(connection: Connection) -> None:
    assert send(connection, b"x" * (5 << 20) + b"x") == 413


@pytest.mark.django_db(transaction=True)
def test_a_store_out_of_use_takes_none(connection: Connection) -> None:
    Store.objects.filter(key="shop").update(archived_at="2026-01-01T00:00:00Z")

    assert send(connection) == 404


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_is_waited_for(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [OperationalError("the server closed the connection unexpectedly")] * 2
    keep = hooks.store

    def store(arrivals: Sequence[Arrival]) -> None:
        if faults:
            raise faults.pop()
        keep(arrivals)

    monkeypatch.setattr(hooks, "store", store)

    assert send(connection) == 200
    assert Inbox.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_away_has_the_shop_send_it_again(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "store", Mock(side_effect=OperationalError("no server")))

    assert send(connection) == 503
    assert not Inbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_store_known_for_long_is_looked_up_by_one(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(known, "time", Mock(monotonic=lambda: clock[0]))
    first = known.find("shop", connection.hook_key)
    asked: list[str] = []
    look_up = known._look_up

    def slowly(key: str) -> known.Receiver | None:
        asked.append(key)
        # Others who come while this one looks go by what was known.
        assert known.find("shop", connection.hook_key) is not None
        return look_up(key)

    monkeypatch.setattr(known, "_look_up", slowly)
    assert known.find("shop", connection.hook_key) is first
    clock[0] += 11
    assert known.find("shop", connection.hook_key) is not first
    assert asked == ["shop"]

"""Webhooks that came together: what is settled at once, and what is left to be looked at one by one."""

import time
from collections.abc import Sequence
from dataclasses import replace
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from pytest_django import DjangoAssertNumQueries

from comanda.api.hooks import known, together
from comanda.api.hooks.together import Sent
from comanda.connectors.base import Delivery, Verdict
from comanda.ingest.sync import hooks
from comanda.ingest.sync.hooks import Arrival
from comanda.records.models import Connection, Inbox
from tests.api.hooks.sending import BODY, signed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def genuine(connection: Connection) -> Sent:
    """A delivery to a store that is remembered."""
    known.find("shop", connection.hook_key)
    headers = {name.lower(): value for name, value in signed(connection).items()}
    return Sent(f"/hooks/shop/{connection.hook_key}", "", headers, BODY)


def test_many_are_one_statement(
    genuine: Sent, rung: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unsigned = replace(genuine, headers={})
    other = replace(genuine, headers={**genuine.headers, "x-wc-webhook-topic": "order.created"})

    with django_assert_num_queries(0):  # Django's own: the one statement goes below them
        said = together.settle([genuine, unsigned, other, Sent("/hooks/none/a", "", {}, BODY)])

    assert said == [True, False, True, False]
    assert Inbox.objects.count() == 2
    assert len(rung) == 1


def test_the_same_twice_in_one_go_is_stored_once(genuine: Sent) -> None:
    assert together.settle([genuine, genuine, genuine]) == [True, True, True]

    assert Inbox.objects.count() == 1


def test_a_wrong_secret_is_not_settled(genuine: Sent) -> None:
    assert together.settle([replace(genuine, path="/hooks/shop/wrong")]) == [False]


def test_a_store_looked_up_long_ago_is_not_settled(genuine: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(known, "time", Mock(monotonic=lambda: now + 11))

    assert together.settle([genuine]) == [False]


@pytest.mark.parametrize("error", [OperationalError("gone"), ValueError("unforeseen")], ids=["gone", "odd"])
def test_when_storing_fails_none_is_settled(
    genuine: Sent, error: Exception, monkeypatch: pytest.MonkeyPatch, rung: list[int]
) -> None:
    keep = hooks.store
    monkeypatch.setattr(hooks, "store", Mock(side_effect=error))
    assert together.settle([genuine, replace(genuine, headers={})]) == [False, False]
    assert rung == []

    monkeypatch.setattr(hooks, "store", keep)
    assert together.settle([genuine]) == [True]


def test_the_query_of_the_address_is_handed_on(
    genuine: Sent, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, str]] = []
    receiver = known.remembered("shop", connection.hook_key)
    assert receiver
    verify = receiver.connector.verify

    def listen(_: object, delivery: Delivery, secret: str) -> Verdict:
        seen.append(dict(delivery.query))
        return verify(delivery, secret)

    monkeypatch.setattr(type(receiver.connector), "verify", listen)

    assert together.settle([replace(genuine, query="token=a%20b&x=")]) == [True]
    assert seen == [{"token": "a b", "x": ""}]


@pytest.mark.parametrize(
    ("method", "path", "length", "ours"),
    [
        ("POST", "/hooks/shop/key", 100, True),
        ("POST", "/hooks/shop/key", 256 << 10, True),
        ("POST", "/hooks/shop/key", (256 << 10) + 1, False),
        ("GET", "/hooks/shop/key", 0, False),
        ("POST", "/hooks/shop", 100, False),
        ("POST", "/hooks/shop/key/more", 100, False),
        ("POST", "/api/hooks/a", 100, False),
    ],
)
def test_what_is_for_it(method: str, path: str, length: int, ours: bool) -> None:
    assert together.is_for_us(method, path, length) is ours


def test_arrivals_keep_their_order(genuine: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Sequence[Arrival]] = []
    monkeypatch.setattr(hooks, "store", kept.append)
    topics = [f"order.{number}" for number in range(20)]

    together.settle(
        [replace(genuine, headers={**genuine.headers, "x-wc-webhook-topic": each}) for each in topics]
    )

    assert [each.head.rpartition(" ")[2] for each in kept[0]] == topics

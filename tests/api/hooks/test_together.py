"""Webhooks that came together: what is settled at once, and what is left to be looked at one by one."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from pytest_django import DjangoAssertNumQueries

from comanda.api.hooks import known, together
from comanda.connectors.base import Delivery
from comanda.ingest.sync import hooks
from comanda.ingest.sync.hooks import Arrival
from comanda.records.models import Connection, Inbox
from tests.api.hooks.sending import BODY, signed

pytestmark = pytest.mark.django_db(transaction=True)
Sent = tuple[str, Delivery]


@pytest.fixture
def genuine(connection: Connection) -> Sent:
    """A delivery to a store that is remembered."""
    known.find("shop", connection.hook_key)
    headers = {name.lower(): value for name, value in signed(connection).items()}
    return f"/hooks/shop/{connection.hook_key}", Delivery(BODY, headers)


def but(genuine: Sent, **other: Any) -> Sent:
    """The same with something else in it."""
    return genuine[0], replace(genuine[1], **other)


def test_many_are_one_statement(
    genuine: Sent, rung: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unsigned = but(genuine, headers={})
    other = but(genuine, headers={**genuine[1].headers, "x-wc-webhook-topic": "order.created"})

    with django_assert_num_queries(0):  # Django's own: the one statement goes below them
        said = together.settle([genuine, unsigned, other, ("/hooks/none/a", Delivery(BODY, {}))])

    assert said == [True, False, True, False]
    assert Inbox.objects.count() == 2
    assert len(rung) == 1


def test_the_same_twice_in_one_go_is_stored_once(genuine: Sent) -> None:
    assert together.settle([genuine, genuine, genuine]) == [True, True, True]

    assert Inbox.objects.count() == 1


def test_a_wrong_secret_is_not_settled(genuine: Sent) -> None:
    assert together.settle([("/hooks/shop/wrong", genuine[1])]) == [False]


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
    assert together.settle([genuine, but(genuine, headers={})]) == [False, False]
    assert rung == []

    monkeypatch.setattr(hooks, "store", keep)
    assert together.settle([genuine]) == [True]


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
        [but(genuine, headers={**genuine[1].headers, "x-wc-webhook-topic": each}) for each in topics]
    )

    assert [each.head.rpartition(" ")[2] for each in kept[0]] == topics

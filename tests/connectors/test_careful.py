"""Answers of a form that nobody foresaw end as trouble with the shop, not as a crash of ours."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import orjson
import pytest

from comanda.connectors.base import Connector, Digest, Raw
from comanda.connectors.errors import RetryLater, ShopError
from tests.connectors.conftest import Connect
from tests.fake_shops.server import FakeShop, Response
from tests.fake_shops.world import World

_JUNK: tuple[object, ...] = (
    None, [], {}, "x", 5, [None], [1], [{}], {"data": None}, {"data": []}, {"items": None}, [[]],
)  # fmt: skip


def _all(connector: Connector) -> list[Callable[[], object]]:
    """All that asks the shop."""
    now = datetime.now(UTC)
    since = now - timedelta(days=400)
    asked: list[Callable[[], object]] = [
        connector.shop,
        connector.statuses,
        lambda: list(connector.digests(since, now)),
    ]
    for each in connector.resources:
        asked += [
            partial(_drain, connector.history, each, None, now),
            partial(_drain, connector.changes, each, since, now),
            partial(connector.read, each, ["1003"]),
        ]
    if connector.makes_webhooks:
        asked += [connector.subscriptions, lambda: connector.subscribe("https://us.example/hooks/a/b", "s")]
    return asked


def _drain(ask: Callable[..., Iterable[object]], *given: object) -> None:
    for _ in ask(*given):
        pass


@pytest.mark.parametrize("junk", _JUNK, ids=lambda junk: orjson.dumps(junk).decode())
def test_whatever_is_answered_ends_in_a_sentence(connect: Connect, shop: FakeShop, junk: object) -> None:
    connector = connect()
    shop.trouble.every = lambda request: Response.json(junk)

    said = [str(error) for error in map(_trouble, _all(connector)) if error]

    assert [sentence for sentence in said if " " not in sentence] == []


def _trouble(ask: Callable[[], object]) -> ShopError | None:
    try:
        ask()
    except ShopError as error:
        return error
    return None


def test_it_says_what_was_asked_and_what_is_odd(connect: Connect, platform: str, shop: FakeShop) -> None:
    if platform != "woocommerce":
        pytest.skip("one will do")
    connector = connect()
    shop.trouble.every = lambda request: Response.json([{"slug": "wc-pending"}])

    with pytest.raises(RetryLater) as told:
        connector.statuses()

    assert told.value.code == "not_json"
    assert told.value.facts["start"] == "/wp-json/wc/v3/orders/statuses: KeyError: 'name'"


def test_an_order_that_cannot_be_compared_stands_with_no_money(connector: Connector, world: World) -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    order = next(iter(world.present()))

    def digest(raw: Raw) -> Digest:
        raise ValueError("'x' is no amount")

    found = connector.digests_of(connector.read(connector.resources[2], [str(order.id)]), digest, at)

    assert found == [Digest(str(order.id), at, "", Decimal(0))]

"""What is asked of a shop of Nuvemshop, and what its odd answers mean."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from comanda.connectors.base import Config, Connector, Raw, Resource
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.connectors.nuvemshop import client
from comanda.connectors.nuvemshop.client import Nuvemshop
from comanda.connectors.tiendanube import Tiendanube
from tests.connectors.asking import soon
from tests.connectors.conftest import connector_of
from tests.fake_shops import nuvemshop
from tests.fake_shops.server import FakeShop, Request, Response
from tests.fake_shops.world import Stage, World

HOOKS = "https://comanda.example/hooks/x/y"


def ids(raws: list[Raw]) -> list[str]:
    """Their ids, in order."""
    return [str(raw["id"]) for raw in raws]


def history(connector: Connector) -> list[Raw]:
    """All orders."""
    return [raw for page in connector.history(Resource.ORDERS, None, soon()) for raw in page.items]


def test_it_cuts_a_history_into_windows_that_show_all(
    connector: Connector, shop: FakeShop, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.options["cap"] = 50
    monkeypatch.setattr(client, "_CAP", 50)

    found = history(connector)

    assert set(ids(found)) == {str(order.id) for order in world.present()}


def test_it_goes_on_in_the_middle_of_a_window(
    connector: Connector, shop: FakeShop, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.options |= {"cap": 50, "any_is_all": True}
    monkeypatch.setattr(client, "_CAP", 50)
    pages = list(connector.history(Resource.ORDERS, None, soon()))
    half = pages[: len(pages) // 2]

    rest = list(connector.history(Resource.ORDERS, half[-1].after, soon()))

    found = [raw for page in [*half, *rest] for raw in page.items]
    assert set(ids(found)) == {str(order.id) for order in world.present()}
    assert len(found) < len(world.orders) * 1.2


def test_it_reads_the_oldest_first(connector: Connector, shop: FakeShop) -> None:
    shop.options["any_is_all"] = True

    found = [raw["created_at"] for raw in history(connector)]

    assert found == sorted(found)
    assert len(found) == 230


def test_it_asks_no_second_time_for_what_it_was_shown(connector: Connector, shop: FakeShop) -> None:
    shop.options["any_is_all"] = True

    history(connector)

    asked = [request.get("payment_status") for request in shop.requests]
    assert asked == ["any", "any", "any", "abandoned"]


def test_it_says_that_a_list_without_its_length_cannot_be_trusted(
    connector: Connector, shop: FakeShop
) -> None:
    shop.trouble.every = lambda request: Response.json([{"id": 1}])

    with pytest.raises(NeedsOwner, match="a list without x-total-count"):
        history(connector)


def test_it_notices_that_the_same_page_comes_again(connector: Connector, shop: FakeShop) -> None:
    rows = [{"id": number, "payment_status": "paid"} for number in range(200)]
    shop.trouble.every = lambda request: Response.json(rows, headers={"x-total-count": "900"})

    with pytest.raises(RetryLater, match="the same page again and again"):
        history(connector)


def test_it_waits_as_many_milliseconds_as_it_is_told(connector: Connector, shop: FakeShop) -> None:
    shop.trouble.every = lambda request: Response(429, b"", {"x-rate-limit-reset": "90500"})

    with pytest.raises(RetryLater) as told:
        connector.read(Resource.ORDERS, ["1"])

    assert (told.value.code, told.value.after) == ("busy", 90.5)


@pytest.mark.parametrize(("status", "code"), [(402, "unpaid"), (403, "right_missing"), (422, "odd_answer")])
def test_it_leaves_to_the_owner_what_time_does_not_mend(
    connector: Connector, shop: FakeShop, status: int, code: str
) -> None:
    shop.trouble.every = lambda request: Response.json({"code": status, "message": "no"}, status)

    with pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code == code


def test_it_takes_an_empty_shop_for_no_error(world: World, connector: Connector) -> None:
    world.orders.clear()

    assert history(connector) == []
    assert connector.shop().name == world.name


def test_it_says_that_there_is_no_such_store(shop: FakeShop) -> None:
    with closing(connector_of(shop, [], store_id="404404")) as connector, pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code == "no_api"


def test_it_finds_late_carts_between_two_looks_at_all(connector: Connector, world: World) -> None:
    old, new = world.begin(), world.begin()
    old.started_at = old.updated_at = datetime.now(UTC) - timedelta(days=3)
    hour = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
    for _ in range(200):
        world.begin().started_at = datetime.now(UTC) - timedelta(days=1)

    some = [r for page in connector.changes(Resource.CARTS, hour - timedelta(minutes=11), hour)
            for r in page.items]  # fmt: skip
    every = [r for page in connector.changes(Resource.CARTS, hour - timedelta(minutes=50), soon())
             for r in page.items]  # fmt: skip

    assert str(new.id) in ids(some)
    assert str(old.id) not in ids(some)
    assert len(ids(every)) == 202


def test_it_takes_away_webhooks_that_would_tell_twice(connector: Connector, shop: FakeShop) -> None:
    connector.subscribe(HOOKS, "")
    made = len(shop.hooks)
    connector._ask("webhooks", method="POST", json={"event": "order/paid", "url": HOOKS})  # type: ignore[attr-defined]

    connector.subscribe(HOOKS, "")

    assert len(shop.hooks) == made
    assert {hook.topic for hook in shop.hooks.values()} >= {"order/paid", "app/uninstalled"}


def test_it_lists_an_order_with_all_its_lives(connector: Connector, world: World) -> None:
    order = next(each for each in world.present() if each.stage is Stage.PAID)
    since = datetime.now(UTC) - timedelta(seconds=2)
    world.refund(order, order.total)

    pages = list(connector.changes(Resource.ORDERS, since, soon()))

    assert str(order.id) in ids([raw for page in pages for raw in page.items])


def test_it_says_who_it_is(connector: Connector, shop: FakeShop) -> None:
    connector.shop()

    seen: list[Request] = shop.requests
    assert {request.headers["user-agent"] for request in seen} == {f"Comanda ({shop.url})"}
    assert {request.headers["authentication"] for request in seen} == {f"bearer {nuvemshop.TOKEN}"}


def test_each_brand_has_its_own_address() -> None:
    config = Config("https://loja.example", {"store_id": "7"})

    assert Nuvemshop.base(config) == "https://api.nuvemshop.com.br/2025-03/7"
    assert Tiendanube.base(config) == "https://api.tiendanube.com/2025-03/7"

"""What is asked of a shop of Shopify, and what its odd answers mean."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comanda.connectors.base import Config, Connector, Page, Raw, Resource
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.connectors.http import Call, Http
from comanda.connectors.shopify import client
from comanda.connectors.shopify.client import Shopify
from comanda.lib.guard import Guard
from comanda.shapes import OrderIn
from tests.connectors.asking import soon
from tests.connectors.conftest import connector_of
from tests.fake_shops import shopify
from tests.fake_shops.server import Response
from tests.fake_shops.world import World

HOOKS = "https://comanda.example/hooks/x/y"


def ids(raws: list[Raw]) -> list[str]:
    """The numbers of records, in order."""
    return [raw["id"].rpartition("/")[2] for raw in raws]


def walk(connector: Connector, resource: Resource, after: Mapping[str, Any] | None = None) -> list[Page]:
    """A history."""
    return list(connector.history(resource, after, soon()))


def raws(pages: list[Page]) -> list[Raw]:
    """All records of these."""
    return [raw for page in pages for raw in page.items]


def refusing(code: str, message: str, **more: Any) -> Callable[[Any], Response]:
    """A shop that answers every question with this error, and with status 200."""
    errors = [{"message": message, "path": ["orders", "nodes"], "extensions": {"code": code}}]
    return lambda request: (
        Response.json({"data": {"orders": None}, "errors": errors, **more})
        if request.path.endswith("graphql.json")
        else Response.json({"access_token": "x" * 20})
    )


# Tokens.


def test_it_fetches_a_token_once(connector: Connector, shop: shopify.Fake) -> None:
    connector.shop()
    walk(connector, Resource.CUSTOMERS)

    asked = [request for request in shop.requests if request.path.endswith("access_token")]
    assert [request.body for request in asked] == [
        b"client_id=client-1f2e&client_secret=" + shopify.SECRET.encode() + b"&grant_type=client_credentials"
    ]


def test_it_fetches_another_when_that_is_refused(connector: Connector, shop: shopify.Fake) -> None:
    connector.shop()
    shop.expire()

    assert connector.shop().name == shop.world.name
    assert len(shop.tokens) == 2


def test_it_fetches_another_before_that_is_over(shop: shopify.Fake) -> None:
    shop.tokens["nearly over"] = True
    soon_over = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()

    with closing(connector_of(shop, [], access_token="nearly over", expires_at=soon_over)) as connector:
        connector.shop()

    used = {request.headers.get("x-shopify-access-token") for request in shop.requests}
    assert "nearly over" not in used


def test_it_takes_a_token_that_stays(shop: shopify.Fake) -> None:
    token = shopify.STATIC

    with closing(connector_of(shop, [], access_token=token, client_id="", client_secret="")) as connector:
        assert connector.shop().name == shop.world.name

    assert not [request for request in shop.requests if "oauth" in request.path]


@pytest.mark.parametrize(("token", "code"), [("shpat_wrong", "key_refused"), ("", "key_missing")])
def test_it_says_that_a_token_is_wrong(shop: shopify.Fake, token: str, code: str) -> None:
    connector = connector_of(shop, [], access_token=token, client_id="", client_secret="")

    with closing(connector), pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code == code


def test_it_renews_through_the_vault(shop: shopify.Fake) -> None:
    config = Config(shop.url, shop.fields())
    seen: list[Mapping[str, str]] = []

    class Vault:
        def renew(
            self, stale: Mapping[str, str], ask: Callable[[Mapping[str, str]], Mapping[str, str]]
        ) -> Config:
            seen.append(stale)
            return replace(config, fields={**stale, **ask(stale)})

    http = Http(config.url, Shopify.policy, Guard(["127.0.0.1"]))
    with closing(Shopify(config, http, Vault())) as connector:
        connector.shop()

    assert seen == [shop.fields()]


# Rights and versions.


@pytest.mark.parametrize("scope", ["read_orders", "read_customers", "read_products"])
def test_it_needs_its_rights(connector: Connector, shop: shopify.Fake, scope: str) -> None:
    shop.options["scopes"] = [each for each in shopify.SCOPES if each != scope]

    with pytest.raises(NeedsOwner, match=scope) as told:
        connector.shop()

    assert told.value.code == "right_missing"


def test_it_remarks_on_what_can_be_done_without(connector: Connector, shop: shopify.Fake) -> None:
    shop.options |= {"scopes": ["read_orders", "read_customers", "read_products"], "version": "2027-01",
                     "carts": False}  # fmt: skip

    found = connector.shop()

    assert [code for code, _facts in found.remarks] == ["history_short", "version_other", "right_missing"]
    assert found.remarks[1][1] == {"version": "2027-01", "wanted": "2026-10"}
    assert found.version == "2027-01"


def test_it_remarks_on_people_who_are_hidden(connector: Connector, shop: shopify.Fake, world: World) -> None:
    shop.options["hide_people"] = True
    for order in world.orders.values():
        order.person.email = ""

    assert [code for code, _facts in connector.shop().remarks] == ["people_hidden"]


def test_carts_that_may_not_be_seen_are_none(connector: Connector, shop: shopify.Fake, world: World) -> None:
    world.begin()
    shop.options["carts"] = False

    assert walk(connector, Resource.CARTS) == []
    assert list(connector.changes(Resource.CARTS, soon() - timedelta(hours=1), soon())) == []


@pytest.mark.parametrize(
    ("code", "message", "error", "expected"),
    [
        ("ACCESS_DENIED", "Access denied for orders field.", NeedsOwner, "right_missing"),
        ("ACCESS_DENIED", "This app is not approved for the Customer object.", NeedsOwner, "people_hidden"),
        ("INTERNAL_SERVER_ERROR", "Internal error.", RetryLater, "down"),
        ("MAX_COST_EXCEEDED", "Query cost is 2000", RetryLater, "too_costly"),
        ("undefinedField", "Field 'x' doesn't exist on type 'Order'", NeedsOwner, "odd_answer"),
    ],
)  # fmt: skip
def test_it_knows_errors_that_come_with_200(
    connector: Connector, shop: shopify.Fake, code: str, message: str, error: type[Exception], expected: str
) -> None:
    shop.trouble.every = refusing(code, message)

    with pytest.raises(error) as told:
        connector.read(Resource.ORDERS, ["1"])

    assert getattr(told.value, "code", "") == expected


def test_it_waits_until_a_question_can_be_paid_for(connector: Connector, shop: shopify.Fake) -> None:
    left = {"maximumAvailable": 2000.0, "currentlyAvailable": 10, "restoreRate": 50.0}
    cost = {"requestedQueryCost": 2510, "throttleStatus": left}
    shop.trouble.every = refusing("THROTTLED", "Throttled", extensions={"cost": cost})

    with pytest.raises(RetryLater) as told:
        connector.read(Resource.ORDERS, ["1"])

    assert (told.value.code, told.value.after) == ("busy", 50.0)


def test_it_asks_in_smaller_parts_where_that_is_too_costly(
    connector: Connector, shop: shopify.Fake, world: World
) -> None:
    shop.options["most"] = 60

    found = ids(raws(walk(connector, Resource.ORDERS)))

    assert found == [str(order.id) for order in world.present()]


def test_it_notices_that_a_filter_is_passed_over(connector: Connector, shop: shopify.Fake) -> None:
    shop.options["ignore_id"] = True

    with pytest.raises(NeedsOwner, match="the filter by id was passed over"):
        walk(connector, Resource.ORDERS)


def test_it_leads_to_the_right_address(connector: Connector, shop: shopify.Fake) -> None:
    shop.trouble.every = lambda request: Response(301, b"", {"Location": "https://casa.myshopify.com/"})

    with pytest.raises(NeedsOwner, match=r"leads on to https://casa\.myshopify\.com/"):
        connector.shop()


# Records.


def test_it_reads_all_lines_of_long_orders(connector: Connector, world: World) -> None:
    order = next(world.present())
    order.bought = order.bought[:1] * 250

    (raw,) = connector.read(Resource.ORDERS, [str(order.id)])

    (shape,) = connector.shapes(Resource.ORDERS, raw)
    assert isinstance(shape, OrderIn)
    assert len(shape.lines) == 250


def test_test_orders_make_none(connector: Connector, shop: shopify.Fake, world: World) -> None:
    order = next(world.present())
    shop.options["tests"] = [order.id]

    (raw,) = connector.read(Resource.ORDERS, [str(order.id)])
    digests = [
        digest
        for some in connector.digests(order.placed_at, order.placed_at + timedelta(hours=1))
        for digest in some
    ]

    assert connector.shapes(Resource.ORDERS, raw) == []
    assert [(digest.order_id, digest.is_test) for digest in digests] == [(str(order.id), True)]


def test_it_reads_products_that_are_not_on_sale(connector: Connector, world: World) -> None:
    found = raws(walk(connector, Resource.PRODUCTS))

    assert {raw["status"] for raw in found} == {"ACTIVE", "DRAFT", "ARCHIVED"}
    assert ids(found) == [str(number) for number in world.items]


def test_it_begins_long_lists_anew(
    connector: Connector, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_DEEP", 50)

    pages = list(connector.changes(Resource.ORDERS, datetime(2020, 1, 1, tzinfo=UTC), soon()))

    assert set(ids(raws(pages))) == {str(order.id) for order in world.present()}


def test_it_finds_the_order_of_a_cart_that_was_left(connector: Connector, world: World) -> None:
    cart = world.begin()
    order = world.place(cart)

    (raw,) = connector.read(Resource.CARTS, [str(cart.id)])

    assert raw["orderId"] == str(order.id)


# In bulk.


@pytest.fixture
def in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few records are many; nobody waits."""
    monkeypatch.setattr(client, "FEW", 100)
    monkeypatch.setattr(client, "STEP", 0.01)


@pytest.mark.usefixtures("in_bulk")
def test_it_reads_a_large_history_from_a_file(
    connector: Connector, shop: shopify.Fake, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comanda.connectors.shopify.bulk.PART", 20_000)
    shop.looks = 3

    pages = walk(connector, Resource.ORDERS)

    shapes = [shape for raw in raws(pages) for shape in connector.shapes(Resource.ORDERS, raw)]
    truth = world.truth().orders
    assert {
        s.order_id: (str(s.status), s.total, s.refund_total) for s in shapes if isinstance(s, OrderIn)
    } == truth
    assert len(shapes) == len(truth)
    assert sum(len(s.lines) for s in shapes if isinstance(s, OrderIn)) == sum(
        len(order.bought) for order in world.present()
    )
    assert len(pages) > 5


@pytest.mark.usefixtures("in_bulk")
def test_it_goes_on_in_the_middle_of_a_file(
    connector: Connector, shop: shopify.Fake, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comanda.connectors.shopify.bulk.PART", 20_000)
    pages = walk(connector, Resource.ORDERS)
    half = pages[: len(pages) // 2]

    rest = walk(connector, Resource.ORDERS, half[-1].after)

    assert ids(raws(half) + raws(rest)) == [str(order.id) for order in world.present()]
    assert len(shop.files) == 1


@pytest.mark.usefixtures("in_bulk")
@pytest.mark.parametrize("part", [1000, 1 << 20])
def test_it_reads_again_what_lies_scattered_in_a_file(
    connector: Connector, shop: shopify.Fake, world: World, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr("comanda.connectors.shopify.bulk.PART", part)
    shop.options["scatter"] = True

    found = raws(walk(connector, Resource.ORDERS))

    lines = {each["id"]: len((each.get("lineItems") or {"nodes": []})["nodes"]) for each in found}
    assert {key.rpartition("/")[2]: count for key, count in lines.items()} == {
        str(order.id): len(order.bought) for order in world.present()
    }


@pytest.mark.usefixtures("in_bulk")
@pytest.mark.parametrize("options", [{"no_bulk": True}, {"bulk_ends": "FAILED"}, {"no_ranges": True}])
def test_it_reads_page_by_page_where_there_is_no_file(
    connector: Connector, shop: shopify.Fake, world: World, options: dict[str, Any]
) -> None:
    shop.options |= options

    found = ids(raws(walk(connector, Resource.ORDERS)))

    assert found == [str(order.id) for order in world.present()]


@pytest.mark.usefixtures("in_bulk")
def test_it_comes_back_to_a_file_that_takes_long(
    connector: Connector, shop: shopify.Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_PATIENCE", 0.0)
    shop.looks = 1_000
    pages = connector.history(Resource.ORDERS, None, soon())

    bookmark = next(iter(pages))
    with pytest.raises(RetryLater) as told:
        next(iter(pages))
    shop.looks = 0

    assert (told.value.code, bookmark.items) == ("preparing", [])
    assert len(raws(walk(connector, Resource.ORDERS, bookmark.after))) == 230
    assert len(shop.files) == 1


@pytest.mark.usefixtures("in_bulk")
def test_no_log_shows_what_opens_a_file(shop: shopify.Fake) -> None:
    calls: list[Call] = []

    with closing(connector_of(shop, calls)) as connector:
        walk(connector, Resource.ORDERS)

    assert [call.url for call in calls if "/files/" in call.url]
    assert not [call for call in calls if "s3cret" in call.url]


def test_it_makes_again_webhooks_that_the_shop_deleted(connector: Connector, shop: shopify.Fake) -> None:
    connector.subscribe(HOOKS, "")
    made = len(shop.hooks)
    del shop.hooks[3]

    connector.subscribe(HOOKS, "")

    assert len({hook.topic for hook in shop.hooks.values()}) == made

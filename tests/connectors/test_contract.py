"""What every platform must do, over a real socket, against a shop whose truth is known."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
import stamina
from babel.numbers import list_currencies

from comanda.connectors.base import Changed, Connector, Cursor, Delivery, Page, Raw, Resource, Verdict
from comanda.connectors.errors import NeedsOwner, RetryLater, ShopError
from comanda.connectors.http import Call
from comanda.connectors.registry import all_platforms
from comanda.shapes import CartIn, ContactIn, OrderIn, ProductIn
from tests.connectors.asking import soon
from tests.connectors.conftest import Connect
from tests.fake_shops.server import FakeShop, Request, Response
from tests.fake_shops.world import Order, Stage, World

_S = TypeVar("_S", OrderIn, CartIn, ContactIn, ProductIn)
Seen = dict[str, tuple[str, Decimal, Decimal]]


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Tries again at once, as often as ever."""
    with stamina.set_testing(True, attempts=4):
        yield


def orders_in(connector: Connector, raws: list[Raw]) -> Seen:
    """What the orders among these say, by id."""
    shapes = [shape for raw in raws for shape in connector.shapes(Resource.ORDERS, raw)]
    return {s.order_id: (str(s.status), s.total, s.refund_total) for s in shapes if isinstance(s, OrderIn)}


def all_of(connector: Connector, resource: Resource, after: Cursor | None = None) -> list[Raw]:
    """A whole history."""
    return [raw for page in connector.history(resource, after, soon()) for raw in page.items]


def shapes_of(connector: Connector, resource: Resource, kind: type[_S]) -> list[_S]:
    """The shapes of one kind that a whole history makes."""
    found = [shape for raw in all_of(connector, resource) for shape in connector.shapes(resource, raw)]
    return [shape for shape in found if isinstance(shape, kind)]


def patiently(connector: Connector, resource: Resource) -> list[Raw]:
    """A whole history, begun again behind the last page whenever the shop fails."""
    found: list[Raw] = []
    cursor: Cursor | None = None
    for _ in range(200):
        try:
            for page in connector.history(resource, cursor, soon()):
                found += page.items
                cursor = page.after
            return found
        except RetryLater:
            continue
    raise AssertionError("the history did not end")


def test_it_says_what_the_shop_is(connector: Connector, shop: FakeShop) -> None:
    found = connector.shop()

    assert found.name == shop.world.name
    assert found.currency in list_currencies()
    assert found.currency == shop.world.currency
    assert not found.timezone or ZoneInfo(found.timezone)
    assert abs(found.skew) < 5


def test_it_reads_every_order_as_it_is(connector: Connector, world: World) -> None:
    found = orders_in(connector, all_of(connector, Resource.ORDERS))

    assert found == world.truth().orders


def test_it_reads_all_that_is_known_of_an_order(connector: Connector, shop: FakeShop, world: World) -> None:
    found = {shape.order_id: shape for shape in shapes_of(connector, Resource.ORDERS, OrderIn)}

    for order in world.present():
        _expect_same(found[str(order.id)], order)
        _expect_same_lines(found[str(order.id)], order, cents=5 if shop.shares_discounts else 0)
        told = order.refunds if shop.tells_refunds else []
        assert sorted(r.amount for r in found[str(order.id)].refunds) == sorted(r.amount for r in told)


def _expect_same(shape: OrderIn, order: Order) -> None:
    assert shape.placed_at == order.placed_at
    assert shape.currency == order.currency
    assert shape.source_status
    assert order.number in shape.number
    assert shape.discount_total == order.discount
    assert shape.shipping_total == order.shipping
    assert [code.upper() for code in shape.coupons] == ([order.coupon] if order.coupon else [])
    assert shape.contact is not None
    assert shape.contact.email.lower() == order.person.email.lower()
    assert shape.contact.first_name == order.person.first_name
    assert shape.contact.last_name == order.person.last_name


def _expect_same_lines(shape: OrderIn, order: Order, cents: int) -> None:
    """To the cent; a discount that lines had to share may lie a little otherwise, and adds up the same."""
    assert [(line.product_id, line.quantity) for line in shape.lines] == [
        (str(line.item.id), Decimal(line.quantity)) for line in order.bought
    ]
    assert [line.name for line in shape.lines] == [line.item.name for line in order.bought]
    assert [line.sku for line in shape.lines] == [line.item.sku for line in order.bought]
    assert sum(line.total for line in shape.lines) == order.total - order.shipping
    most = Decimal(cents).scaleb(-2)
    for line, each in zip(shape.lines, order.bought, strict=True):
        assert abs(line.total - each.total) <= most
        assert abs(line.unit_price - each.price) <= most


def test_it_says_whether_it_tells_refunds(connector: Connector, shop: FakeShop) -> None:
    assert connector.tells_refunds is shop.tells_refunds


def test_it_goes_on_behind_any_page(connector: Connector, world: World) -> None:
    pages = list(connector.history(Resource.ORDERS, None, soon()))
    middle = len(pages) // 2

    again = all_of(connector, Resource.ORDERS, pages[middle].after)

    first = [raw for page in pages[: middle + 1] for raw in page.items]
    assert orders_in(connector, first + again) == world.truth().orders
    assert len(again) < sum(len(page.items) for page in pages)


def test_it_misses_nothing_when_orders_come_and_go_meanwhile(connector: Connector, world: World) -> None:
    there = list(world.present())
    found: list[Raw] = []
    for number, page in enumerate(connector.history(Resource.ORDERS, None, soon())):
        found += page.items
        if number == 0:
            world.delete(there[3])
            world.delete(there[-2])
            world.place()

    missing = set(world.truth().orders) - set(orders_in(connector, found))

    assert missing <= {str(order.id) for order in world.present() if order.placed_at > there[-1].placed_at}


@pytest.mark.parametrize("end", [0, -1], ids=["the oldest", "the newest"])
def test_it_misses_nothing_when_orders_go_with_each_request(
    connector: Connector, shop: FakeShop, world: World, end: int
) -> None:
    def delete(request: Request) -> None:
        there = list(world.present())
        if len(there) > 150:
            world.delete(there[end])

    shop.trouble.every = delete
    found = {connector.id_of(Resource.ORDERS, raw) for raw in all_of(connector, Resource.ORDERS)}

    assert {str(order.id) for order in world.present()} <= found


def test_it_gets_through_trouble(connector: Connector, shop: FakeShop, world: World) -> None:
    shop.trouble.share = 0.25

    found = orders_in(connector, patiently(connector, Resource.ORDERS))

    assert found == world.truth().orders


def test_it_reads_what_changed_and_nothing_old(connector: Connector, world: World) -> None:
    old, paid, refunded = list(world.present())[:3]
    since = datetime.now(UTC) - timedelta(seconds=1)
    world.refund(refunded, Decimal("0.10"))
    world.pay(paid)
    new = world.place()

    pages = list(connector.changes(Resource.ORDERS, since, soon()))

    found = orders_in(connector, [raw for page in pages for raw in page.items])
    truth = world.truth().orders
    for order in (paid, refunded, new):
        assert found[str(order.id)] == truth[str(order.id)]
    assert str(old.id) not in found


def test_it_reads_many_changes_of_one_second(connector: Connector, world: World) -> None:
    since = datetime.now(UTC) - timedelta(seconds=1)
    some = list(world.present())[:150]
    at = world.now()
    for order in some:
        order.stage, order.updated_at = Stage.SHIPPED, at

    pages = list(connector.changes(Resource.ORDERS, since, soon()))

    found = orders_in(connector, [raw for page in pages for raw in page.items])
    assert set(found) >= {str(order.id) for order in some}


def test_it_reads_single_orders_and_leaves_out_the_gone(connector: Connector, world: World) -> None:
    one, other, *_ = world.present()

    found = orders_in(connector, connector.read(Resource.ORDERS, [str(one.id), "999999999", str(other.id)]))

    assert set(found) == {str(one.id), str(other.id)}
    assert connector.read(Resource.ORDERS, ["999999999"]) == []


def test_it_digests_the_orders_of_a_day(connector: Connector, shop: FakeShop, world: World) -> None:
    day = next(iter(world.present())).placed_at.replace(hour=0, minute=0, second=0)
    end = day + timedelta(days=30)

    found = [digest for some in connector.digests(day, end) for digest in some]

    placed = [order for order in world.present() if day <= order.placed_at < end]
    assert {(d.order_id, d.total) for d in found} == {(str(o.id), o.total) for o in placed}
    if not shop.lists_days:
        assert {(d.order_id, d.placed_at) for d in found} == {(str(o.id), o.placed_at) for o in placed}
    assert len(found) == len(placed)
    words = {digest.order_id: digest.word for digest in found}
    shapes = [s for raw in all_of(connector, Resource.ORDERS) for s in connector.shapes(Resource.ORDERS, raw)]
    assert all(
        words.get(s.order_id, s.source_status) == s.source_status for s in shapes if isinstance(s, OrderIn)
    )


def test_its_words_decide_the_status(connector: Connector) -> None:
    shapes = shapes_of(connector, Resource.ORDERS, OrderIn)

    assert all(connector.status_of(shape.source_status) is shape.status for shape in shapes)


def test_it_lists_statuses_that_it_can_judge(connector: Connector) -> None:
    found = connector.statuses()

    assert found
    assert all(status.label and connector.status_of(status.word) is status.status for status in found)


def test_it_reads_the_catalogue(connector: Connector, world: World) -> None:
    shapes = [
        s for raw in all_of(connector, Resource.PRODUCTS) for s in connector.shapes(Resource.PRODUCTS, raw)
    ]
    found = {shape.product_id: shape for shape in shapes if isinstance(shape, ProductIn)}

    assert set(found) == {str(number) for number in world.items}
    for item in world.items.values():
        shape = found[str(item.id)]
        assert (shape.name, shape.sku, shape.price) == (item.name, item.sku, item.price)
        assert shape.category == item.category
        assert shape.image_url


def test_it_reads_the_people(connector: Connector, world: World) -> None:
    shapes = [
        s for raw in all_of(connector, Resource.CUSTOMERS) for s in connector.shapes(Resource.CUSTOMERS, raw)
    ]
    found = {shape.customer_id: shape for shape in shapes if isinstance(shape, ContactIn)}

    for person in world.people.values():
        shape = found[str(person.id)]
        assert shape.email.lower() == person.email.lower()
        assert (shape.first_name, shape.last_name) == (person.first_name, person.last_name)
        assert shape.accepts_marketing in (None, person.accepts, bool(person.accepts))


def test_it_reads_carts(connector: Connector, shop: FakeShop, world: World) -> None:
    if Resource.CARTS not in connector.resources or connector.platform == "woocommerce":
        pytest.skip("its carts cannot be read, or are unpaid orders")
    cart = world.begin()

    pages = list(connector.changes(Resource.CARTS, datetime.now(UTC) - timedelta(hours=1), soon()))

    raws = [raw for page in pages for raw in page.items]
    shapes = [s for raw in raws for s in connector.shapes(Resource.CARTS, raw)]
    found = {s.cart_id: s for s in shapes if isinstance(s, CartIn)}[shop.cart_key(cart.id)]
    assert [(line.product_id, line.quantity) for line in found.lines] == [
        (str(each.item.id), Decimal(each.quantity)) for each in cart.bought
    ]
    assert found.contact is not None
    assert found.contact.email.lower() == cart.person.email.lower()


def test_it_finds_the_order_of_a_cart(connector: Connector, shop: FakeShop, world: World) -> None:
    if Resource.CARTS not in connector.resources or connector.platform == "woocommerce":
        pytest.skip("its carts cannot be read, or are unpaid orders")
    cart = world.begin()
    order = world.place(cart)

    raws = connector.read(Resource.ORDERS, [str(order.id)])
    carts = connector.changes(Resource.CARTS, datetime.now(UTC) - timedelta(hours=1), soon())

    by_order = [s.cart_id for s in connector.shapes(Resource.ORDERS, raws[0]) if isinstance(s, OrderIn)]
    shapes = [s for page in carts for raw in page.items for s in connector.shapes(Resource.CARTS, raw)]
    by_cart = {s.cart_id: s.order_id for s in shapes if isinstance(s, CartIn)}
    key = shop.cart_key(cart.id)
    assert by_order == [key] or by_cart.get(key) == str(order.id)


def test_a_wrong_key_is_said(connect: Connect, shop: FakeShop) -> None:
    secrets = (field.name for field in all_platforms()[shop.platform].fields if field.secret)
    secret = shop.key or next(secrets)
    connector = connect(**{secret: shop.fields()[secret][:-4] + "0000"})

    with pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code in ("key_refused", "key_expired")


@pytest.mark.parametrize(
    ("response", "codes"),
    [
        (Response.html("Attention Required! | Cloudflare", 403), {"firewall"}),
        (Response(301, b"", {"Location": "https://new.example/"}), {"moved"}),
        (Response.html("Maintenance", 200), {"html"}),
        (Response(200, b"<br />\n<b>Warning</b>:  Undefined array key in x.php\n{}"), {"notices", "html"}),
        (Response(200, b"Warning: Undefined variable $x in /a.php on line 3\n[]"), {"notices"}),
    ],
    ids=["firewall", "moved", "html", "php notice", "php text"],
)
def test_it_says_what_stands_in_the_way(
    connector: Connector, shop: FakeShop, response: Response, codes: set[str]
) -> None:
    shop.trouble.every = lambda request: response

    with pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code in codes


def test_a_shop_that_is_down_is_tried_again(connector: Connector, shop: FakeShop) -> None:
    shop.trouble.every = lambda request: Response(503, b"", {})

    with pytest.raises(RetryLater) as told:
        connector.shop()

    assert told.value.code == "down"


def test_no_secret_stands_in_the_log_of_calls(
    connector: Connector, shop: FakeShop, calls: list[Call]
) -> None:
    connector.shop()
    all_of(connector, Resource.ORDERS)

    kind = all_platforms()[shop.platform]
    secrets = [
        shop.fields()[field.name] for field in kind.fields if field.secret and field.name in shop.fields()
    ]
    assert calls
    assert not [call for call in calls for secret in secrets if secret in f"{call}"]


def test_every_page_says_where_to_go_on(connector: Connector) -> None:
    pages: list[Page] = list(connector.history(Resource.ORDERS, None, soon()))

    assert all(page.after for page in pages)
    assert len({str(page.after) for page in pages}) == len(pages)


def test_it_makes_its_webhooks_once(connector: Connector, shop: FakeShop) -> None:
    if not connector.makes_webhooks:
        pytest.skip("its webhooks are made by hand, or there are none")
    connector.subscribe("https://comanda.example/hooks/x/y", "a secret")
    made = connector.subscriptions()
    next(iter(shop.hooks.values())).is_active = False

    connector.subscribe("https://comanda.example/hooks/x/y", "a secret")

    assert len(connector.subscriptions()) == len(made) > 0
    assert all(each.is_active for each in connector.subscriptions())
    connector.unsubscribe("https://comanda.example/hooks/x/y")
    assert not [each for each in connector.subscriptions() if each.is_active]


def test_its_webhooks_say_which_order_changed(connector: Connector, shop: FakeShop, world: World) -> None:
    if not connector.makes_webhooks:
        pytest.skip("its webhooks are made by hand, or there are none")
    connector.subscribe("https://comanda.example/hooks/x/y", "a secret")
    order = world.place()

    sent = list(shop.deliveries("order", "created", order.id))

    assert sent
    for _, body, headers in sent:
        delivery = Delivery(body, {name.lower(): value for name, value in headers.items()})
        expected = Verdict.GENUINE if connector.signs_webhooks else Verdict.UNSIGNED
        assert connector.verify(delivery, "a secret") is expected
        events = [event for event in connector.events(delivery) if isinstance(event, Changed)]
        assert (Resource.ORDERS, str(order.id)) in [(event.resource, event.id) for event in events]


def test_a_forged_webhook_is_known(connector: Connector, shop: FakeShop, world: World) -> None:
    if not connector.signs_webhooks or not connector.makes_webhooks:
        pytest.skip("its webhooks are not signed")
    connector.subscribe("https://comanda.example/hooks/x/y", "a secret")
    order = world.place()
    _, body, headers = next(iter(shop.deliveries("order", "created", order.id)))
    lower = {name.lower(): value for name, value in headers.items()}

    assert connector.verify(Delivery(body + b" ", lower), "a secret") is Verdict.FORGED
    unsigned = {name: value for name, value in lower.items() if not re.search("hmac|signature|sign", name)}
    assert connector.verify(Delivery(body, unsigned), "a secret") is Verdict.FORGED


def test_every_error_says_what_to_do(connector: Connector, shop: FakeShop) -> None:
    seen: list[Request] = []
    shop.trouble.every = lambda request: seen.append(request) or Response(418, b"teapot")  # type: ignore[func-returns-value]

    with pytest.raises(ShopError) as told:
        connector.shop()

    assert "418" in str(told.value)

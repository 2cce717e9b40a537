"""PrestaShop over a socket: its key, its clock, and what makes it stumble."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import stamina

from comanda.connectors.base import Connector, Resource
from comanda.connectors.errors import NeedsOwner, SkipRecord
from comanda.connectors.http import Call
from comanda.shapes import CartIn, ContactIn, OrderStatus, ProductIn
from tests.connectors.asking import orders_of, soon
from tests.connectors.conftest import connector_of
from tests.fake_shops import server
from tests.fake_shops.prestashop import KEY, Fake
from tests.fake_shops.world import World

Opened = Callable[..., tuple[Fake, Connector]]
CALLS: list[Call] = []


@pytest.fixture
def opened() -> Iterator[Opened]:
    """A fake with these options, and a connector for it."""
    with ExitStack() as stack, stamina.set_testing(True, attempts=2):

        def open_one(orders: int = 5, **options: object) -> tuple[Fake, Connector]:
            fake = Fake(World(orders), **options)
            stack.enter_context(server.served(fake))
            CALLS.clear()
            return fake, stack.enter_context(closing(connector_of(fake, CALLS)))

        yield open_one


def test_a_key_that_the_web_server_takes_away_is_sent_in_the_address(opened: Opened) -> None:
    _, connector = opened(strip=True)

    found = connector.shop()

    assert (found.name, found.timezone, found.country) == ("Casa da Lanterna", "Europe/Lisbon", "PT")
    assert found.version == "8.2.1"
    assert not [call for call in CALLS if KEY in call.url]


def test_a_right_that_is_missing_is_named(opened: Opened) -> None:
    _, connector = opened(denied="order_slip")

    with pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert (told.value.code, told.value.facts["what"]) == ("right_missing", "order_slip")


@pytest.mark.parametrize("version", ["1.6.1.24", "8.0.0"])
def test_versions_that_cannot_be_read_are_told(opened: Opened, version: str) -> None:
    _, connector = opened(version=version)

    with pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code == "version_old"


def test_names_in_two_languages_are_read(opened: Opened) -> None:
    fake, connector = opened(languages=2)

    page = next(connector.history(Resource.PRODUCTS, None, soon()))

    shape = connector.shapes(Resource.PRODUCTS, page.items[0])[0]
    assert isinstance(shape, ProductIn)
    assert shape.name == fake.world.items[int(shape.product_id)].name


def test_a_refund_of_an_order_that_did_not_change_is_found(opened: Opened) -> None:
    fake, connector = opened()
    order = next(iter(fake.world.present()))
    connector.shop()
    fake.world.refund(order, Decimal("0.05"))

    found = orders_of(connector, connector.changes(Resource.ORDERS, datetime.now(UTC), soon()))

    assert found[str(order.id)].refund_total == order.refunded
    assert found[str(order.id)].updated_at == order.refunds[-1].at


def test_one_order_that_makes_the_shop_stumble_keeps_none_back(opened: Opened) -> None:
    fake, connector = opened(orders=30, broken=("orders", 1017))

    raws = [r for page in connector.history(Resource.ORDERS, None, soon()) for r in page.items]

    broken = [raw for raw in raws if raw["id"] == 1017]
    assert {raw["id"] for raw in raws} == {order.id for order in fake.world.present()}
    with pytest.raises(SkipRecord) as told:
        connector.shapes(Resource.ORDERS, broken[0])
    assert "Undefined index: carrier" in str(told.value)
    again = connector.read(Resource.ORDERS, ["1016", "1017", "1018"])
    assert [raw["id"] for raw in again if "_error" not in raw] == [1016, 1018]


@pytest.mark.parametrize("table", ["customers", "addresses", "order_slip", "order_histories"])
def test_an_order_is_not_read_without_what_the_shop_stumbled_over(opened: Opened, table: str) -> None:
    fake, connector = opened(orders=30)
    order = next(o for o in fake.world.present() if o.person.id and o.paid_at)
    fake.world.refund(order, Decimal("0.05"))
    ids = {"customers": order.person.id, "addresses": 5_000_000 + order.person.id,
           "order_slip": order.refunds[-1].id, "order_histories": order.id * 10}  # fmt: skip
    fake.options["broken"] = (table, ids[table])

    raws = [r for page in connector.history(Resource.ORDERS, None, soon()) for r in page.items]

    broken = {raw["id"] for raw in raws if "_error" in raw}
    assert order.id in broken
    assert len(raws) == 30
    assert {number for number in broken if fake.world.orders[number].person.id != order.person.id} == set()


def test_a_guest_is_known_by_the_order(opened: Opened) -> None:
    fake, connector = opened(orders=40)
    order = next(order for order in fake.world.present() if order.person.id == 0)

    found = orders_of(connector, connector.history(Resource.ORDERS, None, soon()))[str(order.id)]

    assert found.contact is not None
    assert found.contact.customer_id == str(1_000_000 + order.id)
    assert found.contact.accepts_marketing is None


def test_groups_that_not_everyone_is_in_are_tags(opened: Opened) -> None:
    fake, connector = opened()

    raws = [raw for page in connector.history(Resource.CUSTOMERS, None, soon()) for raw in page.items]

    shapes = [shape for raw in raws for shape in connector.shapes(Resource.CUSTOMERS, raw)]
    tags = {shape.customer_id: shape.tags for shape in shapes if isinstance(shape, ContactIn)}
    assert {tags[str(person.id)] for person in fake.world.people.values() if person.tags} == {("vip",)}
    assert {tags[str(person.id)] for person in fake.world.people.values() if not person.tags} == {()}
    assert not [raw for raw in raws if "passwd" in raw or "secure_key" in raw]


def test_carts_that_were_ordered_are_left_out(opened: Opened) -> None:
    fake, connector = opened()
    kept, ordered = fake.world.begin(), fake.world.begin()
    fake.world.place(ordered)

    pages = list(connector.changes(Resource.CARTS, datetime.now(UTC) - timedelta(hours=1), soon()))

    shapes = [s for page in pages for raw in page.items for s in connector.shapes(Resource.CARTS, raw)]
    found = {shape.cart_id: shape for shape in shapes if isinstance(shape, CartIn)}
    assert set(found) == {str(kept.id)}
    assert found[str(kept.id)].total == sum(line.before * line.quantity for line in kept.bought)


def test_states_of_modules_are_listed_with_what_their_flags_mean(opened: Opened) -> None:
    _, connector = opened()

    found = {status.word: status for status in connector.statuses()}

    assert found["shipping"].label == "Shipped"
    assert found["21/paid"].status is OrderStatus.COMPLETED
    assert found["22"].status is OrderStatus.UNKNOWN


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Pacific/Auckland", "Asia/Kolkata"])
def test_times_are_those_of_the_shops_own_clock(opened: Opened, zone: str) -> None:
    fake, connector = opened(zone=zone)
    order = fake.world.place()

    found = orders_of(connector, connector.changes(Resource.ORDERS, order.placed_at, soon()))

    assert found[str(order.id)].placed_at == order.placed_at
    digests = connector.digests(order.placed_at, order.placed_at + timedelta(seconds=1))
    assert [digest.order_id for some in digests for digest in some] == [str(order.id)]


def test_what_changed_in_the_hour_that_comes_twice_is_found(opened: Opened) -> None:
    fake, connector = opened(zone="Europe/Rome")
    order = fake.world.place()
    # 02:10 summer time, then 02:10 winter time: the second shows an earlier wall clock than "since" does.
    order.updated_at = datetime(2025, 10, 26, 1, 10, tzinfo=UTC)

    pages = connector.changes(Resource.ORDERS, datetime(2025, 10, 26, 0, 50, tzinfo=UTC), soon())

    assert str(order.id) in orders_of(connector, pages)

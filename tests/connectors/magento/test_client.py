"""Magento over a socket: its signatures, its lists, and its clock."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import stamina

from comanda.connectors.base import Connector, Resource
from comanda.connectors.errors import NeedsOwner, RetryLater, SkipRecord
from comanda.shapes import CartIn, ContactIn
from tests.connectors.asking import orders_of, soon
from tests.connectors.conftest import connector_of
from tests.fake_shops import server
from tests.fake_shops.magento import Fake
from tests.fake_shops.server import Request, Response
from tests.fake_shops.world import World

Opened = Callable[..., tuple[Fake, Connector]]
ALONE = {"consumer_key": "", "consumer_secret": "", "access_token_secret": ""}


@pytest.fixture
def opened() -> Iterator[Opened]:
    """A fake with these options, and a connector for it."""
    with ExitStack() as stack, stamina.set_testing(True, attempts=3):

        def open_one(
            orders: int = 5, fields: dict[str, str] | None = None, **options: object
        ) -> tuple[Fake, Connector]:
            fake = Fake(World(orders), **options)
            stack.enter_context(server.served(fake))
            return fake, stack.enter_context(closing(connector_of(fake, [], None, **(fields or {}))))

        yield open_one


def test_it_says_what_the_shop_runs(opened: Opened) -> None:
    _, connector = opened()

    found = connector.shop()

    assert (found.name, found.version) == ("Casa da Lanterna", "Magento/2.4 (Community)")
    assert (found.timezone, found.currency, found.remarks) == ("Europe/Lisbon", "EUR", ())


def test_a_token_alone_is_taken_where_the_shop_allows_it(opened: Opened) -> None:
    _, connector = opened(fields=ALONE, bearer=True)

    assert connector.shop().name == "Casa da Lanterna"


def test_a_token_alone_that_is_not_taken_is_told_apart_from_a_right_that_is_missing(opened: Opened) -> None:
    _, connector = opened(fields=ALONE)

    with pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code == "token_alone"


def test_a_right_that_is_missing_is_named(opened: Opened) -> None:
    _, connector = opened(denied="creditmemos")

    with pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code == "right_missing"
    assert told.value.facts["what"] == "Magento_Sales::sales_creditmemo"


@pytest.mark.parametrize("secret", ["consumer_key", "consumer_secret", "access_token", "access_token_secret"])
def test_each_of_the_four_values_counts(opened: Opened, secret: str) -> None:
    _, connector = opened(fields={secret: "ffff0000ffff0000"})

    with pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code == "key_refused"


def test_a_value_that_was_copied_in_part_is_a_refused_key(opened: Opened) -> None:
    fake, connector = opened()
    said = {"message": "The oauth_token length is not the correct length."}
    fake.trouble.every = lambda request: Response.json(said, 400)

    with pytest.raises(NeedsOwner) as told:
        connector.shop()

    assert told.value.code == "key_refused"


def test_each_try_is_signed_anew(opened: Opened) -> None:
    fake, connector = opened()
    shown: list[Request] = []

    def stumble(request: Request) -> Response | None:
        shown.append(request)
        return Response(503, b"", {}) if len(shown) == 1 else None

    fake.trouble.every = stumble

    connector.shop()

    first, second = (request.headers["authorization"] for request in shown[:2])
    assert shown[0].path == shown[1].path
    assert first != second


def test_a_clock_that_is_far_ahead_is_followed(opened: Opened) -> None:
    _, connector = opened(ahead=7200)

    found = connector.shop()

    assert 7100 < found.skew < 7300


def test_a_signature_whose_time_is_never_taken_is_told(opened: Opened) -> None:
    fake, connector = opened()
    fake.trouble.every = lambda request: Response.json(
        {"message": "The timestamp value in the oauth_timestamp parameter is invalid"}, 401
    )

    with pytest.raises(RetryLater) as told:
        connector.shop()

    assert told.value.code == "clock_apart"


def test_smaller_pages_are_asked_for_where_the_shop_limits_them(opened: Opened) -> None:
    fake, connector = opened(orders=70, most=30)

    found = orders_of(connector, connector.history(Resource.ORDERS, None, soon()))

    assert set(found) == set(fake.world.truth().orders)


def test_a_database_ahead_of_its_time_is_remarked(opened: Opened) -> None:
    fake, connector = opened()
    order = fake.world.place()
    order.updated_at += timedelta(hours=2, seconds=30)

    found = connector.shop()

    assert found.remarks == (("dates_ahead", {"minutes": "120"}),)


def test_every_history_says_how_much_there_is(opened: Opened) -> None:
    _, connector = opened(orders=230)

    pages = list(connector.history(Resource.ORDERS, None, soon()))

    assert [page.total for page in pages] == [230, 230, 230]
    again = next(connector.history(Resource.ORDERS, pages[0].after, soon()))
    assert (again.total, again.items[0]["entity_id"]) == (230, pages[1].items[0]["entity_id"])


def test_a_refund_whose_order_kept_its_date_is_found(opened: Opened) -> None:
    fake, connector = opened()
    order = next(iter(fake.world.present()))
    before = order.updated_at
    fake.world.refund(order, Decimal("0.05"))
    order.updated_at = before

    found = orders_of(connector, connector.changes(Resource.ORDERS, datetime.now(UTC), soon()))

    assert found[str(order.id)].refund_total == order.refunded


def test_orders_of_the_chosen_store_views_are_taken_alone(opened: Opened) -> None:
    _, connector = opened(fields={"store_ids": "1"})
    _, other = opened(fields={"store_ids": "2,3"})

    assert orders_of(connector, connector.history(Resource.ORDERS, None, soon()))
    assert not orders_of(other, other.history(Resource.ORDERS, None, soon()))


def test_every_few_hours_all_customers_are_read(opened: Opened) -> None:
    fake, connector = opened()
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)

    def read(since: datetime, until: datetime) -> set[str]:
        raws = [raw for page in connector.changes(Resource.CUSTOMERS, since, until) for raw in page.items]
        shapes = [shape for raw in raws for shape in connector.shapes(Resource.CUSTOMERS, raw)]
        return {shape.customer_id for shape in shapes if isinstance(shape, ContactIn)}

    assert read(noon - timedelta(minutes=6), noon) == {str(number) for number in fake.world.people}
    assert read(noon - timedelta(minutes=4), noon + timedelta(minutes=1)) == set()


def test_carts_that_were_ordered_or_long_forgotten_are_left_out(opened: Opened) -> None:
    fake, connector = opened(orders=200)
    kept, ordered, old = fake.world.begin(), fake.world.begin(), fake.world.begin()
    fake.world.place(ordered)
    fake.world.carts[7] = fake.world.carts.pop(old.id)
    old.id = 7

    pages = list(connector.changes(Resource.CARTS, datetime.now(UTC) - timedelta(hours=1), soon()))

    shapes = [s for page in pages for raw in page.items for s in connector.shapes(Resource.CARTS, raw)]
    found = {shape.cart_id: shape for shape in shapes if isinstance(shape, CartIn)}
    assert set(found) == {str(kept.id)}
    assert found[str(kept.id)].total == sum(line.total for line in kept.bought)


def test_orders_that_make_the_shop_stumble_keep_none_back(opened: Opened) -> None:
    fake, connector = opened(orders=30, broken=[1007, 1008, 1030])

    raws = [raw for page in connector.history(Resource.ORDERS, None, soon()) for raw in page.items]

    assert {raw["entity_id"] for raw in raws} == {order.id for order in fake.world.present()}
    assert len(raws) == 30
    broken = [raw for raw in raws if "_error" in raw]
    assert {raw["entity_id"] for raw in broken} == {1007, 1008, 1030}
    with pytest.raises(SkipRecord) as told:
        connector.shapes(Resource.ORDERS, broken[0])
    assert "Internal Error" in str(told.value)


def test_a_change_of_an_order_that_makes_the_shop_stumble_keeps_none_back(opened: Opened) -> None:
    fake, connector = opened(orders=10)
    since = datetime.now(UTC) - timedelta(seconds=1)
    first, second, third = list(fake.world.present())[:3]
    for order in (third, first, second):
        fake.world.pay(order)
    fake.broken.add(first.id)

    raws = [raw for page in connector.changes(Resource.ORDERS, since, soon()) for raw in page.items]

    assert sorted(raw["entity_id"] for raw in raws) == [first.id, second.id, third.id]
    assert [raw["entity_id"] for raw in raws if "_error" in raw] == [first.id]
    again = connector.read(Resource.ORDERS, [str(first.id), str(second.id)])
    assert {raw["entity_id"] for raw in again} == {first.id, second.id}
    day = first.placed_at
    digests = [d.order_id for some in connector.digests(day, soon()) for d in some]
    assert sorted(digests) == sorted(str(o.id) for o in fake.world.present() if o is not first)


def test_a_shop_that_stumbles_over_everything_is_down(opened: Opened) -> None:
    fake, connector = opened()
    said = {"message": "Internal Error. Details are available in Magento log file. Report ID: x"}
    fake.trouble.every = lambda request: Response.json(said, 500)

    with pytest.raises(RetryLater) as told:
        next(connector.history(Resource.ORDERS, None, soon()))

    assert told.value.code == "down"

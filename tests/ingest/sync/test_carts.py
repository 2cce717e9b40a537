"""What becomes of carts: by the order's own word for its cart, else by who bought what."""

from datetime import UTC, datetime, timedelta

import pytest

from comanda.ingest.sync import carts
from comanda.ingest.upsert import StoreRef, check, upsert
from comanda.records.models import Activity, Cart, Store
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def store() -> StoreRef:
    """A store."""
    return factories.make_store()


def person(email: str = "ana@example.com") -> ContactIn:
    return factories.contact(email)


def cart(hours: float, *lines: LineIn, number: str = "c1", email: str = "ana@example.com") -> CartIn:
    """One begun and last changed so many hours ago."""
    at = NOW - timedelta(hours=hours)
    return factories.cart(number, *lines, started_at=at, updated_at=at, contact=person(email))


def order(hours: float, *lines: LineIn, **columns: object) -> OrderIn:
    """One placed so many hours ago."""
    given = {"placed_at": NOW - timedelta(hours=hours), "contact": person(), **columns}
    return factories.order("1001", *lines, **given)


def settled(store: StoreRef, *shapes: CartIn | OrderIn) -> str:
    """What becomes of the cart."""
    upsert(store, [check(each) for each in shapes], factories.LIVE)
    carts.settle(Store.objects.get(id=store.id))
    return str(Cart.objects.get(external_id="c1").state)


@pytest.mark.parametrize(("hours", "state"), [(0.5, "active"), (1.5, "abandoned"), (400, "abandoned")])
def test_a_cart_is_abandoned_after_the_delay_of_the_store(store: StoreRef, hours: float, state: str) -> None:
    assert settled(store, cart(hours)) == state


def test_the_delay_is_the_store_s_own(store: StoreRef) -> None:
    Store.objects.update(settings={"cart_minutes": 180})

    assert settled(store, cart(2.5)) == "active"


def test_an_order_names_its_cart(store: StoreRef) -> None:
    other = order(0.1, factories.line("vase"), cart_id="c1", contact=person("bea@example.com"))

    assert settled(store, cart(0.5), other) == "ordered"
    assert Cart.objects.get().order_external_id == "1001"


def test_who_buys_the_same_things_bought_their_cart(store: StoreRef) -> None:
    assert settled(store, cart(0.5, factories.line("mug"), factories.line("vase")), order(0.1)) == "ordered"


def test_a_cart_that_was_left_is_recovered(store: StoreRef) -> None:
    left = settled(store, cart(3))

    bought = settled(store, order(0.1))

    assert (left, bought) == ("abandoned", "recovered")
    said = list(Activity.objects.exclude(cart_id=None).order_by("id").values_list("kind", flat=True))
    assert said == ["cart_begun", "cart_abandoned", "cart_recovered"]


@pytest.mark.parametrize(
    "bought",
    [
        order(0.1, factories.line("vase")),
        order(0.1, contact=person("bea@example.com")),
        order(9.0),
        order(0.1, cart_id="c2"),
        order(0.1, status=OrderStatus.CANCELED),
    ],
    ids=["other things", "someone else", "before the cart", "another cart", "canceled"],
)
def test_what_does_not_fit_is_not_the_cart_s(store: StoreRef, bought: OrderIn) -> None:
    assert settled(store, cart(3), bought) == "abandoned"


def test_an_order_long_after_is_not_the_cart_s(store: StoreRef) -> None:
    assert settled(store, cart(24 * 8), order(0.1)) == "abandoned"


def test_an_order_that_is_told_of_late_is_still_found(store: StoreRef) -> None:
    settled(store, cart(24 * 20))
    Cart.objects.update(created_at=NOW - timedelta(days=20))

    assert settled(store, order(24 * 19)) == "recovered"


def test_after_four_weeks_only_the_order_s_own_word_counts(store: StoreRef) -> None:
    settled(store, cart(24 * 30))
    Cart.objects.update(created_at=NOW - timedelta(days=30))

    unnamed = settled(store, order(24 * 29))
    named = settled(store, order(24 * 29, cart_id="c1", updated_at=NOW))

    assert (unnamed, named) == ("abandoned", "recovered")


def test_carts_of_a_history_find_their_orders_however_old(store: StoreRef) -> None:
    assert settled(store, order(24 * 300 - 1), cart(24 * 300)) == "ordered"
    assert not Activity.objects.filter(kind="cart_ordered", live=True).exists()

"""A shop in trouble and a sync that is cut off again and again: in the end every order is accounted for.

On every platform: history and live traffic at once, while one answer in ten fails, webhooks are lost,
doubled, forged and out of order, and the sync ends ten times at any step, in the middle of a transaction too.
What is here then is, record by record, what a calm sync of the same shop brings. The journey of the same name
does it with real processes. ``--seed`` gives both another course.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Model

from comanda.connectors import http
from comanda.connectors.base import Connector, Delivery, Verdict
from comanda.connectors.budget import Budget
from comanda.ingest.sync import audit, gone, hooks, intake, shops, tasks
from comanda.ingest.upsert.log import Log
from comanda.jobs import leaving
from comanda.jobs.leaving import Leaving
from comanda.records.models import Activity, Cart, ConnectionState, Inbox, InboxState, Order, Product, Store
from tests.fake_shops.registry import all_fakes
from tests.fake_shops.server import FakeShop, Request, Response, Trouble
from tests.fake_shops.traffic import Traffic
from tests.fake_shops.world import World
from tests.ingest.sync.conftest import connected

pytestmark = pytest.mark.django_db(transaction=True)
_CUTS = 10
_STEPS = 20
"""How many steps a sync may go, at most, until it is cut off."""
_OWN = {"id", "pk", "digest", "created_at", "updated_at", "sought"}
"""Columns that tell nothing of the shop."""
_CHANGES = 80
"""How much happens in the shop, at most, while it is synced."""


class Killed(BaseException):
    """The process ends here, whoever catches errors."""


@dataclass
class Scissors:
    """Ends a sync after a number of steps, by chance."""

    chance: random.Random
    cuts: int = 0
    is_over: bool = False
    left: int = 3

    def step(self, end: BaseException) -> None:
        self.left -= 1
        if self.left < 0 and not self.is_over:
            self.cuts += 1
            self.left = self.chance.randrange(_STEPS)
            raise end

    def around(self, done: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, with an end to all before it is done, or as soon as it is."""

        def cut(*given: Any, **named: Any) -> Any:
            self.step(Killed())
            result = done(*given, **named)
            self.step(Killed())
            return result

        return cut


@dataclass
class Meanwhile:
    """Something happens in the shop before every other request is answered."""

    traffic: Traffic
    left: int = _CHANGES

    def go_on(self, request: Request) -> Response | None:
        if self.left > 0 and self.traffic.chance.random() < 0.5:
            self.left -= 1
            self.traffic.happen()
        return None


@dataclass
class Post:
    """Brings webhooks: some never, some twice, in no order, and with lies among them."""

    store: Store
    shop: FakeShop
    chance: random.Random
    bag: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    answers: Counter[Verdict] = field(default_factory=Counter)
    forgeries: Counter[Verdict] = field(default_factory=Counter)

    def collect(self, what: str, event: str, number: int) -> None:
        for _, body, headers in self.shop.deliveries(what, event, number):
            sent = (body, {name.lower(): value for name, value in headers.items()})
            self.bag += [sent] * self.chance.choice((0, 0, 1, 1, 2))

    def lie(self) -> None:
        """Someone says that an order was deleted which is there, and is believed by those who cannot know."""
        order = self.chance.choice(list(self.shop.world.present()))
        self.collect("order", "deleted", order.id)

    def bring(self) -> None:
        """Half of what is in the bag arrives."""
        self.lie()
        bag = self.bag[:]
        self.chance.shuffle(bag)
        now = bag[: (len(bag) + 1) // 2]
        self.bag = bag[len(now) :] + self.bag[len(bag) :]
        connection = shops.connection_of(self.store)
        secret = hooks.secret_of(connection)
        with shops.opened(self.store) as connector:
            for body, headers in now:
                self.answers[self.hand_in(connector, body, headers, secret)] += 1
                if connector.signs_webhooks:
                    self.forgeries[self.hand_in(connector, body + b" ", headers, secret)] += 1

    def hand_in(self, connector: Connector, body: bytes, headers: dict[str, str], secret: str) -> Verdict:
        delivery = Delivery(body, headers)
        verdict = connector.verify(delivery, secret)
        if verdict in (Verdict.GENUINE, Verdict.UNSIGNED):
            hooks.store([hooks.arrival(self.store, delivery, type(connector))])
        return verdict


@pytest.fixture
def world(platform: str, seed: int) -> World:
    """A shop with many orders a day."""
    return World(orders=130, seed=seed, currency=all_fakes()[platform].currency, days=4)


@pytest.fixture
def post(store: Store, shop: FakeShop, seed: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """What the shop sends, as soon as its webhooks are made."""
    monkeypatch.setattr(settings, "PUBLIC_URL", "https://comanda.example")
    shop.lost = 1.0  # it is brought by us
    made = Post(store, shop, random.Random(seed + 13))
    kind = shops.platform_of(store)
    if kind.has_webhooks and not kind.makes_webhooks:
        shop.notify("https://comanda.example/hooks/shop/x")
    shop.world.listeners.append(made.collect)
    yield made
    shop.world.listeners.remove(made.collect)


@pytest.fixture
def scissors(post: Post, seed: int, monkeypatch: pytest.MonkeyPatch) -> Scissors:
    """Between two pages, within a page, at its end, and before a webhook that was worked off is marked so."""
    made = Scissors(random.Random(seed + 17))

    def between() -> None:
        post.bring()
        made.step(Leaving())

    monkeypatch.setattr(leaving, "check", between)
    monkeypatch.setattr(Log, "write", made.around(Log.write))
    monkeypatch.setattr(intake, "keep", made.around(intake.keep))
    monkeypatch.setattr(gone, "orders", made.around(gone.orders))
    # So short that what was cut off is not read again by the next pull for that alone.
    monkeypatch.setattr(shops.platform_of(post.store), "overlap", timedelta(seconds=2))
    monkeypatch.setattr(http, "Budget", lambda rate, burst: Budget(1e6, 1e6))
    return made


def endure(store: Store, scissors: Scissors) -> None:
    """Begins the sync again until it was cut off often enough."""
    for _ in range(60):
        with suppress(Leaving, Killed):
            tasks.sync_store(store.pk, by_hand=True)
            tasks.work_hooks(store.pk)
        connection = shops.connection_of(store)
        assert connection.state == ConnectionState.ON, connection.error_code
        if scissors.cuts == _CUTS:
            return
    raise AssertionError(f"it was cut off {scissors.cuts} times only")


def told(row: Model) -> dict[str, Any]:
    """A record but for what is Comanda's own of it."""
    fields = [each for each in row._meta.concrete_fields if each.name not in _OWN and not each.is_relation]
    return {each.name: getattr(row, each.name) for each in fields}


def records(store: Store) -> dict[tuple[str, str], Any]:
    """All that is known of the store's orders, carts and products, by kind and the shop's id."""
    found: dict[tuple[str, str], Any] = {}
    for order in Order.objects.filter(store=store).select_related("contact"):
        refunds = [told(each) for each in order.refunds.order_by("external_id")]
        found["order", order.external_id] = (*bought(order), refunds)
    for cart in Cart.objects.filter(store=store).select_related("contact"):
        found["cart", cart.external_id] = bought(cart)
    for product in Product.objects.filter(store=store):
        found["product", product.external_id] = told(product)
    return found


def untellable(shop: FakeShop) -> set[tuple[str, str]]:
    """Carts whose order was deleted: who comes later cannot know that they were ordered."""
    world = shop.world
    carts = [each for each in world.carts.values() if each.order_id and world.orders[each.order_id].is_gone]
    return {("cart", key) for each in carts for key in (str(each.id), shop.cart_key(each.id))}


def bought(row: Order | Cart) -> tuple[Any, ...]:
    """With whose it is, and what things."""
    lines = row.lines.select_related("product").order_by("position")
    things = [(told(each), each.product and each.product.external_id) for each in lines]
    return told(row), row.contact and row.contact.email, things


def kept(store: Store) -> dict[str, tuple[str, Decimal, Decimal]]:
    """What is here, but for orders that the shop deleted."""
    words = [gone.WORD, *shops.platform_of(store).gone_words]
    rows = Order.objects.filter(store=store).exclude(source_status__in=words)
    return {row.external_id: (row.status, row.total, row.refund_total) for row in rows}


def test_every_order_is_accounted_for_after_all_that(
    store: Store, shop: FakeShop, world: World, post: Post, scissors: Scissors, seed: int
) -> None:
    meanwhile = Meanwhile(Traffic(world, random.Random(seed + 11)))
    shop.trouble = Trouble(0.1, seed, meanwhile.go_on)

    endure(store, scissors)
    shop.trouble.share, meanwhile.left, scissors.is_over = 0.0, 0, True
    tasks.sync_store(store.pk, by_hand=True)

    truth = world.truth().orders
    pulled = kept(store)
    assert {key: pulled.get(key) for key in truth} == truth
    days = sorted({audit.day_of(store, order.placed_at) for order in world.orders.values()})
    with shops.opened(store) as connector:
        found = [audit.run(store, connector, day) for day in days]
    assert {each.reason for day in found for each in day.differences} <= {audit.Reason.DELETED_THERE}
    assert sum(day.own_orders for day in found) == len(truth)
    assert kept(store) == truth
    created = Counter(Activity.objects.filter(kind="order_created").values_list("order_id", flat=True))
    assert created == dict.fromkeys(Order.objects.values_list("id", flat=True), 1)
    assert not Inbox.objects.filter(store=store, state=InboxState.FAILED).exists()
    assert set(post.answers) <= {Verdict.GENUINE, Verdict.UNSIGNED}
    assert set(post.forgeries) <= {Verdict.FORGED}
    kind = shops.platform_of(store)
    assert bool(post.answers) == kind.has_webhooks
    assert bool(post.forgeries) == kind.signs_webhooks
    calm = connected(shop, key="calm", name="Calm")
    tasks.sync_store(calm.pk, by_hand=True)
    untold = untellable(shop)
    expected = {key: each for key, each in records(calm).items() if key not in untold}
    actual = records(store)
    if shop.prices_carts_late:
        expected = {key: each for key, each in expected.items() if key[0] != "cart"}
    assert {key: actual.get(key) for key in expected} == expected

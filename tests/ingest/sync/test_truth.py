"""Every order accounted for: what is here after a sync is what the shop has, whatever happened meanwhile."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from comanda.connectors.base import Connector, Delivery, Resource
from comanda.connectors.errors import RetryLater
from comanda.ingest.sync import audit, carts, history, hooks, pulling, shops, statuses, tasks
from comanda.ingest.sync.audit import Reason
from comanda.records import connections
from comanda.records.models import (
    Activity,
    Audit,
    Cart,
    Connection,
    Contact,
    Inbox,
    InboxState,
    Order,
    Product,
    ShopCall,
    Store,
    Sync,
)
from tests.fake_shops.server import FakeShop, Response
from tests.fake_shops.world import World

Kept = dict[str, tuple[str, Decimal, Decimal]]


def kept(store: Store) -> Kept:
    """What is here, by the shop's id, but for orders that the shop deleted."""
    rows = Order.objects.filter(store=store).exclude(source_status="deleted")
    return {row.external_id: (row.status, row.total, row.refund_total) for row in rows}


def test_it_brings_the_whole_history_in(store: Store, connector: Connector, world: World) -> None:
    history.run(store, connector)

    assert kept(store) == world.truth().orders
    assert set(Contact.objects.values_list("email", flat=True)) >= world.truth().emails
    assert Product.objects.filter(store=store).count() >= len(world.items)
    assert history.is_done(store)
    assert not Activity.objects.filter(live=True).exists()


def test_it_keeps_the_payload_of_every_order(store: Store, connector: Connector, world: World) -> None:
    history.run(store, connector)

    rows = Inbox.objects.filter(store=store, kind="order")
    assert {row.external_id for row in rows} >= set(world.truth().orders)
    assert all(bytes(row.body).startswith(b"{") for row in rows)


def test_it_goes_on_where_it_was_cut_off(
    store: Store, connector: Connector, shop: FakeShop, world: World
) -> None:
    shop.trouble.share = 0.3
    shop.trouble.seed = 3
    for _ in range(100):
        try:
            history.run(store, connector)
            break
        except RetryLater:
            continue

    assert kept(store) == world.truth().orders
    assert Activity.objects.filter(kind="order_created").count() == len(world.orders)


def test_reading_it_again_changes_nothing(store: Store, connector: Connector) -> None:
    history.run(store, connector)
    before = Activity.objects.count()
    history.begin(store, type(connector), again=True)

    taken = history.run(store, connector)

    assert (taken.created, taken.updated) == (0, 0)
    assert Activity.objects.count() == before


def test_it_pulls_what_changed(store: Store, connector: Connector, world: World) -> None:
    history.run(store, connector)
    pulling.run(store, connector)
    first, second, *_ = world.present()
    world.refund(first, Decimal("0.10"))
    world.ship(second)
    world.place()

    pulling.run(store, connector)

    assert kept(store) == world.truth().orders
    assert Activity.objects.filter(kind="order_created", live=True).count() == 1


def test_an_audit_finds_nothing_where_all_is_well(store: Store, connector: Connector, world: World) -> None:
    history.run(store, connector)
    order = next(iter(world.present()))

    found = audit.run(store, connector, audit.day_of(store, order.placed_at))

    assert found.differences == []
    assert found.shop_orders == found.own_orders > 0
    assert found.shop_totals == found.own_totals
    assert found.is_complete
    assert Audit.objects.get().shop_orders == found.shop_orders


def test_an_audit_heals_what_was_missed(store: Store, connector: Connector, world: World) -> None:
    history.run(store, connector)
    order = next(iter(world.present()))
    Order.objects.filter(external_id=str(order.id)).update(total=Decimal("1.23"), digest=b"")

    found = audit.run(store, connector, audit.day_of(store, order.placed_at))

    assert (found.healed, found.differences) == (1, [])
    assert kept(store) == world.truth().orders


def test_an_audit_finds_what_the_shop_deleted(store: Store, connector: Connector, world: World) -> None:
    history.run(store, connector)
    order = next(iter(world.present()))
    world.delete(order)

    found = audit.run(store, connector, audit.day_of(store, order.placed_at))

    assert found.is_complete
    assert found.healed == 0
    assert [(each.order_id, each.reason, each.shop_total) for each in found.differences] == [
        (str(order.id), Reason.DELETED_THERE, None)
    ]
    assert audit.run(store, connector, found.day).differences == []
    gone = Order.objects.get(external_id=str(order.id))
    assert (gone.status, gone.source_status in ("deleted", "trash")) == ("canceled", True)


def test_an_audit_says_why_an_order_is_missing(
    store: Store, connector: Connector, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = list(world.present())[5]
    usual = type(connector).shapes

    def unreadable(self: Connector, resource: Resource, raw: dict[str, object]) -> object:
        if resource is Resource.ORDERS and self.id_of(resource, raw) == str(order.id):
            raise ValueError("the total is no number")
        return usual(self, resource, raw)

    monkeypatch.setattr(type(connector), "shapes", unreadable)
    history.run(store, connector)

    found = audit.run(store, connector, audit.day_of(store, order.placed_at))

    assert [(each.order_id, each.reason) for each in found.differences] == [
        (str(order.id), Reason.UNREADABLE)
    ]
    assert not found.is_complete
    lost = Inbox.objects.get(state=InboxState.FAILED)
    assert (lost.kind, lost.external_id) == ("orders", str(order.id))
    assert (lost.error_code, lost.error_facts) == (
        "unreadable",
        {"what": "ValueError: the total is no number"},
    )
    monkeypatch.undo()
    monkeypatch.setenv("COMANDA_ALLOW_PRIVATE_HOSTS", "127.0.0.1")
    assert audit.run(store, connector, audit.day_of(store, order.placed_at)).differences == []
    assert not Inbox.objects.filter(state=InboxState.FAILED).exists()


def test_a_changed_map_gives_all_orders_their_status(
    store: Store, connector: Connector, world: World
) -> None:
    history.run(store, connector)
    statuses.fetch(store, connector)
    word = next(each for each in statuses.words(store) if each.status == "completed" and each.orders)
    Store.objects.filter(id=store.pk).update(status_map={word.word: "pending"})
    store.refresh_from_db()

    changed = statuses.derive(store)

    assert changed == word.orders == Order.objects.filter(status="pending", source_status=word.word).count()
    history.begin(store, type(connector), again=True)
    history.run(store, connector)
    assert Order.objects.filter(source_status=word.word).exclude(status="pending").count() == 0


def test_webhooks_bring_news_in(store: Store, connector: Connector, shop: FakeShop, world: World) -> None:
    if not connector.makes_webhooks:
        pytest.skip("its webhooks are made by hand, or there are none")
    history.run(store, connector)
    subscribe(store, connector)
    order = world.place()
    for _, body, headers in shop.deliveries("order", "created", order.id):
        arrival(store, connector, body, headers)
        arrival(store, connector, body, headers)

    worked = hooks.work(store, connector)

    assert worked == 1
    assert kept(store) == world.truth().orders
    assert Activity.objects.filter(kind="order_created", live=True).count() == 1


def subscribe(store: Store, connector: Connector) -> None:
    """Makes the shop's webhooks, with the store's own secret."""
    secret = hooks.secret_of(shops.connection_of(store))
    connector.subscribe("https://comanda.example/hooks/shop/x", secret)


def arrival(store: Store, connector: Connector, body: bytes, headers: dict[str, str]) -> None:
    """A delivery arrives."""
    delivery = Delivery(body, {name.lower(): value for name, value in headers.items()})
    hooks.store([hooks.arrival(store, delivery, type(connector))])


def test_a_shop_that_fails_waits_ever_longer(store: Store, shop: FakeShop) -> None:
    shop.trouble.every = lambda request: Response(503)

    tasks.sync_store(store.pk)

    connection = Connection.objects.get(store=store)
    assert (connection.state, connection.error_code, connection.failures) == ("on", "down", 1)
    assert connection.retry_at is not None
    assert connection.retry_at > datetime.now(UTC) + timedelta(seconds=20)


def test_a_refused_key_waits_for_the_owner(store: Store, shop: FakeShop) -> None:
    right = shop.fields()
    secrets = [field.name for field in shops.platform_of(store).fields if field.secret]
    wrong = {name: right[name][:-4] + "0000" for name in secrets if name in right}
    connections.connect(store, {**right, **wrong})

    tasks.sync_store(store.pk)

    connection = Connection.objects.get(store=store)
    assert connection.state == "broken"
    assert connection.error_code in ("key_refused", "key_expired")


def test_one_job_does_it_all(store: Store, shop: FakeShop, world: World) -> None:
    tasks.sync_store(store.pk)

    assert kept(store) == world.truth().orders
    assert all(row.pulled_at for row in Sync.objects.filter(store=store) if row.resource == "orders")
    assert ShopCall.objects.filter(store=store, status=200).exists()
    kind = shops.platform_of(store)
    secrets = [value for each in kind.fields if each.secret and (value := shop.fields().get(each.name))]
    assert not [call for call in ShopCall.objects.all() for secret in secrets if secret in call.url]


def test_carts_are_abandoned_recovered_and_ordered(
    store: Store, connector: Connector, shop: FakeShop, world: World
) -> None:
    if Resource.CARTS not in connector.resources or connector.platform == "woocommerce":
        pytest.skip("its carts cannot be read, or are unpaid orders")
    tasks.sync_store(store.pk)
    left, bought = world.begin(), world.begin()
    tasks.perform(store, connector, by_hand=True)
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    Cart.objects.filter(external_id=shop.cart_key(left.id)).update(source_updated_at=long_ago)
    carts.settle(store)

    states = {row.external_id: row.state for row in Cart.objects.filter(store=store)}
    assert states[shop.cart_key(left.id)] == "abandoned"
    world.pay(world.place(left))
    world.pay(world.place(bought))
    tasks.perform(store, connector, by_hand=True)

    states = {row.external_id: row.state for row in Cart.objects.filter(store=store)}
    assert states[shop.cart_key(left.id)] == "recovered"
    assert states.get(shop.cart_key(bought.id), "ordered") in ("ordered", "recovered")


def test_what_a_webhook_tells_whole_is_taken_as_it_is(
    store: Store, connector: Connector, shop: FakeShop, world: World
) -> None:
    if store.platform != "shopify":
        pytest.skip("nothing it tells is whole")
    connector.subscribe("https://comanda.example/hooks/shop/x", "")
    cart = world.begin()
    for _, body, headers in shop.deliveries("cart", "created", cart.id):
        arrival(store, connector, body, headers)
    before = len(shop.requests)

    hooks.work(store, connector)

    row = Cart.objects.get(store=store)
    assert (row.external_id, row.state) == (shop.cart_key(cart.id), "active")
    assert row.total == sum(each.total for each in cart.bought)
    assert row.contact is not None
    assert row.contact.email == cart.person.email.lower()
    assert len(shop.requests) == before
    assert not Inbox.objects.filter(state=InboxState.NEW).exists()


@pytest.mark.parametrize("platform", ["woocommerce"])
def test_a_store_that_is_deleted_meanwhile_ends_quietly(
    store: Store, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delete_midway() -> None:
        if Order.objects.filter(store=store).exists():
            Store.objects.filter(id=store.pk).update(removal_asked_at=datetime.now(UTC))

    monkeypatch.setattr("comanda.ingest.sync.history.leaving.check", delete_midway)

    tasks.sync_store(store.pk)

    assert 0 < Order.objects.filter(store=store).count() < len(shop.world.orders)
    assert Connection.objects.get(store=store).error_code == ""


@pytest.mark.parametrize("platform", ["woocommerce"])
def test_the_same_webhook_again_has_the_record_read_again(
    store: Store, connector: Connector, shop: FakeShop, world: World
) -> None:
    subscribe(store, connector)
    order = world.place()
    sent = list(shop.deliveries("order", "created", order.id))
    arrival(store, connector, *sent[0][1:])
    hooks.work(store, connector)
    world.pay(order)

    arrival(store, connector, *sent[0][1:])
    worked = hooks.work(store, connector)

    assert worked == 1
    assert Order.objects.get(external_id=str(order.id)).status == "completed"
    assert Inbox.objects.filter(kind="webhook").count() == 1


@pytest.mark.parametrize("platform", ["woocommerce"])
def test_a_webhook_that_comes_while_it_is_worked_off_is_not_lost(
    store: Store, connector: Connector, shop: FakeShop, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(store, connector)
    order = world.place()
    sent = list(shop.deliveries("order", "created", order.id))
    usual = hooks.reread
    came: list[int] = []

    def meanwhile(*given: object) -> object:
        taken = usual(*given)  # type: ignore[arg-type]
        if not came:
            came.append(1)
            world.pay(order)
            arrival(store, connector, *sent[0][1:])
        return taken

    monkeypatch.setattr(hooks, "reread", meanwhile)
    arrival(store, connector, *sent[0][1:])

    assert hooks.work(store, connector) == 2
    assert Order.objects.get(external_id=str(order.id)).status == "completed"

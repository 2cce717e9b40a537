"""What did not come in, tried again."""

from hashlib import blake2b

import orjson
import pytest

from comanda.connectors.base import Connector, Resource
from comanda.connectors.errors import Unsupported
from comanda.ingest.sync import hooks, replay, tasks
from comanda.records import connections, progress, stores
from comanda.records.models import Inbox, InboxState, Order, Store
from tests.fake_shops.server import FakeShop
from tests.fake_shops.world import World


@pytest.fixture(params=["woocommerce"])
def platform(request: pytest.FixtureRequest) -> str:
    """One will do: what is platforms' own is tried by their contract."""
    return str(request.param)


def failed(store: Store, order_id: str, body: bytes = b"", kind: str = "orders") -> Inbox:
    return Inbox.objects.create(
        store=store, kind=kind, external_id=order_id, source="pull", delivery=f"failed {kind} {order_id}",
        body=body, state=InboxState.FAILED, error_code="unreadable", tries=1,
    )  # fmt: skip


def run(
    store: Store, connector: Connector, kind: str = "orders", ids: tuple[int, ...] = ()
) -> replay.Replayed:
    return replay.run(store, connector, kind, ids, lambda stage, done, total: None)


def test_it_reads_the_record_again_from_the_shop(store: Store, connector: Connector, world: World) -> None:
    first, second, *_ = world.orders
    rows = failed(store, str(first)), failed(store, str(second))

    told = run(store, connector)

    assert told == replay.Replayed(done=2, failed=0)
    assert set(Order.objects.values_list("external_id", flat=True)) == {str(first), str(second)}
    assert {row.state for row in Inbox.objects.filter(id__in=[row.pk for row in rows])} == {"done"}


def test_it_tries_one_alone(store: Store, connector: Connector, world: World) -> None:
    first, second, *_ = world.orders
    one, other = failed(store, str(first)), failed(store, str(second))

    told = run(store, connector, ids=(one.pk,))

    assert told == replay.Replayed(done=1, failed=0)
    other.refresh_from_db()
    assert other.state == InboxState.FAILED


def test_what_the_shop_has_no_more_is_settled(store: Store, connector: Connector) -> None:
    row = failed(store, "999999")

    told = run(store, connector)

    row.refresh_from_db()
    assert told == replay.Replayed(done=1, failed=0)
    assert (row.state, row.error_code) == (InboxState.DONE, replay.GONE)
    assert not Order.objects.exists()


def test_what_still_cannot_be_read_stays(
    store: Store, connector: Connector, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = failed(store, str(next(iter(world.orders))))
    monkeypatch.setattr(connector, "shapes", lambda resource, raw: [][0])

    told = run(store, connector)

    row.refresh_from_db()
    assert told == replay.Replayed(done=0, failed=1)
    assert (row.state, row.tries) == (InboxState.FAILED, 2)
    assert (row.error_code, row.error_facts) == (
        "unreadable",
        {"what": "IndexError: list index out of range"},
    )


def test_what_cannot_be_asked_for_is_shaped_from_its_payload(
    store: Store, connector: Connector, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = str(next(iter(world.orders)))
    raw = connector.read(Resource.ORDERS, [number])[0]
    row = failed(store, number, orjson.dumps(raw))

    def refuse(resource: Resource, ids: object) -> None:
        raise Unsupported("reading one record")

    monkeypatch.setattr(connector, "read", refuse)
    told = run(store, connector)

    row.refresh_from_db()
    assert told == replay.Replayed(done=1, failed=0)
    assert row.state == InboxState.DONE
    assert Order.objects.get().external_id == number


def test_a_payload_without_a_number_is_shaped_anew(store: Store, connector: Connector) -> None:
    row = failed(store, "a-hash", b'{"total": "1.00"}')

    told = run(store, connector)

    row.refresh_from_db()
    assert told == replay.Replayed(done=0, failed=1)
    assert row.state == InboxState.FAILED


def test_what_stays_stays_once(store: Store, connector: Connector) -> None:
    body = orjson.dumps({"total": "1.00"})
    failed(store, blake2b(body, digest_size=12).hexdigest(), body)
    failed(store, "999999", b'{"id": 1}')

    run(store, connector)

    assert Inbox.objects.count() == 2
    assert Inbox.objects.get(external_id="999999").state == InboxState.DONE


def test_webhooks_are_worked_off_again(store: Store, connector: Connector, world: World) -> None:
    number = next(iter(world.orders))
    row = failed(store, "x-wc-webhook-topic: order.updated", orjson.dumps({"id": number}), hooks.KIND)

    told = run(store, connector, hooks.KIND)

    row.refresh_from_db()
    assert told == replay.Replayed(done=1, failed=0)
    assert row.state == InboxState.DONE
    assert Order.objects.get().external_id == str(number)


def test_its_job_tells_how_far_it_is_and_leaves_nothing_behind(store: Store, world: World) -> None:
    failed(store, str(next(iter(world.orders))))
    progress.announce(replay.task(store))

    tasks.replay_failed(store.pk, "orders", [])

    assert Order.objects.count() == 1
    assert progress.find(replay.task(store)) is None


def test_its_job_leaves_nothing_behind_when_the_shop_is_away(store: Store, shop: FakeShop) -> None:
    failed(store, "1")
    connections.connect(store, {"consumer_key": "ck_wrong", "consumer_secret": "cs_wrong"})
    progress.announce(replay.task(store))

    tasks.replay_failed(store.pk, "orders", [])

    assert progress.find(replay.task(store)) is None
    assert Inbox.objects.get().state == InboxState.FAILED


def test_its_job_leaves_nothing_behind_when_the_store_was_archived(store: Store) -> None:
    failed(store, "1")
    progress.announce(replay.task(store))
    stores.archive(store)

    tasks.replay_failed(store.pk, "orders", [])

    assert progress.find(replay.task(store)) is None

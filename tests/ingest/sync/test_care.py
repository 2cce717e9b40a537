"""What changes in a shop without a word is seen, and said; what was wrong and is mended goes on by itself."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from procrastinate.contrib.django.models import ProcrastinateJob

from comanda.ingest.sync import care, shops, standing, steering, tasks
from comanda.records import connections, locks
from comanda.records.models import Connection, ConnectionState, Order, Store
from tests import threads
from tests.fake_shops.server import FakeShop, Request, Response
from tests.fake_shops.world import World


@pytest.fixture(params=["woocommerce"])
def platform(request: pytest.FixtureRequest) -> str:
    """One will do."""
    return str(request.param)


def look(store: Store) -> Connection:
    with shops.opened(store) as connector:
        care.take(shops.connection_of(store), connector)
    return Connection.objects.get()


def test_a_shop_as_it_was_has_nothing_to_be_said(store: Store) -> None:
    found = look(store)

    assert found.remarks == []
    assert not care.is_due(found)


def test_another_currency_and_zone_are_said(store: Store, shop: FakeShop, world: World) -> None:
    world.currency = "USD"
    shop.options["zone"] = "Europe/Lisbon"

    found = look(store)

    assert found.remarks == [
        ["currency_changed", {"now": "USD", "was": "EUR"}],
        ["zone_changed", {"now": "Europe/Lisbon", "was": "America/Sao_Paulo"}],
    ]


@pytest.mark.django_db(transaction=True)
def test_orders_keep_the_currency_they_were_made_in(store: Store, world: World) -> None:
    tasks.sync_store(store.pk)
    world.currency = "USD"
    order = world.place()
    Connection.objects.update(hooks_checked_at=None)

    with shops.opened(store) as connector:
        tasks.perform(store, connector, by_hand=True)

    kept = dict(Order.objects.values_list("external_id", "currency"))
    assert kept == {str(o.id): "USD" if o is order else "EUR" for o in world.orders.values()}
    assert standing.remarks(standing.of(store)) == [
        "The shop sells in USD; this store is set to EUR. Each order keeps the currency that it was made in. "
        "If the change is to stay, edit the store."
    ]


def test_a_clock_that_goes_astray_is_seen(store: Store, shop: FakeShop) -> None:
    def ahead(request: Request) -> Response:
        late = datetime.now(UTC) + timedelta(hours=2)
        answer = shop.answer(request)
        answer.headers["Date"] = f"{late:%a, %d %b %Y %H:%M:%S} GMT"
        return answer

    shop.trouble.every = ahead

    assert look(store).skew == pytest.approx(7200, abs=60)
    (said,) = standing.remarks(standing.of(store))
    assert said.startswith("The shop's clock is 7")


@pytest.mark.django_db(transaction=True)
def test_a_key_that_may_only_read_brings_everything_in(
    store: Store, shop: FakeShop, world: World, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "https://comanda.example"
    refused = {"code": "woocommerce_rest_cannot_create", "message": "Sorry, you are not allowed."}
    shop.trouble.every = lambda request: Response.json(refused, 401) if request.method == "POST" else None

    tasks.sync_store(store.pk)

    found = Connection.objects.get()
    assert (found.state, found.remarks, found.hooks_made_at) == ("on", [["hooks_refused", {}]], None)
    assert Order.objects.count() == len(world.orders)


@pytest.mark.django_db(transaction=True)
def test_one_process_at_a_time_syncs_a_store(store: Store, shop: FakeShop, world: World) -> None:
    held, done = threading.Event(), threading.Event()

    def command() -> None:
        with locks.syncing(store.pk, waits=True):
            held.set()
            done.wait(30)

    def worker() -> int:
        held.wait(30)
        tasks.sync_store(store.pk)
        tasks.sync_store(store.pk, full=True)
        done.set()
        return len(shop.requests)

    _, asked = threads.together([command, worker])

    (later,) = ProcrastinateJob.objects.filter(task_name="sync.store")
    assert (asked, later.args["full"]) == (0, True)
    assert later.scheduled_at > datetime.now(UTC) + timedelta(seconds=20)
    tasks.sync_store(store.pk)
    assert Order.objects.count() == len(world.orders)


@pytest.mark.django_db(transaction=True)
def test_a_store_that_is_disconnected_meanwhile_ends_quietly(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_may_run", lambda *given, **named: True)
    steering.disconnect(store, "user 1 (ana@example.com)")

    tasks.sync_store(store.pk)
    tasks.work_hooks(store.pk)
    tasks.audit_store(store.pk)

    assert not Connection.objects.exists()


def fail(store: Store, shop: FakeShop) -> Connection:
    """The shop stands behind a page; the sync waits for someone."""
    shop.trouble.every = lambda request: Response.html("Closed for works", 200)
    tasks.sync_store(store.pk)
    return Connection.objects.get()


def elapse(store: Store) -> None:
    """Until it is tried again."""
    Connection.objects.filter(store=store).update(retry_at=datetime.now(UTC) - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_someone_is_tried_again_by_itself(store: Store, shop: FakeShop, world: World) -> None:
    broken = fail(store, shop)
    shop.trouble.every = lambda request: None
    tasks.tick(int(datetime.now(UTC).timestamp()))
    asked_early = ProcrastinateJob.objects.filter(task_name="sync.store").count()
    elapse(store)

    tasks.tick(int(datetime.now(UTC).timestamp()))
    tasks.sync_store(store.pk)

    assert (broken.state, broken.error_code, asked_early) == (ConnectionState.BROKEN, "html", 0)
    assert ProcrastinateJob.objects.filter(task_name="sync.store").count() == 1
    healed = Connection.objects.get()
    assert (healed.state, healed.error_code, healed.retry_at) == (ConnectionState.ON, "", None)
    assert Order.objects.count() == len(world.orders)


@pytest.mark.django_db(transaction=True)
def test_webhooks_do_not_put_the_next_try_off(store: Store, shop: FakeShop) -> None:
    before = fail(store, shop)

    connections.fail(Connection.objects.get(), "html", {"host": "shop.example"}, None)

    after = Connection.objects.get()
    assert (after.retry_at, after.failures) == (before.retry_at, 1)


@pytest.mark.django_db(transaction=True)
def test_a_job_of_webhooks_alone_does_not_call_it_well(store: Store, shop: FakeShop) -> None:
    fail(store, shop)

    tasks.work_hooks(store.pk)

    assert Connection.objects.get().state == ConnectionState.BROKEN


def test_an_app_that_was_taken_out_is_not_tried_again(store: Store) -> None:
    connection = Connection.objects.get()
    connections.fail(connection, "app_removed", {}, None, is_final=True)

    assert not shops.is_due(connection, datetime.now(UTC) + timedelta(days=400))


@pytest.mark.django_db(transaction=True)
def test_a_failure_does_not_switch_on_what_was_paused_meanwhile(store: Store) -> None:
    stale = Connection.objects.get()
    steering.pause(store, "user 1 (ana@example.com)")

    connections.fail(stale, "down", {"status": "503"}, 60.0)

    assert Connection.objects.get().state == ConnectionState.PAUSED
    assert not shops.is_due(Connection.objects.get(), datetime.now(UTC) + timedelta(days=1))


def test_waits_grow_to_ten_minutes_and_obey_the_shop(store: Store) -> None:
    connection = Connection.objects.get()
    waits = []
    for after in (60.0, *[30.0] * 8, 7_200.0):
        Connection.objects.update(retry_at=None)
        connections.fail(connection, "down", {"status": "503"}, after)
        assert connection.retry_at is not None
        waits.append(round((connection.retry_at - datetime.now(UTC)).total_seconds() / 10) * 10)

    assert waits == [60, 60, 120, 240, 480, 600, 600, 600, 600, 7200]

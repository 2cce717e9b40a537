"""What people do with a sync: done, and in the audit log."""

from datetime import date

import pytest
from django.conf import LazySettings
from procrastinate.contrib.django.models import ProcrastinateJob

from comanda.connectors.woocommerce.client import WooCommerce
from comanda.ingest.sync import hooks, joining, shops, statuses, steering
from comanda.ingest.sync.shops import NotConnected
from comanda.records import connections, progress, stores
from comanda.records.models import AuditEntry, Connection, ConnectionState, Store
from tests.fake_shops.server import FakeShop

WHO = "user 1 (ana@example.com)"


@pytest.fixture(params=["woocommerce"])
def platform(request: pytest.FixtureRequest) -> str:
    """One will do."""
    return str(request.param)


def jobs() -> list[str]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", flat=True))


def deeds() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("actor", "action", "target"))


def test_a_sync_is_asked_for_once(store: Store) -> None:
    assert steering.sync(store, WHO) is True
    assert steering.sync(store, WHO) is False

    assert jobs() == ["sync.store"]
    assert deeds() == [(WHO, "store.sync", "store shop")] * 2


def test_a_store_that_waits_for_someone_is_tried_again(store: Store) -> None:
    connections.fail(Connection.objects.get(), "key_refused", {"status": "401"}, None)

    steering.sync(store, WHO)

    kept = Connection.objects.get()
    assert (kept.state, kept.error_code) == (ConnectionState.ON, "")


def test_it_pauses_and_goes_on(store: Store) -> None:
    steering.pause(store, WHO)
    paused = Connection.objects.get().state
    steering.resume(store, WHO)

    assert (paused, Connection.objects.get().state) == (ConnectionState.PAUSED, ConnectionState.ON)
    assert jobs() == ["sync.store"]
    assert [action for _, action, _ in deeds()] == ["store.pause", "store.resume"]


def test_it_takes_its_webhooks_out_of_the_shop_as_it_goes(
    store: Store, shop: FakeShop, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:1"
    with shops.opened(store) as connector:
        hooks.keep_subscribed(Connection.objects.get(), connector, settings.PUBLIC_URL)
    made = len(shop.hooks)

    steering.disconnect(store, WHO)

    assert made > 0
    assert shop.hooks == {}
    assert not Connection.objects.exists()
    assert deeds() == [(WHO, "store.disconnect", "store shop")]


def test_it_disconnects_from_a_shop_that_is_away(store: Store, shop: FakeShop) -> None:
    Connection.objects.update(hooks_made_at="2026-01-01T00:00:00Z")
    Store.objects.update(url="http://127.0.0.1:9")
    store.refresh_from_db()

    steering.disconnect(store, WHO)

    assert not Connection.objects.exists()


def test_it_keeps_the_delay_of_carts(store: Store) -> None:
    steering.delay_carts(store, 90, WHO)

    store.refresh_from_db()
    assert store.settings["cart_minutes"] == 90
    assert AuditEntry.objects.get().detail == {"cart_minutes": 90}


def test_a_map_keeps_only_what_is_not_usual(store: Store) -> None:
    Connection.objects.update(
        statuses={
            "processing": {"label": "Processing", "status": "completed"},
            "on-hold": {"label": "On hold", "status": "pending"},
        }
    )

    changed = steering.map_statuses(store, {"processing": "pending", "on-hold": "pending"}, WHO)
    same = steering.map_statuses(store, {"processing": "pending", "on-hold": "pending"}, WHO)

    store.refresh_from_db()
    assert (changed, same) == (True, False)
    assert store.status_map == {"processing": "pending"}
    assert AuditEntry.objects.get().detail == {"words": ["processing"]}
    assert jobs() == ["sync.statuses"]
    assert progress.find(statuses.task(store)) is not None


def test_days_are_compared_by_a_job(store: Store) -> None:
    steering.compare(store, date(2026, 11, 1), date(2026, 11, 30), WHO)

    job = ProcrastinateJob.objects.get()
    assert job.args == {"store_id": store.pk, "since": "2026-11-01", "until": "2026-11-30"}
    assert AuditEntry.objects.get().detail == {"days": ["2026-11-01", "2026-11-30"]}


def test_a_store_without_a_shop_cannot_be_synced(store: Store) -> None:
    connections.disconnect(store)

    for deed in (steering.sync, steering.pause, steering.resume):
        with pytest.raises(NotConnected):
            deed(store, WHO)
    assert deeds() == []


def test_new_secrets_drop_what_came_of_the_old_ones() -> None:
    kept = {"consumer_key": "ck_a", "consumer_secret": "cs_a", "refresh_token": "old"}

    same = joining.merged(WooCommerce, kept, {"consumer_key": "", "consumer_secret": ""})
    other = joining.merged(WooCommerce, kept, {"consumer_key": "ck_b", "consumer_secret": ""})

    assert same == kept
    assert other == {"consumer_key": "ck_b", "consumer_secret": "cs_a"}


def test_nothing_is_asked_of_a_store_that_is_archived(store: Store) -> None:
    stores.archive(store)

    for deed in (steering.sync, steering.resume):
        with pytest.raises(NotConnected, match="is archived"):
            deed(store, WHO)
    with pytest.raises(NotConnected):
        steering.compare(store, date(2026, 11, 1), date(2026, 11, 1), WHO)
    with pytest.raises(NotConnected):
        steering.replay(store, "orders", [], WHO)
    assert (jobs(), deeds()) == ([], [])

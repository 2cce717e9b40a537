"""How a store stands, on its page, in the list, on Home."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from comanda.ingest.sync import tasks
from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import connections, progress
from comanda.records.models import AuditEntry, Connection, Inbox, ShopCall, Store, Sync
from tests import factories
from tests.factories import LIVE
from tests.web.shops.reading import text


def done(store: Store, at: datetime | None = None) -> None:
    Sync.objects.filter(store=store).update(
        state="done", seen=12, synced_to=at or datetime.now(UTC), pulled_at=at or datetime.now(UTC)
    )


def test_it_tells_how_far_the_history_is(store: Store, viewer: Client) -> None:
    Sync.objects.filter(store=store, resource="orders").update(state="running", seen=300, total=1200)
    with progress.shown(f"history {store.pk}") as tell:
        tell("orders", 0, 1200)
        shown = text(viewer.get("/stores/shop"))

    assert "Reading the history" in shown
    assert "300 records so far" in shown
    assert "300 of 1,200 records" in shown
    assert 'value="25"' in shown
    assert 'hx-trigger="every 2s"' in shown


def test_it_stamps_what_is_complete(store: Store, viewer: Client) -> None:
    done(store)
    for number in range(2):
        Inbox.objects.create(store=store, kind="orders", external_id=str(number), source="pull", body=b"",
                             state="failed")  # fmt: skip

    page = text(viewer.get("/stores/shop/state"))
    listed = text(viewer.get("/stores"))

    for shown in (page, listed):
        assert "In step" in shown
        assert "2 refused" in shown
        assert "Complete to" in shown
    assert "/stores/shop/inbox?state=failed&kind=orders" in page


def test_the_stamp_of_today_is_a_time_and_of_other_days_a_date(store: Store, viewer: Client) -> None:
    done(store, datetime.now(UTC) - timedelta(days=9))

    shown = text(viewer.get("/stores"))

    day = timezone.localtime(datetime.now(UTC) - timedelta(days=9))
    assert f"Complete to {day:%b} {day.day}, {day.year}, " in shown


def test_it_says_what_is_wrong_and_what_to_do(store: Store, owner: Client, viewer: Client) -> None:
    connections.fail(Connection.objects.get(), "key_refused", {"status": "401"}, None)

    shown, looked = text(owner.get("/stores/shop")), text(viewer.get("/stores/shop"))

    for page in (shown, looked):
        assert "Needs you" in page
        assert "The shop does not take the key (401)." in page
        assert "Make a new key in the shop and put it into the connection." in page
    assert 'id="sync-keys"' in shown
    assert 'id="sync-keys"' not in looked


def test_a_code_that_is_not_known_any_more_breaks_nothing(store: Store, viewer: Client) -> None:
    connections.fail(Connection.objects.get(), "no_such_code", {}, None)

    assert viewer.get("/stores/shop").status_code == 200


def test_a_fact_that_is_missing_shows_as_a_question_mark(store: Store, viewer: Client) -> None:
    connections.fail(Connection.objects.get(), "key_refused", {}, None)

    assert "The shop does not take the key (?)." in text(viewer.get("/stores/shop"))


def test_it_names_a_field_as_its_form_does(store: Store, viewer: Client) -> None:
    connections.fail(Connection.objects.get(), "key_missing", {"field": "consumer_key"}, None)

    assert "Consumer key is missing." in text(viewer.get("/stores/shop"))


def test_it_waits_by_itself(store: Store, viewer: Client) -> None:
    done(store)
    connections.fail(Connection.objects.get(), "down", {"status": "503"}, 3600)

    shown = text(viewer.get("/stores/shop"))

    assert "Waiting, then trying again" in shown
    assert "The shop is out of order (503)." in shown
    assert "It is tried again" in shown
    assert "sync-resources" not in shown


def test_it_tells_of_webhooks(store: Store, owner: Client, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://comanda.example"
    connections.saw_hook(store.pk)
    connections.saw_hook(store.pk, is_forged=True)

    shown = text(owner.get("/stores/shop"))

    assert "Last webhook</dt><dd><time" in shown
    assert 'Forged webhooks</dt><dd class="text-doubt">1</dd>' in shown
    assert "Comanda makes them in the shop by itself" in shown


def test_the_address_of_webhooks_is_for_owners_where_it_is_entered_by_hand(
    store: Store, owner: Client, marketer: Client, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "https://comanda.example"
    Store.objects.update(platform="tray")
    where = f"https://comanda.example/hooks/shop/{Connection.objects.get().hook_key}"

    assert where in text(owner.get("/stores/shop"))
    assert where not in text(marketer.get("/stores/shop"))


def test_it_shows_the_last_calls_without_what_is_secret(store: Store, viewer: Client) -> None:
    ShopCall.objects.create(
        store=store, at=datetime.now(UTC), method="GET", status=200, seconds=0.25, size=2048,
        url="https://shop.example/wp-json/wc/v3/orders?consumer_key=%E2%80%A6&per_page=100",
    )  # fmt: skip
    ShopCall.objects.create(
        store=store, at=datetime.now(UTC), method="GET", status=503, seconds=1, size=0, error="down",
        url="https://shop.example/",
    )  # fmt: skip

    shown = text(viewer.get("/stores/shop/calls"))

    assert '<code class="break-anywhere">GET /wp-json/wc/v3/orders</code>' in shown
    assert "per_page=100" in shown
    assert "consumer_key" not in shown
    assert "The shop is out of order (503)." in shown


def test_a_sync_is_asked_for_by_its_button(store: Store, marketer: Client) -> None:
    first = marketer.post("/stores/shop/sync", follow=True)
    second = marketer.post("/stores/shop/sync", follow=True)

    assert "as soon as its turn comes" in text(first)
    assert "That is asked for already." in text(second)
    assert AuditEntry.objects.filter(action="store.sync").count() == 2


def test_a_synced_store_shows_what_it_has(store: Store, viewer: Client) -> None:
    tasks.sync_store(store.pk, by_hand=True)

    shown = text(viewer.get("/stores/shop/state"))

    assert "In step" in shown
    assert "Complete to" in shown


def test_it_is_switched_off_and_on(store: Store, owner: Client) -> None:
    owner.post("/stores/shop/pause")
    paused = text(owner.get("/stores/shop"))
    owner.post("/stores/shop/resume")

    assert "Paused" in paused
    assert 'action="/stores/shop/resume"' in paused
    assert 'action="/stores/shop/pause"' in text(owner.get("/stores/shop"))


def test_a_store_that_was_disconnected_says_so(store: Store, owner: Client, viewer: Client) -> None:
    owner.post("/stores/shop/disconnect")

    shown = text(owner.get("/stores/shop"))

    assert "Not connected" in shown
    assert 'href="/stores/shop/connection"' in shown
    assert 'href="/stores/shop/connection"' not in text(viewer.get("/stores/shop"))


@pytest.mark.parametrize(
    ("typed", "said"), [("90", None), ("1", "greater than or equal to 5"), ("x", "whole")]
)
def test_the_delay_of_carts_is_a_number_of_minutes(
    store: Store, owner: Client, typed: str, said: str | None
) -> None:
    answer = owner.post("/stores/shop/settings", {"minutes": typed})

    store.refresh_from_db()
    assert answer.status_code == (422 if said else 302)
    assert store.settings.get("cart_minutes") == (None if said else 90)
    assert said is None or (said in text(answer) and f'value="{typed}"' in text(answer))


def test_orders_that_mean_nothing_are_to_be_looked_at(store: Store, viewer: Client) -> None:
    reference = StoreRef(store.pk, store.key, store.country, None)
    upsert(reference, [factories.order("1", status="unknown", source_status="odd")], LIVE)

    assert "1 order has a word of the shop's that means nothing yet." in text(viewer.get("/stores/shop"))


def test_home_shows_the_stamp(store: Store, viewer: Client) -> None:
    reference = StoreRef(store.pk, store.key, store.country, None)
    upsert(reference, [factories.order("1", placed_at=datetime.now(UTC))], LIVE)
    done(store)

    assert "Complete to" in text(viewer.get("/"))

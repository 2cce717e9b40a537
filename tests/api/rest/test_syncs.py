"""`/stores/{key}/sync` and `/audit`: asked for, told, and only to whom they may be."""

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from comanda.ingest.upsert import StoreRef
from comanda.records import connections
from comanda.records.models import Audit, AuditEntry, Role, Store, Sync
from tests.api import client
from tests.api.client import Caller


@pytest.fixture
def connected(store: StoreRef) -> Store:
    """The store ``shop``, connected."""
    found = Store.objects.get(id=store.id)
    found.platform, found.url = "woocommerce", "https://shop.example"
    found.save()
    connections.connect(found, {"consumer_key": "ck_" + "0" * 40, "consumer_secret": "cs_" + "0" * 40})
    return found


def test_a_store_without_a_shop_says_so(owner: Caller) -> None:
    told = owner.get("stores/shop/sync")

    assert told.status == 200
    assert told.body["state"] == "unconnected"
    refused = owner.post("stores/shop/sync", {})
    assert refused.status == 409
    assert "not connected" in refused.body["detail"] or "can be connected" in refused.body["detail"]


def test_a_sync_is_asked_for_once(owner: Caller, connected: Store) -> None:
    first, second = (owner.post("stores/shop/sync", {"full": True}) for _ in range(2))

    assert (first.status, second.status) == (202, 202)
    assert jobs("sync.store") == 1


def test_marketers_may_sync_and_compare_as_on_pages(connected: Store) -> None:
    marketer, viewer = client.make(Role.MARKETER), client.make(Role.VIEWER)
    asked = [("stores/shop/sync", {}), ("stores/shop/audit", {"from": "2026-11-01", "to": "2026-11-02"})]

    assert [marketer.post(*each).status for each in asked] == [202, 202]
    assert [viewer.post(*each).status for each in asked] == [403, 403]
    deeds = AuditEntry.objects.filter(action__startswith="store.").order_by("id")
    assert list(deeds.values_list("action", flat=True)) == ["store.sync", "store.compare"]


def jobs(task: str) -> int:
    return int(ProcrastinateJob.objects.filter(task_name=task).count())


def test_it_tells_how_far_a_shop_is(owner: Caller, connected: Store) -> None:
    Sync.objects.create(store=connected, resource="orders", state="running", seen=100, total=250)

    told = owner.get("stores/shop/sync").body

    assert told["state"] == "history"
    assert told["resources"] == [
        {
            "resource": "orders",
            "state": "running",
            "seen": 100,
            "total": 250,
            "synced_to": None,
            "pulled_at": None,
        }
    ]


def test_it_tells_what_an_audit_found(owner: Caller, connected: Store) -> None:
    difference = {"order_id": "7", "reason": "refused", "shop_total": "9.50", "own_total": None,
                  "currency": "EUR", "note": "lines.0.quantity: expected a number"}  # fmt: skip
    Audit.objects.create(
        store=connected,
        day=date(2026, 3, 1),
        shop_orders=2,
        own_orders=1,
        shop_totals={"EUR": "19.50"},
        own_totals={"EUR": "10"},
        differences=[difference],
    )

    told = owner.get("stores/shop/audit", **{"from": "2026-03-01", "to": "2026-03-02"}).body

    assert [(day["day"], day["complete"], day["differences"]) for day in told] == [
        ("2026-03-01", False, [difference])
    ]


def test_an_audit_of_days_is_asked_for(owner: Caller, connected: Store) -> None:
    told = owner.post("stores/shop/audit", {"from": "2026-03-01", "to": "2026-03-03"})

    assert told.status == 202
    assert told.body == {"asked": True, "since": "2026-03-01", "until": "2026-03-03"}
    assert jobs("sync.audit") == 1


@pytest.mark.parametrize("day", ["soon", "0", "1764547200", "2026-13-01", "2026-1-1"])
def test_days_that_are_none_are_refused(owner: Caller, connected: Store, day: str) -> None:
    assert owner.get("stores/shop/audit", **{"from": day}).status == 422


def test_days_the_wrong_way_round_are_turned(owner: Caller, connected: Store) -> None:
    told = owner.post("stores/shop/audit", {"from": "2026-03-03", "to": "2026-03-01"})

    assert (told.body["since"], told.body["until"]) == ("2026-03-01", "2026-03-03")


def test_of_many_days_a_year_is_compared(owner: Caller, connected: Store) -> None:
    told = owner.post("stores/shop/audit", {"from": "2020-01-01", "to": "2026-01-01"})

    assert (told.body["since"], told.body["until"]) == ("2020-01-01", "2020-12-31")

"""The days of a store, compared."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from comanda.ingest.sync import tasks
from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import connections
from comanda.records.models import Audit, AuditEntry, Connection, Order, Store
from tests import factories
from tests.factories import LIVE
from tests.fake_shops.server import FakeShop
from tests.web.shops.reading import text


def difference(order_id: str, reason: str, shop: str | None, own: str | None) -> dict[str, Any]:
    return {
        "order_id": order_id, "reason": reason, "shop_total": shop, "own_total": own, "currency": "EUR",
        "note": "",
    }  # fmt: skip


def compared(store: Store, day: str, *differences: dict[str, Any], shop: int = 3) -> Audit:
    return Audit.objects.create(
        store=store, day=day, shop_orders=shop, own_orders=3, shop_totals={"EUR": "30.00"},
        own_totals={"EUR": "20.50"}, differences=list(differences), healed=1,
    )  # fmt: skip


def test_its_calendar_is_green_amber_and_grey(store: Store, viewer: Client) -> None:
    compared(store, "2026-03-01")
    compared(store, "2026-03-02", difference("7", "on_its_way", "1.00", None))
    compared(store, "2026-03-03", difference("8", "unexplained", "1.00", None))

    shown = text(viewer.get("/stores/shop/audit?month=2026-03"))

    assert shown.count('<td class="is-green">') == 2
    assert shown.count('<td class="is-amber">') == 1
    assert shown.count('<td class="is-grey">') == 28
    assert "March 3, 2026: 1 difference<" in shown
    assert 'href="?month=2026-02"' in shown
    assert 'href="?month=2026-04"' in shown


def test_the_last_comparison_of_a_day_counts(store: Store, viewer: Client) -> None:
    compared(store, "2026-03-03", difference("8", "unexplained", "1.00", None))
    compared(store, "2026-03-03")

    assert '<td class="is-amber">' not in text(viewer.get("/stores/shop/audit?month=2026-03"))


@pytest.mark.parametrize("month", ["", "2026-13", "x", "1999-01", "9999-12", "<script>"])
def test_a_month_that_is_none_is_this_one(store: Store, viewer: Client, month: str) -> None:
    answer = viewer.get("/stores/shop/audit", {"month": month})

    today = datetime.now(ZoneInfo(store.timezone)).date()
    assert answer.context["first"] == today.replace(day=1)


def test_a_day_says_why_an_order_did_not_come_in(store: Store, viewer: Client) -> None:
    told = {
        **difference("9", "refused", "12.00", None), "note": "currency: …", "code": "refused",
        "facts": {"part": "currency", "value": "EURO", "what": "currency: expected a code"},
    }  # fmt: skip
    compared(store, "2026-03-03", told, shop=4)

    shown = text(viewer.get("/stores/shop/audit/2026-03-03"))

    assert "Currency: “EURO” cannot be kept.</div>" in shown
    assert ">Correct it in the shop, then try it again.</div>" in shown
    assert '<code class="small break-anywhere">currency: expected a code</code>' in shown


def test_a_day_says_on_which_day_an_order_lies_here(store: Store, viewer: Client) -> None:
    told = {**difference("9", "moved_day", "12.00", None), "note": "2026-03-04T01:30:00+00:00"}
    compared(store, "2026-03-03", told, shop=4)

    assert 'datetime="2026-03-04T01:30:00+00:00"' in text(viewer.get("/stores/shop/audit/2026-03-03"))


def test_a_day_shows_each_difference_and_its_reason(store: Store, viewer: Client) -> None:
    upsert(StoreRef(store.pk, "shop", "PT", None), [factories.order("8", number="#8")], LIVE)
    compared(
        store, "2026-03-03", difference("8", "deleted_there", None, "10.00"),
        difference("9<b>", "refused", "12.00", None), shop=4,
    )  # fmt: skip

    shown = text(viewer.get("/stores/shop/audit/2026-03-03"))

    assert f'<a href="/orders/{Order.objects.get().pk}">#8</a>' in shown
    assert "Deleted in the shop" in shown
    assert "The shop has it no more." in shown
    assert '<a href="/stores/shop/inbox?id=9%3Cb%3E">' in shown
    assert "lies in the inbox with the reason" in shown
    assert "€30.00" in shown
    assert "-€9.50" in shown
    assert ">-1</span>" in shown
    assert "1 order differed, and was mended by reading it again." in shown


def test_a_day_keeps_its_earlier_comparisons(store: Store, viewer: Client) -> None:
    old = compared(store, "2026-03-03", difference("8", "unexplained", "1.00", None))
    compared(store, "2026-03-03")

    now, then = (text(viewer.get(f"/stores/shop/audit/2026-03-03{query}")) for query in ("", f"?at={old.pk}"))

    assert "Every order is accounted for" in now
    assert "Not explained" in then


def test_a_day_is_compared_with_the_shop_again(store: Store, shop: FakeShop, marketer: Client) -> None:
    tasks.sync_store(store.pk, by_hand=True)
    order = next(iter(shop.world.orders.values()))
    day = order.placed_at.astimezone(ZoneInfo(store.timezone)).date().isoformat()

    asked = marketer.post(f"/stores/shop/audit/{day}/compare")
    waiting = text(marketer.get(asked.headers["Location"]))
    tasks.audit_store(store.pk, day, day)
    done = text(marketer.get(asked.headers["Location"], headers={"HX-Target": "compared"}))

    assert "The day is being compared with the shop." in waiting
    assert "Every order is accounted for" in done
    assert "hx-trigger" not in done
    assert AuditEntry.objects.get(action="store.compare").detail == {"days": [day]}


def test_it_says_when_the_shop_could_not_be_asked(store: Store, marketer: Client) -> None:
    since = (datetime.now(UTC) - timedelta(seconds=5)).isoformat()
    connections.fail(Connection.objects.get(), "down", {"status": "503"}, 60)

    shown = text(marketer.get("/stores/shop/audit/2026-03-03", {"since": since}))

    assert "The shop is out of order (503)." in shown
    assert "hx-trigger" not in shown.split('id="compared"')[1]


def test_a_month_is_compared_as_far_as_it_is_over(store: Store, marketer: Client) -> None:
    today = datetime.now(ZoneInfo(store.timezone)).date()

    answer = marketer.post("/stores/shop/audit/month/compare", {"month": f"{today:%Y-%m}"})

    first = today.replace(day=1)
    assert answer.headers["Location"] == f"/stores/shop/audit?month={today:%Y-%m}"
    days = AuditEntry.objects.get(action="store.compare").detail["days"]
    assert [date.fromisoformat(day) for day in days] == sorted({first, today})


def test_a_day_that_was_not_compared_says_so(store: Store, viewer: Client) -> None:
    assert "Not compared yet" in text(viewer.get("/stores/shop/audit/2026-03-03"))

"""Home: the first steps, the figures, what comes in."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import progress, sales
from comanda.records.models import Import, ImportState, Order, Store
from tests import factories
from tests.factories import LIVE

HOUR = timedelta(hours=1)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def sell(store: StoreRef, number: str, ago: timedelta, **columns: Any) -> int:
    placed_at = datetime.now(UTC) - ago
    (result,) = upsert(store, [factories.order(number, placed_at=placed_at, **columns)], LIVE)
    assert result.id is not None
    return result.id


@pytest.fixture
def sold(store: StoreRef) -> StoreRef:
    """Two orders now, one in the days before, of two people."""
    ana, rui = factories.contact("ana@example.com", first_name="Ana"), factories.contact("rui@example.com")
    sell(store, "1", 40 * 24 * HOUR, contact=ana, total=Decimal(5))
    sell(store, "2", 2 * HOUR, contact=ana, total=Decimal(20))
    sell(store, "3", HOUR, contact=rui, total=Decimal(10))
    return store


@pytest.fixture
def guided(owner: Client) -> Client:
    """An owner who has made the first steps."""
    owner.cookies["guided"] = "yes"
    return owner


@pytest.mark.parametrize("path", ["/", "/home/latest", "/home/imports"])
def test_everyone_may_look(
    sold: StoreRef, owner: Client, marketer: Client, viewer: Client, stranger: Client, path: str
) -> None:
    assert [each.get(path).status_code for each in (owner, marketer, viewer)] == [200, 200, 200]
    assert stranger.get(path).status_code == 302
    assert stranger.post("/home/people").status_code == 302


def test_it_leads_who_begins_to_a_store(owner: Client) -> None:
    shown = text(owner.get("/"))

    assert 'href="/stores/new"' in shown
    assert 'href="/imports/sample.csv"' in shown
    assert "/imports/new" not in shown


def test_it_then_leads_to_a_file(store: StoreRef, owner: Client) -> None:
    shown = text(owner.get("/"))

    assert "Shop is there." in shown
    assert 'href="/imports/new?store=shop"' in shown


def test_it_then_leads_to_the_people_and_no_further(sold: StoreRef, owner: Client) -> None:
    before = text(owner.get("/"))
    answer = owner.post("/home/people")
    after = text(owner.get("/"))

    assert 'action="/home/people"' in before
    assert answer.headers["Location"] == "/contacts"
    assert 'action="/home/people"' not in after


def test_the_steps_can_be_put_away(sold: StoreRef, owner: Client) -> None:
    answer = owner.post("/home/people", {"later": "yes"})

    assert answer.headers["Location"] == "/"
    assert 'action="/home/people"' not in text(owner.get("/"))


def test_it_leads_nobody_where_all_runs_for_long(sold: StoreRef, owner: Client) -> None:
    Store.objects.update(created_at=datetime.now(UTC) - timedelta(days=8))

    assert 'action="/home/people"' not in text(owner.get("/"))


def test_it_offers_only_what_one_may(marketer: Client, viewer: Client) -> None:
    for each in (marketer, viewer):
        assert 'href="/stores/new"' not in text(each.get("/"))
    assert ["/imports/sample.csv" in text(each.get("/")) for each in (marketer, viewer)] == [True, False]


def test_it_shows_how_the_shops_do(sold: StoreRef, guided: Client) -> None:
    shown = text(guided.get("/"))

    assert '<div class="home-number">€30.00</div>' in shown
    assert "+500%" in shown
    assert '<div class="home-number">2</div>' in shown
    assert '<div class="home-number">€15.00</div>' in shown
    assert "1 new" in shown
    assert "1 returning" in shown
    assert shown.count('<th scope="row"') == 30


def test_what_did_not_move_is_neither_up_nor_down(store: StoreRef, guided: Client) -> None:
    for number, ago in (("1", HOUR), ("2", 31 * 24 * HOUR)):
        sell(store, number, ago)

    shown = text(guided.get("/"))

    assert '<span class="text-secondary text-nowrap">0%</span>' in shown
    assert "-0%" not in shown
    assert "+0%" not in shown


def test_it_adds_no_two_currencies(sold: StoreRef, guided: Client) -> None:
    sell(sold, "4", HOUR, currency="BRL", total=Decimal(7))

    shown = text(guided.get("/"))

    assert '<div class="home-number">€30.00</div>' in shown
    assert "R$7.00" in shown
    assert "37.00" not in shown


@pytest.mark.parametrize(("days", "pieces"), [("7", 7), ("90", 90), ("365", 52), ("8", 30), ("x\0", 30)])
def test_it_looks_at_another_period(sold: StoreRef, guided: Client, days: str, pieces: int) -> None:
    assert text(guided.get("/", {"days": days})).count('<th scope="row"') == pieces


def test_it_looks_at_one_store_or_currency(sold: StoreRef, guided: Client) -> None:
    other = factories.make_store("other", currency="BRL")
    sell(other, "1", HOUR, currency="BRL", total=Decimal(7))

    by_store, by_currency = text(guided.get("/?store=other")), text(guided.get("/?currency=BRL"))

    for shown in (by_store, by_currency):
        assert '<div class="home-number">R$7.00</div>' in shown
    assert "/home/latest?since=" in by_store
    assert "store=other" in by_store.split("/home/latest?since=")[1][:60]


@pytest.mark.parametrize(
    "given", ["?store=nothing", "?store=%00", "?currency=<script>", "?store=" + "x" * 9000]
)
def test_it_passes_over_what_means_nothing(sold: StoreRef, guided: Client, given: str) -> None:
    answer = guided.get(f"/{given}")

    assert answer.status_code == 200
    assert '<div class="home-number">€30.00</div>' in text(answer)
    assert "<script>" not in text(answer)


def test_its_figures_come_later_where_they_take_long(
    sold: StoreRef, guided: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales, "FEW", 1)

    page = text(guided.get("/?days=7"))
    part = text(guided.get("/?days=7&figures=now", headers={"HX-Target": "figures"}))

    assert 'hx-get="/?days=7&amp;figures=now" hx-trigger="load"' in page
    assert "home-number" not in page
    assert '<div class="home-number">€30.00</div>' in part
    assert "<html" not in part


def test_hostile_names_are_text(guided: Client, db: None) -> None:
    store = factories.make_store("odd", name="<script>alert(1)</script>")
    factories.make_store("two")
    buyer = factories.contact(first_name="<img src=x>")
    sell(store, "<b>7</b>", HOUR, contact=buyer)
    Import.objects.create(store_id=store.id, file_name="<i>.csv", state="failed", error="<u>",
                          finished_at=datetime.now(UTC))  # fmt: skip

    shown = text(guided.get("/"))

    for raw in ("<script>alert", "<img src=x", "<b>7", "<i>.csv", "<u>"):
        assert raw not in shown
    assert "&lt;b&gt;7&lt;/b&gt;" in shown


def mark(shown: str) -> str:
    return str(re.findall(r"since=([\w.]+)", shown)[0])


def test_the_latest_orders_come_live(sold: StoreRef, guided: Client) -> None:
    first = mark(text(guided.get("/")))
    nothing = guided.get(f"/home/latest?since={first}")
    order_id = sell(sold, "9", timedelta(), contact=factories.contact("eva@example.com"))

    shown = text(guided.get(f"/home/latest?since={first}"))

    assert (nothing.status_code, nothing.content) == (204, b"")
    assert shown.count('class="is-new"') == 1
    assert f'<tr data-href="/orders/{order_id}" class="is-new">' in shown
    assert "1 new order" in shown
    assert guided.get(f"/home/latest?since={mark(shown)}").status_code == 204


def test_an_order_that_changed_shows_anew_but_is_not_new(sold: StoreRef, guided: Client) -> None:
    first = mark(text(guided.get("/")))
    Order.objects.filter(external_id="3").update(updated_at=datetime.now(UTC) + HOUR)

    shown = guided.get(f"/home/latest?since={first}")

    assert shown.status_code == 200
    assert "is-new" not in text(shown)


@pytest.mark.parametrize("since", ["", "x", "-1.a", "9" * 400, "%00", "<script>"])
def test_a_strange_mark_gets_the_orders(sold: StoreRef, guided: Client, since: str) -> None:
    answer = guided.get(f"/home/latest?since={since}")

    assert answer.status_code == 200
    assert "<script>" not in text(answer)


def test_it_shows_how_imports_stand(sold: StoreRef, viewer: Client) -> None:
    now = datetime.now(UTC)
    running = Import.objects.create(store_id=sold.id, file_name="now.csv", state=ImportState.WRITING)
    Import.objects.create(
        store_id=sold.id, file_name="bad.csv", state="failed", error="Odd.", finished_at=now
    )
    Import.objects.create(
        store_id=sold.id, file_name="old.csv", state="failed", finished_at=now - 8 * 24 * HOUR
    )
    Import.objects.create(store_id=sold.id, file_name="try.csv", state="done", dry_run=True, finished_at=now)
    Import.objects.create(store_id=sold.id, file_name="fine.csv", state="done", finished_at=now)

    with progress.shown(f"import {running.pk}") as tell:
        tell("writing", 30, 100)
        shown = text(viewer.get("/home/imports"))

    assert 'value="30" max="100"' in shown
    assert 'hx-trigger="every 2s"' in shown
    for name, there in (("now", 1), ("bad", 1), ("old", 0), ("try", 0), ("fine", 1)):
        assert shown.count(f"{name}.csv") == there
    assert "It did not come to its end" in shown

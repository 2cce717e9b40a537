"""A shop connected by its owner: a wrong key, mended; orders seen coming in; its words, its days."""

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from comanda.ingest.sync import tasks
from comanda.records.models import Inbox, Order, Store
from tests.fake_shops import server
from tests.fake_shops.server import FakeShop
from tests.fake_shops.woocommerce import KEY, SECRET, Fake
from tests.fake_shops.world import World
from tests.ingest.sync.conftest import connected
from tests.journeys.browser import axe
from tests.journeys.browser.visitor import Desk


@pytest.fixture(autouse=True)
def _private_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMANDA_ALLOW_PRIVATE_HOSTS", "127.0.0.1")


@pytest.fixture
def shop() -> Iterator[FakeShop]:
    """A fake WooCommerce with some orders."""
    with server.served(Fake(World(orders=20))) as served:
        yield served


@pytest.fixture
def store(transactional_db: None, shop: FakeShop) -> Store:
    """A store connected with it and in step."""
    made = connected(shop)
    tasks.sync_store(made.pk, by_hand=True)
    return made


def test_a_shop_is_found_connected_and_seen_coming_in(desk: Desk, owner: str, shop: FakeShop) -> None:
    desk.watch.expect(422)
    page = desk.visit(owner)
    page.goto("/stores/new")
    page.keyboard.type("woo")
    expect(page.get_by_role("link", name=re.compile("PrestaShop"))).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect WooCommerce")

    fill(page, shop, "ck_" + "9z" * 20)
    page.get_by_role("button", name="Test", exact=True).click()
    failed = page.locator(".check-steps .is-failed")
    expect(failed).to_contain_text("The shop does not take the key (401")
    expect(failed).to_contain_text("Make a new key in the shop")
    assert axe.violations(page) == []
    expect(page.get_by_label("Address of the shop")).to_have_value(shop.url)

    page.get_by_label("Consumer key").fill(KEY)
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator(".check-steps .is-passed")).to_have_count(6)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(shop.world.name)
    expect(page.locator("#sync")).to_contain_text("Reading the history")

    tasks.sync_store(Store.objects.get().pk, by_hand=True)
    expect(page.locator("#sync")).to_contain_text("Complete to")
    assert Order.objects.count() == len(shop.world.orders)
    assert axe.violations(page) == []


def fill(page: Page, shop: FakeShop, key: str) -> None:
    page.get_by_label("Address of the shop").fill(shop.url)
    page.get_by_label("Consumer key").fill(key)
    page.get_by_label("Consumer secret").fill(SECRET)


def test_what_a_word_means_is_changed(desk: Desk, owner: str, store: Store) -> None:
    word = Order.objects.filter(source_status="completed").count()
    assert word > 0
    page = desk.visit(owner)
    page.goto("/stores/shop/statuses")
    row = page.get_by_role("row").filter(has=page.locator("code", has_text=re.compile("^completed$")))
    row.get_by_role("combobox").select_option("pending")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#derivation")).to_contain_text("Orders are given their status")
    tasks.derive_statuses(store.pk)
    expect(page.locator("#derivation")).to_be_empty()
    assert Order.objects.filter(source_status="completed", status="pending").count() == word
    expect(row).to_contain_text("your choice")
    assert axe.violations(page) == []


def test_a_day_is_compared_and_seen_to_be_whole(desk: Desk, owner: str, store: Store, shop: FakeShop) -> None:
    order = list(shop.world.orders.values())[-1]
    day = order.placed_at.astimezone(ZoneInfo(store.timezone)).date()
    page = desk.visit(owner)
    page.goto(f"/stores/shop/audit/{day}")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#compared")).to_contain_text("The day is being compared with the shop.")

    tasks.audit_store(store.pk, day.isoformat(), day.isoformat())
    expect(page.locator("#compared")).to_contain_text("Every order is accounted for")
    assert axe.violations(page) == []
    page.get_by_role("link", name="Calendar").click()
    expect(page.locator(".is-green a")).to_have_count(1)
    assert axe.violations(page) == []


def test_a_question_gives_the_keyboard_back(desk: Desk, owner: str, store: Store) -> None:
    page = desk.visit(owner)
    page.goto("/stores/shop")
    button = page.get_by_role("main").get_by_role("button", name="Full sync")
    dialog = page.get_by_role("dialog")

    button.focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Full sync")).to_be_focused()
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_what_did_not_come_in_is_tried_again(desk: Desk, owner: str, store: Store) -> None:
    Inbox.objects.create(store=store, kind="orders", external_id="999999", source="pull", delivery="f",
                         body=b'{"id": 999999}', state="failed", error_code="unreadable",
                         error_facts={"what": "ten"})  # fmt: skip
    page = desk.visit(owner)
    page.goto("/stores/shop")
    page.get_by_role("link", name="Orders that did not come in").click()
    expect(
        page.get_by_text("What the shop sent here is not as its platform describes it, and cannot be read.")
    ).to_be_visible()
    assert axe.violations(page) == []
    page.get_by_role("link", name="Order 999999").click()
    assert axe.violations(page) == []
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#payloads")).to_contain_text("tried again as soon as their turn comes")

    tasks.replay_failed(store.pk, "orders", [])
    expect(page.get_by_text("What did not come in")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "path", ["/stores/new", "/stores/shop", "/stores/shop/connection", "/stores/shop/calls"]
)
def test_it_keeps_nobody_out(
    desk: Desk, owner: str, store: Store, path: str, width: int, scheme: str
) -> None:
    page = desk.visit(owner, width=width, scheme="dark" if scheme == "dark" else "light")
    page.goto(path)

    assert axe.violations(page) == []

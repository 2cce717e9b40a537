"""Each role and each language at the browser, and pages on which nothing is yet or something is wrong."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from comanda.ingest.upsert import upsert
from comanda.records.models import Contact, Role, Store
from comanda.shapes import ContactIn
from tests import factories
from tests.journeys.browser import pages, visitor, world
from tests.journeys.browser.looks import faults
from tests.journeys.browser.pages import Place
from tests.journeys.browser.visitor import Desk

LISTS = ("/contacts", "/orders", "/products", "/stores", "/imports", "/tags", "/lists", "/fields")
HOSTILE = "<script>alert(1)</script> مرحبا \u202eevil\u202c 👩‍👩‍👧‍👦 {{ 7 }}"


@pytest.mark.parametrize("role", [Role.MARKETER, Role.VIEWER])
def test_it_tells_who_may_not(desk: Desk, role: Role) -> None:
    desk.watch.expect(403)
    page = desk.visit(visitor.sign_in(visitor.someone(role)))

    page.goto("/settings/users")

    expect(page.get_by_role("heading", level=1)).to_have_text("You may not do this.")
    assert "\n".join(faults(page)) == ""


def test_a_viewer_is_offered_nothing_to_change(desk: Desk) -> None:
    factories.make_store()
    page = desk.visit(visitor.sign_in(visitor.someone(Role.VIEWER)))

    for path in (
        "/contacts",
        "/orders",
        "/products",
        "/stores",
        "/stores/shop",
        "/imports",
        "/tags",
        "/lists",
    ):
        page.goto(path)
        expect(page.get_by_role("main").locator("form[method=post] button")).to_have_count(0)
        expect(page.locator("[data-key-new]")).to_have_count(0)


def test_it_keeps_the_keyboard_in_the_card_that_is_edited(desk: Desk, owner: str) -> None:
    upsert(factories.make_store(), [ContactIn(email="bea@example.com")], factories.LIVE)
    page = desk.visit(owner)
    page.goto(f"/contacts/{Contact.objects.get().pk}")
    card = page.locator("#card-details")

    card.get_by_role("link", name="Edit").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_label("First name")).to_be_focused()
    page.keyboard.type("Beatriz")
    page.keyboard.press("Enter")

    expect(card.get_by_text("Beatriz")).to_be_visible()
    expect(card.get_by_role("link", name="Edit")).to_be_focused()


@pytest.mark.parametrize(
    ("name", "code", "heading"),
    [
        ("Português", "pt-br", "Contatos"),
        ("Español", "es", "Contactos"),
        ("Français", "fr", "Contacts"),
    ],
)
def test_it_changes_the_language_and_keeps_it(
    desk: Desk, owner: str, name: str, code: str, heading: str
) -> None:
    page = desk.visit(owner)
    page.goto("/contacts")

    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name=re.compile(re.escape(name), re.I)).click()
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    again = desk.visit(owner)
    again.goto("/contacts")

    expect(again.locator("html")).to_have_attribute("lang", code)


@pytest.mark.parametrize("language", ["pt-br", "es", "fr"])
def test_it_has_room_for_longer_words(desk: Desk, language: str, tmp_path: Path) -> None:
    used = world.make(tmp_path)
    page = desk.visit(used.owner, language=language, width=390)

    for path in (
        "/",
        "/contacts",
        "/orders",
        "/products",
        "/stores",
        "/imports",
        "/tags",
        "/settings/profile",
    ):
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, over) == (path, 0)


def lists() -> list[Place]:
    """Pages of everyday work that ask for nothing in their address."""
    aside = ("mfa", "account", "profile", "sessions", "team", "invite", "audit", "new_key", "api-docs")
    return [place for place in pages.pages() if not place.asks and not place.name.startswith(aside)]


@pytest.mark.parametrize("place", lists(), ids=lambda place: place.name)
def test_it_keeps_nobody_out_of_empty_pages(desk: Desk, owner: str, place: Place) -> None:
    page = desk.visit(owner)

    page.goto(place.path(world.World(owner, "", "", "", {})))
    page.wait_for_load_state("networkidle")

    assert "\n".join(faults(page)) == ""


@pytest.mark.parametrize(
    "path",
    ["/stores/new/physical", "/imports/new", "/fields/new", "/settings/keys/new", "/settings/users/invite"],
)
def test_it_keeps_nobody_out_of_what_is_wrong(desk: Desk, owner: str, path: str) -> None:
    desk.watch.expect(422)
    factories.make_store()
    page = desk.visit(owner)
    page.goto(path)
    form = page.get_by_role("main").locator("form[method=post]").first

    send_empty(page, path)
    expect(page.locator(".invalid-feedback:visible").first).to_be_visible()

    assert form.count() == 1
    assert "\n".join(faults(page)) == ""


def send_empty(page: Page, path: str) -> None:
    form = page.get_by_role("main").locator("form[method=post]").first
    for field in form.locator("input[type=text]:visible:not([role=combobox])").all():
        field.fill("")
    form.evaluate("form => { form.noValidate = true }")
    form.locator("button[type=submit]:visible").last.click()


def test_it_shows_what_was_typed_as_text(desk: Desk, owner: str) -> None:
    desk.watch.expect(422)
    page = desk.visit(owner)
    page.goto("/stores/new/physical")

    page.get_by_label("Name").fill(HOSTILE)
    page.get_by_label("Description").fill(HOSTILE)
    page.get_by_role("button", name="Add the store").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    expect(page.get_by_text(HOSTILE).nth(1)).to_be_visible()
    assert Store.objects.get().name == HOSTILE


def test_it_takes_a_place_where_no_map_can_be_had(desk: Desk, owner: str) -> None:
    page = desk.visit(owner)

    def away(route: Route) -> None:
        route.abort("blockedbyclient")

    page.route("https://tile.openstreetmap.org/**", away)
    page.goto("/stores/new/physical")
    expect(page.get_by_text("The map cannot be loaded.")).to_be_visible()
    page.get_by_label("Name").fill("Kiosk")
    page.get_by_label("Latitude").fill("38.7107")
    page.get_by_label("Longitude").fill("-9.1425")
    page.get_by_role("button", name="Add the store").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Kiosk")
    assert Store.objects.get().latitude == 38.7107
    page.close()
    assert {fault for fault in desk.watch.faults if "BLOCKED_BY_CLIENT" not in fault} == set()
    desk.watch.faults.clear()

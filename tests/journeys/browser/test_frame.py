"""What surrounds every page: keys, search, languages, light and dark, the side on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from comanda.records.models import Contact
from tests.journeys.browser.visitor import Desk


@pytest.fixture
def page(desk: Desk, owner: str) -> Page:
    """Home, on a desk."""
    page = desk.visit(owner)
    page.goto("/")
    return page


def test_it_shows_the_keys(page: Page) -> None:
    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


@pytest.mark.parametrize(
    ("key", "path"),
    [("c", "/contacts"), ("o", "/orders"), ("p", "/products"), ("s", "/stores"), ("i", "/imports"),
     ("t", "/tags"), ("l", "/lists"), ("f", "/fields"), ("e", "/settings/profile")],
)  # fmt: skip
def test_it_goes_to_a_page_by_two_letters(page: Page, key: str, path: str) -> None:
    page.keyboard.press("g")
    page.keyboard.press(key)

    page.wait_for_url(f"**{path}")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_title("Home · Comanda")


def test_it_searches_moves_and_opens_by_keys_alone(page: Page) -> None:
    Contact.objects.bulk_create([Contact(first_name=f"Ana {number}", email="") for number in range(3)])
    page.goto("/contacts")

    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen = page.locator("tr.is-current a").first.text_content() or ""
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/contacts/\d+"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(chosen.strip())
    page.wait_for_load_state()  # until then no script hears the keys
    page.keyboard.press("/")
    page.keyboard.type("ana 2", delay=20)
    expect(page.locator("#search-results a").first).to_contain_text("Ana 2")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ana 2")


def test_it_types_letters_where_one_writes(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("g?cjk")

    expect(page.get_by_role("searchbox")).to_have_value("g?cjk")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_it_remembers_light_and_dark(page: Page) -> None:
    html = page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "light")

    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Dark").click()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    page.goto("/contacts")

    expect(html).to_have_attribute("data-bs-theme", "dark")


def test_it_has_the_dark_of_the_system(desk: Desk, owner: str) -> None:
    page = desk.visit(owner, scheme="dark")

    page.goto("/")

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme || 'dark'") == "dark"


def test_it_folds_the_side_on_a_phone(desk: Desk, owner: str) -> None:
    page = desk.visit(owner, width=390)
    page.goto("/")
    contacts = page.get_by_role("navigation", name="Main").get_by_role("link", name="Contacts")
    expect(contacts).to_be_hidden()

    page.get_by_role("button", name="Menu").click()
    contacts.click()

    expect(page).to_have_url(re.compile("/contacts$"))


def test_it_skips_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()

"""What surrounds every page, in a real browser."""

from playwright.sync_api import expect

from tests.journeys.browser.visitor import Desk


def test_it_shows_the_keys(desk: Desk, owner: str) -> None:
    page = desk.visit(owner)
    page.goto("/")

    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()

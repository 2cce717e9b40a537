"""Coming in and going out, with the second factors that only a browser can have."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from playwright.sync_api import Page, expect

from comanda.records.models import Role, User
from tests.journeys.browser import visitor
from tests.journeys.browser.looks import faults
from tests.journeys.browser.visitor import PASSWORD, Desk


@pytest.fixture
def ana(transactional_db: None) -> User:
    """An owner who knows her password."""
    return visitor.someone(Role.OWNER, name="ana")


@pytest.fixture
def page(desk: Desk, ana: User) -> Page:
    """The sign-in, open."""
    page = desk.visit()
    page.goto("/")
    return page


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill("ana@example.com")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))


def code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(counters()))))


def test_it_lets_in_who_knows_the_password_and_out_again(page: Page) -> None:
    sign_in(page, "something else")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("ana@example.com")

    sign_in(page)
    expect(page).to_have_title("Home · Comanda")
    sign_out(page)
    page.goto("/contacts")

    expect(page).to_have_url(re.compile(r"/sign-in\?next=/contacts$"))


def test_it_asks_for_the_second_step(page: Page, ana: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)

    sign_in(page)
    expect(page.get_by_role("heading", name="The second step")).to_be_visible()
    seen = faults(page)
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page).to_have_title("Home · Comanda")
    assert "\n".join(seen) == ""


def test_it_sets_up_an_app(page: Page) -> None:
    sign_in(page)
    page.goto("/settings/security")

    page.get_by_role("link", name="Set up").click()
    secret = page.get_by_label("Key for the app").input_value()
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Switch on").click()

    expect(page.get_by_text("Recovery codes").first).to_be_visible()

"""Letting people in, and out, in a real browser: invitations, passkeys, keys, and who one is once more."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from comanda.records import users, welcome
from comanda.records.models import ApiKey, Role, User
from tests.codes import code
from tests.journeys.browser import visitor
from tests.journeys.browser.looks import faults
from tests.journeys.browser.visitor import PASSWORD, Desk

_DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip

_REFUSING = """
navigator.credentials.get = () => Promise.reject(new DOMException("no", "NotAllowedError"))
"""


def give_device(context: BrowserContext, page: Page) -> None:
    """Something that keeps passkeys and knows its owner's finger.

    https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/
    """
    protocol = context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def fill_in(page: Page, email: str) -> None:
    """Address and password."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    press(page, "Sign in")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Your account").first.click()
    press(page, "Sign out")
    page.wait_for_url("**/sign-in")


def is_at(page: Page, path: str) -> None:
    expect(page).to_have_url(re.compile(f"^https?://[^/]+{re.escape(path)}$"))


def test_it_leads_from_the_first_start_to_a_second_person(desk: Desk) -> None:
    page, other = desk.visit(), desk.visit(width=390)
    page.goto("/")
    expect(page.get_by_text("Nobody can sign in yet")).to_be_visible()
    assert faults(page) == []

    page.goto(f"/welcome/{welcome.first_owner_link(by='test')}")
    page.get_by_label("E-mail").fill("Ana@Example.com")
    page.get_by_label("Your name").fill("Ana")
    page.get_by_label("Password").fill("short")
    press(page, "Begin")
    expect(page.get_by_text("This password is too short.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Begin")
    is_at(page, "/")

    page.goto("/settings/users")
    page.get_by_role("link", name="Invite someone").click()
    page.get_by_label("E-mail").fill("bob@example.com")
    page.get_by_text("Sees all that marketers see").click()
    press(page, "Make the link")
    link = page.get_by_label("The link").input_value()
    assert faults(page) == []

    other.goto(link)
    other.get_by_label("Password").fill(PASSWORD)
    press(other, "Begin")
    is_at(other, "/")
    other.goto("/settings")
    expect(other.get_by_role("link", name="Users")).to_have_count(0)
    assert sorted(User.objects.values_list("email", "role")) == [
        ("ana@example.com", "owner"), ("bob@example.com", "viewer"),
    ]  # fmt: skip


def test_it_signs_in_by_a_passkey_alone_and_as_the_second_step(desk: Desk) -> None:
    ana = visitor.someone(Role.OWNER)
    page = desk.visit(visitor.sign_in(ana))
    give_device(page.context, page)

    page.goto("/settings/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What to call it").fill("Ana's laptop")
    press(page, "Add")
    page.wait_for_url("**/settings/security/codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Ana's laptop")).to_be_visible()
    expect(page.get_by_text("Signs in alone")).to_be_visible()

    sign_out(page)
    press(page, "Sign in with a passkey")
    page.wait_for_url(f"{desk.address}/")
    sign_out(page)
    fill_in(page, ana.email)
    page.wait_for_url("**/sign-in/code")
    assert faults(page) == []
    press(page, "Use a passkey")
    page.wait_for_url(f"{desk.address}/")


def test_it_says_so_where_no_passkey_is_given(desk: Desk) -> None:
    visitor.someone(Role.OWNER)
    page = desk.visit()
    page.add_init_script(_REFUSING)
    page.goto("/sign-in")

    press(page, "Sign in with a passkey")

    expect(page.get_by_text("No passkey was given.")).to_be_visible()
    is_at(page, "/sign-in")


def test_it_signs_in_by_a_recovery_code_too(desk: Desk) -> None:
    ana = visitor.someone(Role.OWNER)
    page = desk.visit(visitor.sign_in(ana))
    page.goto("/settings/security/app")
    secret = page.get_by_label("Key for the app").input_value()
    page.get_by_label("Code").fill("000000")
    press(page, "Switch on")
    expect(page.get_by_text("This is not the code.")).to_be_visible()
    assert page.get_by_label("Key for the app").input_value() == secret
    page.get_by_label("Code").fill(code(secret))
    press(page, "Switch on")
    page.wait_for_url("**/settings/security/codes")
    recovery = page.locator(".recovery-codes li").first.inner_text().replace(" ", "")

    for given in (code(secret, 1), recovery):
        sign_out(page)
        fill_in(page, ana.email)
        page.get_by_label("Code").fill(given)
        press(page, "Sign in")
        is_at(page, "/")


def test_it_asks_who_one_is_once_more_and_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = visitor.someone(Role.OWNER)
    page = desk.visit(visitor.sign_in(ana))
    give_device(page.context, page)
    page.goto("/settings/security/passkeys/add")
    press(page, "Add")
    page.wait_for_url("**/settings/security/codes")
    monkeypatch.setattr("django.conf.settings.ACCOUNT_REAUTHENTICATION_TIMEOUT", 0)

    page.goto("/settings/security/codes")
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_role("link", name="Use a passkey").click()
    assert faults(page) == []
    monkeypatch.undo()
    press(page, "Use a passkey")

    page.wait_for_url("**/settings/security/codes")


def test_it_tells_who_was_deactivated(desk: Desk) -> None:
    visitor.someone(Role.OWNER)
    bob = visitor.someone(Role.VIEWER)
    users.deactivate(bob.pk, by="test")
    page = desk.visit()
    page.goto("/sign-in")

    fill_in(page, bob.email)

    expect(page.get_by_role("heading", name="You cannot sign in any more")).to_be_visible()
    assert faults(page) == []


def test_it_signs_out_in_another_place(desk: Desk) -> None:
    ana = visitor.someone(Role.OWNER)
    pages = [desk.visit(), desk.visit(width=390)]
    for each in pages:
        each.goto("/sign-in")
        fill_in(each, ana.email)
        is_at(each, "/")
    here, there = pages

    here.goto("/settings/sessions")
    press(here, "Sign out everywhere else")
    here.get_by_role("dialog").get_by_role("button", name="Sign out").click()

    expect(here.get_by_text("Signed out in one place.")).to_be_visible()
    there.goto("/settings/profile")
    is_at(there, "/sign-in?next=/settings/profile")


def test_it_shows_a_key_once_and_copies_it(desk: Desk, owner: str) -> None:
    page = desk.visit(owner)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/settings/keys")
    page.get_by_role("link", name="Make a key").first.click()
    page.get_by_label("Name").fill("Till")
    page.get_by_text("Sees all that marketers see").click()
    expect(page.get_by_label("orders:write")).to_be_hidden()
    page.get_by_label("orders:read").check()
    press(page, "Make the key")

    token = page.get_by_label("Till").input_value()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_text("Copied").first).to_be_visible()

    assert page.evaluate("navigator.clipboard.readText()") == token
    assert faults(page) == []
    page.reload()
    expect(page.get_by_label("Name")).to_have_value("")
    assert list(ApiKey.objects.values_list("name", "role", "scopes")) == [("Till", "viewer", ["orders:read"])]


def test_it_narrows_the_audit_log_as_one_chooses(desk: Desk, owner: str) -> None:
    ana = visitor.someone(Role.MARKETER)
    users.edit_profile(ana, "Ana", "fr", by="ana")
    users.change_role(ana.pk, Role.VIEWER, by="bob")
    page = desk.visit(owner)
    page.goto("/settings/audit")
    expect(page.get_by_role("cell", name="Changed a role")).to_be_visible()

    page.get_by_label("Who").select_option(label="ana")

    expect(page.get_by_role("cell", name="Changed a role")).to_have_count(0)
    expect(page.get_by_role("cell", name="Changed a profile")).to_be_visible()
    assert "actor=ana" in page.url

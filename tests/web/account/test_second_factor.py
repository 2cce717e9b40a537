"""Codes of an app, recovery codes, and who one is once more. Passkeys need a browser: see tests/journeys."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from comanda.records import users, welcome
from comanda.records.models import AuditEntry, Role, User
from tests.codes import code
from tests.web.conftest import forget_proof, prove

GOOD = "korrekt-pferd-9"
pytestmark = pytest.mark.django_db


CREDENTIALS = [
    "", "{}", "[]", "null", "x" * 10_000, '{"id": "<script>"}', '{"response": {"userHandle": "zz"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {}, '
    '"response": {"userHandle": "MQ", "clientDataJSON": "e30", "authenticatorData": "AAAA", '
    '"signature": "AA", "attestationObject": "oA"}}',
    '{"id": 5, "rawId": [], "type": {}, "response": "x"}',
]  # fmt: skip
"""What is no passkey's answer, ever less so."""


@pytest.fixture
def ana() -> User:
    """Someone with a password."""
    return users.create("ana@example.com", "Ana", Role.OWNER, GOOD)


@pytest.fixture
def browser(ana: User) -> Client:
    """Where Ana has just signed in."""
    client = Client()
    client.force_login(ana)
    prove(client, ana)
    return client


def set_up(browser: Client) -> str:
    """Switches codes on; gives their secret."""
    secret: str = browser.get("/settings/security/app").context["form"].secret
    browser.post("/settings/security/app", {"code": code(secret)})
    return secret


def shown_codes(browser: Client) -> list[str]:
    codes: list[str] = browser.get("/settings/security/codes").context["unused_codes"]
    return codes


def half_signed_in() -> Client:
    """Where the password was given, and the second step is asked for."""
    client = Client()
    answer = client.post("/sign-in", {"login": "ana@example.com", "password": GOOD})
    assert answer.headers["Location"] == "/sign-in/code"
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/profile").status_code == 200


def test_it_asks_for_a_code_once_codes_are_on(ana: User, browser: Client) -> None:
    secret = set_up(browser)
    client = half_signed_in()
    before = is_in(client)

    client.post("/sign-in/code", {"code": code(secret, 1)})

    assert (before, is_in(client)) == (False, True)
    assert AuditEntry.objects.filter(action="user.sign_in").latest("pk").detail["by"] == ["password", "mfa"]


def test_it_takes_no_code_twice(ana: User, browser: Client) -> None:
    secret = set_up(browser)
    now = code(secret, 1)
    half_signed_in().post("/sign-in/code", {"code": now})
    client = half_signed_in()

    client.post("/sign-in/code", {"code": now})

    assert not is_in(client)


def test_it_lets_nobody_guess_codes_for_long(ana: User, browser: Client) -> None:
    secret = set_up(browser)
    client = half_signed_in()
    for _ in range(5):
        client.post("/sign-in/code", {"code": "000000"})

    answer = client.post("/sign-in/code", {"code": code(secret, 1)})

    assert "That was tried too often." in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("given", ["", "0", "abcdef", "x" * 10_000, "\0", "<script>"])
def test_it_takes_nothing_else_for_a_code(ana: User, browser: Client, given: str) -> None:
    set_up(browser)
    client = half_signed_in()

    answer = client.post("/sign-in/code", {"code": given})

    assert answer.status_code == 200
    assert "<script>" + given not in answer.content.decode()
    assert not is_in(client)


def test_it_lets_in_once_by_each_recovery_code(ana: User, browser: Client) -> None:
    set_up(browser)
    first, *others = shown_codes(browser)
    clients = [half_signed_in(), half_signed_in()]

    for client in clients:
        client.post("/sign-in/code", {"code": first})

    assert [is_in(client) for client in clients] == [True, False]
    assert shown_codes(browser) == others
    assert len(others) == 9


def test_it_keeps_secrets_encrypted(ana: User, browser: Client) -> None:
    secret = set_up(browser)
    codes = shown_codes(browser)

    kept = str(list(Authenticator.objects.values()))

    assert [word for word in (secret, *codes) if word in kept] == []


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_it_adds_no_passkey_of_that_kind(ana: User, browser: Client, credential: str) -> None:
    browser.get("/settings/security/passkeys/add")

    answer = browser.post("/settings/security/passkeys/add", {"name": "x", "credential": credential})

    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_switches_codes_off(ana: User, browser: Client) -> None:
    set_up(browser)

    browser.post("/settings/security/app/remove")

    assert not Authenticator.objects.exists()
    deeds = AuditEntry.objects.filter(action__startswith="second").order_by("pk")
    assert [each.action for each in deeds] == ["second_factor.add", "second_factor.remove"]


def test_it_makes_new_recovery_codes(ana: User, browser: Client) -> None:
    set_up(browser)
    before = shown_codes(browser)

    browser.post("/settings/security/codes/new")

    assert set(before).isdisjoint(shown_codes(browser))


@pytest.mark.parametrize("path", ["app", "app/remove", "codes", "codes/new", "codes/file", "passkeys/add"])
def test_it_asks_who_one_is_before_it_shows_or_changes_anything(
    ana: User, browser: Client, path: str
) -> None:
    if path != "app":
        set_up(browser)
    forget_proof(browser)

    answer = browser.get(f"/settings/security/{path}")

    assert answer.headers["Location"].startswith("/sign-in/again?next=")


@pytest.mark.parametrize("path", ["app", "app/remove", "codes", "codes/new", "codes/file", "passkeys/add"])
def test_it_leads_strangers_to_the_sign_in(stranger: Client, path: str) -> None:
    answer = stranger.get(f"/settings/security/{path}")

    assert answer.status_code in (302, 403)
    assert answer.status_code == 403 or answer.headers["Location"].startswith("/sign-in")


def test_it_proves_who_one_is_by_a_code(ana: User, browser: Client) -> None:
    secret = set_up(browser)
    forget_proof(browser)

    answer = browser.post(
        "/sign-in/again/code", {"code": code(secret, 1), "next": "/settings/security/codes"}
    )

    assert answer.headers["Location"] == "/settings/security/codes"
    assert browser.get("/settings/security/codes").status_code == 200


def test_it_still_asks_for_the_code_after_a_new_password_by_link(ana: User, browser: Client) -> None:
    secret = set_up(browser)
    client = Client()
    token = welcome.reset_link(ana, by="test")

    answer = client.post(f"/welcome/{token}", {"password": "another-horse-1"})
    before = is_in(client)
    client.post("/sign-in/code", {"code": code(secret, 1)})

    assert (answer.headers["Location"], before, is_in(client)) == ("/sign-in/code", False, True)


def test_it_lets_in_by_the_password_alone_once_the_second_factor_was_dropped(
    ana: User, browser: Client
) -> None:
    set_up(browser)

    users.drop_second_factor(ana, by="test")
    client = Client()
    client.post("/sign-in", {"login": "ana@example.com", "password": GOOD})

    assert is_in(client)


@pytest.mark.parametrize(
    ("host", "secure", "can"),
    [("localhost:8000", False, True), ("127.0.0.1:8000", False, False), ("[::1]:8000", False, False),
     ("testserver", False, False), ("testserver", True, True)],
)  # fmt: skip
def test_it_tells_where_passkeys_cannot_be(
    ana: User, browser: Client, host: str, secure: bool, can: bool
) -> None:
    answer = browser.get("/settings/security", secure=secure, headers={"host": host})

    assert answer.context["can_have_passkeys"] is can


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_it_takes_nothing_else_for_a_passkey(ana: User, credential: str) -> None:
    client = Client()

    answer = client.post("/sign-in/passkey", {"credential": credential})

    assert answer.headers["Location"] == "/sign-in"
    assert not is_in(client)

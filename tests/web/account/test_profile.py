"""What is one's own: name, language, address, password."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.test import Client, override_settings

from comanda.env import Smtp
from comanda.records import users
from comanda.records.models import AuditEntry, Role, User
from tests.web.conftest import forget_proof, prove

GOOD = "korrekt-pferd-9"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    """A marketer with a password."""
    return users.create("ana@example.com", "Ana", Role.MARKETER, GOOD)


@pytest.fixture
def browser(ana: User) -> Client:
    """Where Ana has just signed in."""
    client = Client()
    client.force_login(ana)
    prove(client, ana)
    return client


@pytest.fixture
def smtp() -> Iterator[None]:
    """A mail server is configured."""
    with override_settings(SMTP=Smtp("mail.shop.example", 587, "", "", True, False)):
        yield


def mailed_path() -> str:
    (sent,) = mail.outbox
    (path,) = re.findall(r"http://testserver(/\S+)", str(sent.body))
    return str(path)


@pytest.mark.parametrize(
    "path", ["/settings", "/settings/profile", "/settings/security", "/settings/sessions"]
)
def test_it_is_everyones_own(
    owner: Client, marketer: Client, viewer: Client, stranger: Client, path: str
) -> None:
    statuses = [client.get(path, follow=True).status_code for client in (owner, marketer, viewer)]

    assert statuses == [200, 200, 200]
    assert stranger.get(path).headers["Location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize(
    "path",
    ["/settings/profile", "/settings/profile/email", "/settings/profile/password", "/settings/sessions/1/end",
     "/settings/sessions/others/end"],
)  # fmt: skip
def test_it_lets_strangers_change_nothing(stranger: Client, path: str) -> None:
    assert stranger.post(path, {"name": "x"}).headers["Location"].startswith("/sign-in?next=")


def test_it_offers_the_language_that_is_being_read(browser: Client) -> None:
    browser.cookies["django_language"] = "es"

    text = browser.get("/settings/profile").content.decode()

    assert '<option value="es" selected>' in text


def test_it_changes_name_and_language(browser: Client, ana: User) -> None:
    answer = browser.post("/settings/profile", {"name": " Ana B. ", "language": "pt-br"})

    ana.refresh_from_db()
    assert (ana.name, ana.language) == ("Ana B.", "pt-br")
    assert answer.cookies["django_language"].value == "pt-br"
    assert '<html lang="pt-br"' in browser.get("/settings/profile").content.decode()


@pytest.mark.parametrize(
    "given",
    [{"name": "x" * 10_000, "language": "en"}, {"name": "a\0b", "language": "en"},
     {"name": "Ana", "language": "xx"}, {"name": "Ana"}],
)  # fmt: skip
def test_it_says_what_will_not_do_and_loses_nothing(
    browser: Client, ana: User, given: dict[str, str]
) -> None:
    answer = browser.post("/settings/profile", given)

    assert answer.status_code == 422
    assert f'value="{given["name"]}"' in answer.content.decode()
    ana.refresh_from_db()
    assert (ana.name, ana.language) == ("Ana", "en")


@pytest.mark.parametrize(
    "name", ['"><script>alert(1)</script>', "\u202eanA", "👩🏽‍💻", "'; DROP TABLE app_user; --"]
)
def test_it_keeps_hostile_names_and_shows_them_as_text(browser: Client, ana: User, name: str) -> None:
    browser.post("/settings/profile", {"name": name, "language": "en"})

    ana.refresh_from_db()
    assert ana.name == name
    assert "<script>alert" not in browser.get("/settings/profile").content.decode()


def test_it_changes_the_address_at_once_where_no_mail_is_sent(browser: Client, ana: User) -> None:
    browser.post("/settings/profile/email", {"email": "Ana.B@Example.com"})

    assert authenticate(email="ana.b@example.com", password=GOOD) == ana
    assert authenticate(email="ana@example.com", password=GOOD) is None
    entry = AuditEntry.objects.get(action="user.email")
    assert (entry.actor, entry.target) == (f"user {ana.pk} (ana@example.com)", f"user {ana.pk}")


def test_it_asks_for_the_password_before_it_changes_the_address(browser: Client, ana: User) -> None:
    forget_proof(browser)

    asked = browser.post("/settings/profile/email", {"email": "b@example.com"})
    led = browser.post(asked.headers["Location"], {"password": GOOD, "next": "/settings/profile/email"})

    assert asked.headers["Location"].startswith("/sign-in/again?next=")
    assert led.status_code == 302
    ana.refresh_from_db()
    assert ana.email == "b@example.com"


def test_it_changes_nothing_for_who_does_not_know_the_password(browser: Client, ana: User) -> None:
    forget_proof(browser)
    asked = browser.post("/settings/profile/email", {"email": "b@example.com"})

    answer = browser.post(asked.headers["Location"], {"password": "wrong", "next": "/settings/profile/email"})

    assert "This is not your password." in answer.content.decode()
    ana.refresh_from_db()
    assert ana.email == "ana@example.com"


@pytest.mark.usefixtures("smtp")
def test_it_changes_the_address_once_a_mailed_link_is_opened(browser: Client, ana: User) -> None:
    browser.post("/settings/profile/email", {"email": "new@example.com"})
    ana.refresh_from_db()
    before = ana.email

    path = mailed_path()
    statuses = [browser.get(path).status_code for _ in range(2)]

    ana.refresh_from_db()
    assert [sent.to for sent in mail.outbox] == [["new@example.com"], ["ana@example.com"]]
    assert (before, ana.email, statuses) == ("ana@example.com", "new@example.com", [302, 404])


@pytest.mark.usefixtures("smtp")
def test_it_takes_the_link_of_nobody_else(browser: Client, ana: User, viewer: Client) -> None:
    browser.post("/settings/profile/email", {"email": "new@example.com"})
    path = mailed_path()

    statuses = [
        viewer.get(path).status_code,
        viewer.get(path + "x").status_code,
        Client().get(path).status_code,
    ]

    assert statuses == [404, 404, 302]
    assert not User.objects.filter(email="new@example.com").exists()


def test_it_takes_no_address_that_is_anothers(browser: Client, ana: User) -> None:
    users.create("bob@example.com", "", Role.VIEWER, GOOD)

    answer = browser.post("/settings/profile/email", {"email": "Bob@example.com"})

    assert answer.status_code == 422
    assert "bob@example.com is a user already." in answer.content.decode()
    assert "ana@example.com" in answer.content.decode()


def test_it_changes_the_password_and_ends_all_other_sessions(browser: Client, ana: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(ana)

    browser.post("/settings/profile/password", {"current": GOOD, "password": "another-horse-1"})

    assert authenticate(email="ana@example.com", password="another-horse-1") == ana
    assert browser.get("/settings/profile").status_code == 200
    assert elsewhere.get("/settings/profile").status_code == 302


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"current": "wrong", "password": "another-horse-1"}, "This is not your password."),
        ({"current": GOOD, "password": "short"}, "This password is too short."),
        ({"current": GOOD, "password": "1234567890123"}, "This password is entirely numeric."),
        ({"current": GOOD, "password": "ana@example"}, "too similar to the email"),
        ({"current": GOOD, "password": "x" * 10_000}, "at most 1000 characters"),
        ({"current": GOOD, "password": "abcdefg\0hijkl"}, "Null characters are not allowed."),
        ({}, "This field is required."),
    ],
)
def test_it_says_why_a_password_will_not_do(
    browser: Client, ana: User, given: dict[str, str], words: str
) -> None:
    answer = browser.post("/settings/profile/password", given)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert authenticate(email="ana@example.com", password=GOOD) == ana


def test_it_lets_nobody_guess_the_current_password_for_long(browser: Client, ana: User) -> None:
    wrong = {"current": "wrong", "password": "another-horse-1"}

    statuses = [browser.post("/settings/profile/password", wrong).status_code for _ in range(6)]

    assert statuses == [422] * 5 + [429]


@pytest.mark.usefixtures("smtp")
def test_it_tells_people_by_mail_that_their_password_was_changed(ana: User, browser: Client) -> None:
    browser.post(
        "/settings/profile/password",
        {"current": GOOD, "password": "another-horse-1"},
        headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
    )

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ana@example.com"], "How you sign in to Comanda was changed")
    assert "Your password was changed." in str(sent.body)
    assert "Firefox on Linux, from 127.0.0.1." in str(sent.body)
    assert "http://testserver/settings/security" in str(sent.body)

"""The way back for who lost their password."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client, override_settings

from comanda.env import Smtp
from comanda.records import users
from comanda.records.models import OneTimeLink, Role, User

GOOD = "korrekt-pferd-9"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    """Someone with a password."""
    return users.create("ana@example.com", "Ana", Role.VIEWER, GOOD)


@pytest.fixture
def smtp() -> Iterator[None]:
    """A mail server is configured."""
    with override_settings(SMTP=Smtp("mail.shop.example", 587, "", "", True, False)):
        yield


def test_it_says_how_to_get_a_link_where_no_mail_is_sent(ana: User) -> None:
    page = Client().get("/sign-in/lost-password").content.decode()
    answer = Client().post("/sign-in/lost-password", {"email": "ana@example.com"})

    assert "comanda user link" in page
    assert "comanda user link" in answer.content.decode()
    assert not OneTimeLink.objects.exists()


@pytest.mark.usefixtures("smtp")
def test_it_mails_a_link_by_which_a_new_password_is_set(ana: User) -> None:
    Client().post("/sign-in/lost-password", {"email": " Ana@Example.com "})
    (sent,) = mail.outbox
    (path,) = re.findall(r"http://testserver(/welcome/\S+)", str(sent.body))

    Client().post(path, {"password": "another-horse-1"})

    assert "Your password was changed." in str(mail.outbox[1].body)
    assert (sent.to, sent.subject) == (["ana@example.com"], "A new password for Comanda")
    assert authenticate(email="ana@example.com", password="another-horse-1") == ana


@pytest.mark.usefixtures("smtp")
def test_it_never_tells_whether_an_address_is_a_users(ana: User) -> None:
    users.create("boss@example.com", "", Role.OWNER, GOOD)
    gone = users.create("bob@example.com", "", Role.VIEWER, GOOD)
    users.deactivate(gone.pk, by="test")

    pages = [
        Client().post("/sign-in/lost-password", {"email": email}).content.decode().replace(email, "E")
        for email in ("ana@example.com", "bob@example.com", "eve@example.com")
    ]

    bare = {re.sub(r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", page) for page in pages}
    assert len(bare) == 1
    assert [each.to for each in mail.outbox] == [["ana@example.com"]]


@pytest.mark.usefixtures("smtp")
@pytest.mark.parametrize(
    "email", ["", "ana", "x" * 10_000, "a\0b@example.com", "<script>alert(1)</script>@x"]
)
def test_it_says_what_is_no_address(ana: User, email: str) -> None:
    answer = Client().post("/sign-in/lost-password", {"email": email})

    assert answer.context["form"].errors["email"]
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.usefixtures("smtp")
def test_it_mails_nobody_without_end(ana: User) -> None:
    statuses = [
        Client().post("/sign-in/lost-password", {"email": "ana@example.com"}).status_code for _ in range(6)
    ]

    assert statuses == [200] * 5 + [429]
    assert len(mail.outbox) == 5


@pytest.mark.usefixtures("smtp")
def test_it_says_the_same_when_the_mail_server_is_away(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", away)

    answer = Client().post("/sign-in/lost-password", {"email": "ana@example.com"})

    assert answer.status_code == 200
    assert "Look into your mail" in answer.content.decode()

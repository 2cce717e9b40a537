"""Users and roles."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.test import Client, override_settings

from comanda.env import Smtp
from comanda.records import links, users, welcome
from comanda.records.models import AuditEntry, Role, User
from tests.web.conftest import forget_proof

GOOD = "korrekt-pferd-9"
SEEN = ("/settings/users", "/settings/users/{bob}", "/settings/users/invite")
DONE = (
    "/settings/users/invite", "/settings/users/{bob}/role", "/settings/users/{bob}/deactivate",
    "/settings/users/{bob}/reactivate", "/settings/users/{bob}/remove", "/settings/users/{bob}/link",
    "/settings/users/{bob}/second-factor", "/settings/users/invited/{link}/again",
    "/settings/users/invited/{link}/withdraw",
)  # fmt: skip


@pytest.fixture
def bob(db: None) -> User:
    """Someone beside who is signed in."""
    return users.create("bob@example.com", "Bob", Role.VIEWER, GOOD)


@pytest.fixture
def smtp() -> Iterator[None]:
    """A mail server is configured."""
    with override_settings(SMTP=Smtp("mail.shop.example", 587, "", "", True, False)):
        yield


def link_in(text: str) -> str:
    """The path of the one link on a page."""
    (found,) = set(re.findall(r"http://testserver(/welcome/[\w-]{43})", text))
    return str(found)


@pytest.mark.parametrize("path", SEEN)
def test_it_is_seen_by_owners_only(
    owner: Client, marketer: Client, viewer: Client, stranger: Client, bob: User, path: str
) -> None:
    path = path.format(bob=bob.pk)

    statuses = [client.get(path).status_code for client in (owner, marketer, viewer, stranger)]

    assert statuses == [200, 403, 403, 302]


@pytest.mark.parametrize("path", DONE)
def test_it_lets_nobody_else_change_anything(
    marketer: Client, viewer: Client, stranger: Client, bob: User, path: str
) -> None:
    link, _ = welcome.invite("carla@example.com", Role.MARKETER, by="test")
    path = path.format(bob=bob.pk, link=link.pk)
    before = list(User.objects.order_by("id").values())

    statuses = [
        client.post(path, {"email": "eve@example.com", "role": "owner"}).status_code
        for client in (marketer, viewer, stranger)
    ]

    assert statuses == [403, 403, 302]
    assert list(User.objects.order_by("id").values()) == before
    assert [each.pk for each in links.usable()] == [link.pk]


@pytest.mark.parametrize("path", [path for path in DONE if "withdraw" not in path])
def test_it_asks_who_one_is_before_it_changes_what_others_may(owner: Client, bob: User, path: str) -> None:
    link, _ = welcome.invite("carla@example.com", Role.MARKETER, by="test")
    forget_proof(owner)
    path = path.format(bob=bob.pk, link=link.pk)

    answer = owner.post(path, {"role": "owner"})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in/again?next={path.replace('/', '%2F')}"
    assert User.objects.get(pk=bob.pk).role == Role.VIEWER


def test_it_invites_by_a_link_that_is_shown_once(owner: Client, stranger: Client) -> None:
    page = owner.post("/settings/users/invite", {"email": " Carla@Example.com ", "role": "marketer"})
    path = link_in(page.content.decode())
    stranger.post(path, {"name": "Carla", "password": GOOD})

    carla = User.objects.get(email="carla@example.com")
    assert (carla.role, stranger.session["_auth_user_id"]) == ("marketer", str(carla.pk))
    assert page.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert path not in owner.get("/settings/users").content.decode()
    assert mail.outbox == []


def test_it_mails_the_invitation_where_mail_is_sent(owner: Client, smtp: None) -> None:
    page = owner.post("/settings/users/invite", {"email": "carla@example.com", "role": "viewer"})

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["carla@example.com"], "You are invited to Comanda")
    assert link_in(str(sent.body)) == link_in(page.content.decode())
    assert "It was sent there by e-mail." in page.content.decode()


@pytest.mark.parametrize(
    ("email", "role", "words"),
    [
        ("bob@example.com", "viewer", "bob@example.com is a user already."),
        ("carla", "viewer", "Enter a valid email address."),
        ("", "viewer", "This field is required."),
        ("x" * 10_000 + "@example.com", "viewer", "at most 320 characters"),
        ("a\0b@example.com", "viewer", "Null characters are not allowed."),
        ("carla@example.com", "king", "not one of the available choices"),
        ("carla@example.com", "", "This field is required."),
    ],
)
def test_it_says_whom_it_cannot_invite(owner: Client, bob: User, email: str, role: str, words: str) -> None:
    answer = owner.post("/settings/users/invite", {"email": email, "role": role})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not links.usable().exists()


def test_it_shows_hostile_text_as_text(owner: Client) -> None:
    hostile = '"><script>alert(1)</script>@example.com'

    answer = owner.post("/settings/users/invite", {"email": hostile, "role": "viewer"})

    text = answer.content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_it_gives_another_link_and_takes_invitations_back(owner: Client, stranger: Client) -> None:
    link, first = welcome.invite("carla@example.com", Role.VIEWER, by="test")
    page = owner.post(f"/settings/users/invited/{link.pk}/again")
    second = link_in(page.content.decode())

    assert stranger.get(f"/welcome/{first}").status_code == 404
    assert stranger.get(second).status_code == 200
    current = links.usable().get()
    owner.post(f"/settings/users/invited/{current.pk}/withdraw")
    assert stranger.get(second).status_code == 404
    assert owner.post(f"/settings/users/invited/{current.pk}/withdraw").status_code == 404


def test_it_changes_a_role(owner: Client, bob: User) -> None:
    answer = owner.post(f"/settings/users/{bob.pk}/role", {"role": "marketer"})

    assert answer.headers["Location"] == f"/settings/users/{bob.pk}"
    assert User.objects.get(pk=bob.pk).role == Role.MARKETER
    entry = AuditEntry.objects.get(action="user.role")
    who = User.objects.get(email="owner@example.com")
    assert (entry.actor, entry.target) == (f"user {who.pk} (owner@example.com)", f"user {bob.pk}")


def test_it_lets_someone_in_no_more_at_once_and_again(owner: Client, viewer: Client) -> None:
    shown = User.objects.get(email="viewer@example.com")
    before = viewer.get("/settings/profile").status_code

    owner.post(f"/settings/users/{shown.pk}/deactivate")
    meanwhile = viewer.get("/settings/profile").status_code
    owner.post(f"/settings/users/{shown.pk}/reactivate")

    assert (before, meanwhile, viewer.get("/settings/profile").status_code) == (200, 302, 200)


def test_it_removes_someone(owner: Client, bob: User) -> None:
    answer = owner.post(f"/settings/users/{bob.pk}/remove")

    assert answer.headers["Location"] == "/settings/users"
    assert not User.objects.filter(pk=bob.pk).exists()


@pytest.mark.parametrize("deed", ["role", "deactivate", "remove", "second-factor"])
def test_it_lets_nobody_do_it_to_themselves(owner: Client, bob: User, deed: str) -> None:
    users.change_role(bob.pk, Role.OWNER, by="test")
    own = User.objects.get(email="owner@example.com")

    owner.post(f"/settings/users/{own.pk}/{deed}", {"role": "viewer"})

    after = User.objects.get(pk=own.pk)
    assert (after.role, after.is_active) == ("owner", True)
    assert "You cannot do this to yourself." in owner.get("/settings/users").content.decode()


def test_it_makes_a_link_for_who_lost_their_password(owner: Client, stranger: Client, bob: User) -> None:
    page = owner.post(f"/settings/users/{bob.pk}/link")
    stranger.post(link_in(page.content.decode()), {"password": "another-horse-1"})

    assert authenticate(email="bob@example.com", password="another-horse-1") == bob


@pytest.mark.parametrize("user_id", [0, 999_999, 10**30])
def test_it_finds_nobody_else(owner: Client, user_id: int) -> None:
    for path in ("", "/role", "/remove", "/link"):
        method = owner.post if path else owner.get
        assert method(f"/settings/users/{user_id}{path}", {"role": "viewer"}).status_code == 404

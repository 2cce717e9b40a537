"""Signing in and out."""

import pytest
from django.test import Client
from django.urls import reverse

from comanda.records import users
from comanda.records.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db
GOOD = "korrekt-pferd-9"


@pytest.fixture
def ana() -> User:
    """An owner with a password."""
    return users.create("ana@example.com", "Ana", Role.OWNER, GOOD)


def sign_in(client: Client, email: str = "ana@example.com", password: str = GOOD, **more: str) -> str:
    """Where signing in leads; "" when it stays where it is."""
    answer = client.post("/sign-in", {"login": email, "password": password, **more})
    return answer.headers.get("Location", "")


def whom(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize("email", ["ana@example.com", " ANA@Example.com "])
def test_it_signs_in_and_out(ana: User, email: str) -> None:
    client = Client()

    led = sign_in(client, email, remember="on")

    assert (led, whom(client)) == ("/", str(ana.pk))
    cookie = client.cookies["comanda_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 30 * 24 * 3600)
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert whom(client) is None
    actor = f"user {ana.pk} (ana@example.com)"
    assert list(AuditEntry.objects.order_by("id").values_list("actor", "action")) == [
        (actor, "user.sign_in"),
        (actor, "user.sign_out"),
    ]


def test_it_forgets_with_the_browser_unless_told_otherwise(ana: User) -> None:
    client = Client()

    sign_in(client)

    assert client.cookies["comanda_session"]["max-age"] == ""


@pytest.mark.parametrize(
    ("email", "password"),
    [("ana@example.com", "wrong"), ("eve@example.com", GOOD), ("ana", GOOD), ("", ""), ("\0", GOOD),
     ("ana@example.com", "\0"), ("x" * 10_000, "y" * 10_000), ("<script>@example.com", "'; --")],
)  # fmt: skip
def test_it_lets_nobody_else_in(ana: User, email: str, password: str) -> None:
    client = Client()

    assert sign_in(client, email, password) == ""
    assert whom(client) is None


def test_it_begins_a_new_session(ana: User) -> None:
    client = Client()
    session = client.session
    session["before"] = "x"
    session.save()
    before = session.session_key or ""
    client.cookies["comanda_session"] = before

    sign_in(client)

    assert client.cookies["comanda_session"].value == client.session.session_key
    assert client.session.session_key != before


def test_it_locks_an_account_after_five_failures(ana: User) -> None:
    failed = Client()
    for _ in range(5):
        sign_in(failed, password="wrong")

    client = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(client) == ""

    assert whom(client) is None
    assert AuditEntry.objects.filter(action="user.sign_in_failed", target=f"user {ana.pk}").count() == 5


def test_it_leads_back_to_where_one_wanted_to_go_but_to_no_other_site(ana: User) -> None:
    assert sign_in(Client(), next="/contacts?page=2") == "/contacts?page=2"
    assert sign_in(Client(), next="https://evil.example/") == "/"
    assert sign_in(Client(), next="//evil.example/") == "/"


def test_it_lets_nobody_in_who_was_deactivated(ana: User) -> None:
    bob = users.create("bob@example.com", "", Role.VIEWER, GOOD)
    client = Client()
    sign_in(client, "bob@example.com")
    users.deactivate(bob.pk, by="test")

    again = Client()
    led = sign_in(again, "bob@example.com")

    assert (led, whom(again)) == (reverse("account_inactive"), None)
    assert client.get("/settings/security").headers["Location"].startswith("/sign-in")


def test_it_ends_the_sessions_of_a_changed_password(ana: User) -> None:
    client = Client()
    sign_in(client)

    users.change_password(ana, "another-horse-1", by="test")

    assert client.get("/settings/security").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_set_password"])
def test_it_offers_no_open_sign_up(name: str) -> None:
    assert Client().get(f"/{name.removeprefix('account_')}").status_code == 404

"""Where one is signed in."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from comanda.records import users
from comanda.records.models import Role, User
from comanda.web.account.browsers import describe

GOOD = "korrekt-pferd-9"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    """Someone with a password."""
    return users.create("ana@example.com", "Ana", Role.VIEWER, GOOD)


def signed_in(agent: str, ip: str) -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=ip)
    client.post("/sign-in", {"login": "ana@example.com", "password": GOOD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/profile").status_code == 200


def test_it_tells_of_each_session_this_one_first(ana: User) -> None:
    signed_in(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Mobile Safari/604.1",
        "192.0.2.1",
    )
    here = signed_in("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "2001:db8::1")

    shown = here.get("/settings/sessions").context["sessions"]

    assert [(browser, mobile, session.ip) for session, browser, mobile in shown] == [
        ("Firefox on Linux", False, "2001:db8::1"),
        ("Safari on iPhone", True, "192.0.2.1"),
    ]


def test_it_signs_out_in_one_place(ana: User) -> None:
    here, there, third = (signed_in(f"agent {number}", "192.0.2.1") for number in range(3))
    session = UserSession.objects.get(user_agent="agent 1")

    here.post(f"/settings/sessions/{session.pk}/end")

    assert [is_in(client) for client in (here, there, third)] == [True, False, True]


def test_it_signs_out_everywhere_else(ana: User) -> None:
    here, there, third = (signed_in(f"agent {number}", "192.0.2.1") for number in range(3))

    here.post("/settings/sessions/others/end")

    assert [is_in(client) for client in (here, there, third)] == [True, False, False]


def test_it_ends_nobody_elses_session(ana: User, owner: Client) -> None:
    here = signed_in("agent", "192.0.2.1")

    owner.post(f"/settings/sessions/{UserSession.objects.get(user=ana).pk}/end")
    owner.post("/settings/sessions/others/end")

    assert is_in(here)


def test_it_shows_a_hostile_browser_as_text(ana: User) -> None:
    here = signed_in("<script>alert(1)</script>\u202e" + "x" * 10_000, "192.0.2.1")

    text = here.get("/settings/sessions").content.decode()

    assert "Unknown browser" in text
    assert "<script>alert" not in text


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18 Safari/605",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (iPad; CPU OS 18_0) AppleWebKit/605 CriOS/140.0 Mobile Safari/604", "Chrome on iPad"),
        ("curl/8.5.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_it_calls_browsers_by_their_names(agent: str, told: str) -> None:
    assert describe(agent)[0] == told

"""API keys as owners see them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from comanda.records import keys
from comanda.records.models import ApiKey, AuditEntry, Role
from tests.api.client import Caller
from tests.web.conftest import forget_proof

FORM = {"name": "Till", "role": "marketer", "days": "90"}


@pytest.mark.parametrize("path", ["/settings/keys", "/settings/keys/new"])
def test_it_is_seen_by_owners_only(
    owner: Client, marketer: Client, viewer: Client, stranger: Client, path: str
) -> None:
    assert [client.get(path).status_code for client in (owner, marketer, viewer, stranger)] == [
        200, 403, 403, 302,
    ]  # fmt: skip


def test_it_lets_nobody_else_make_or_revoke_a_key(marketer: Client, viewer: Client, stranger: Client) -> None:
    made, _ = keys.create("till")

    for client, status in ((marketer, 403), (viewer, 403), (stranger, 302)):
        assert client.post("/settings/keys/new", FORM).status_code == status
        assert client.post(f"/settings/keys/{made.pk}/revoke").status_code == status
    assert ApiKey.objects.get().revoked_at is None


def test_it_shows_a_new_key_once(owner: Client) -> None:
    page = owner.post("/settings/keys/new", FORM | {"scopes": ["orders:read", "stores:read"]})

    (token,) = set(re.findall(r"comanda_[\w-]{43}", page.content.decode()))
    made = ApiKey.objects.get()
    assert keys.find(keys.digest(token)) == made
    assert (made.name, made.role, made.scopes) == ("Till", "marketer", ["orders:read", "stores:read"])
    assert made.created_by is not None
    assert made.created_by.email == "owner@example.com"
    assert made.expires_at is not None
    assert timedelta(days=89) < made.expires_at - datetime.now(UTC) < timedelta(days=91)
    assert "no-store" in page.headers["Cache-Control"]
    assert token not in owner.get("/settings/keys").content.decode()
    assert Caller(token).get("stores").status == 200
    assert Caller(token).get("contacts").status == 403


def test_it_makes_a_key_that_never_ends_and_may_all_that_its_role_may(owner: Client) -> None:
    owner.post("/settings/keys/new", FORM | {"days": ""})

    made = ApiKey.objects.get()
    assert (made.expires_at, made.scopes) == (None, [])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 10_000}, "at most 200 characters"),
        ({"name": "a\0b"}, "Null characters are not allowed."),
        ({"role": "king"}, "not one of the available choices"),
        ({"days": "1000000"}, "not one of the available choices"),
        ({"scopes": ["orders:eat"]}, "not one of the available choices"),
        (
            {"role": "viewer", "scopes": ["orders:read", "orders:write"]},
            "This role does not allow orders:write.",
        ),
    ],
)
def test_it_says_what_will_not_do(owner: Client, given: dict[str, object], words: str) -> None:
    answer = owner.post("/settings/keys/new", FORM | given)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_it_shows_hostile_text_as_text_and_loses_none_of_it(owner: Client) -> None:
    hostile = '<script>alert("1")</script> \u202eabc 🧾'

    page = owner.post("/settings/keys/new", FORM | {"name": hostile}).content.decode()
    listed = owner.get("/settings/keys").content.decode()

    assert ApiKey.objects.get().name == hostile
    for text in (page, listed):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; \u202eabc 🧾" in text


def test_it_revokes_a_key_once(owner: Client) -> None:
    made, token = keys.create("till", role=Role.MARKETER)

    for _ in range(2):
        assert owner.post(f"/settings/keys/{made.pk}/revoke").headers["Location"] == "/settings/keys"

    assert Caller(token).get("stores").status == 401
    assert AuditEntry.objects.filter(action="key.revoke", target=f"key {made.pk}").count() == 1
    assert owner.post("/settings/keys/999999/revoke").status_code == 404


def test_it_asks_who_one_is_before_it_makes_a_key(owner: Client) -> None:
    forget_proof(owner)

    whole = owner.post("/settings/keys/new", FORM)
    part = owner.post("/settings/keys/new", FORM, headers={"hx-request": "true"})

    assert whole.headers["Location"] == "/sign-in/again?next=%2Fsettings%2Fkeys%2Fnew"
    assert part.headers["HX-Refresh"] == "true"
    assert not ApiKey.objects.exists()


def test_it_tells_which_keys_open_nothing_any_more(owner: Client) -> None:
    keys.create("open")
    expired, _ = keys.create("past")
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    revoked, _ = keys.create("gone")
    keys.revoke(revoked.pk)

    shown = owner.get("/settings/keys").context["keys"]

    assert [(key.name, state) for key, state in shown] == [
        ("open", "open"), ("gone", "revoked"), ("past", "expired"),
    ]  # fmt: skip

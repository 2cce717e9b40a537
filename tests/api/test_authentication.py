"""Who is let in."""

from datetime import UTC, datetime, timedelta

import pytest

from comanda.api import authentication
from comanda.records import keys
from comanda.records.models import ApiKey, Role
from tests.api import bodies, client
from tests.api.client import Caller


def test_it_asks_for_a_key(owner: Caller) -> None:
    reply = Caller().get("orders")

    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="comanda"'
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.body["detail"] == "Send your API key in the header: Authorization: Bearer KEY."


@pytest.mark.parametrize("token", ["nonsense", "comanda_", "x" * 10_000, "ümläut", "' OR 1=1 --"])
def test_it_knows_no_other_key(owner: Caller, token: str) -> None:
    reply = Caller(token).get("orders")

    assert (reply.status, reply.body["detail"]) == (401, "This API key is not known.")


def test_it_says_that_a_key_expired(owner: Caller) -> None:
    ApiKey.objects.update(expires_at=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))

    reply = owner.get("orders")

    assert (reply.status, reply.body["detail"]) == (401, "This API key expired at 2020-01-02T03:04:05+00:00.")


def test_it_sees_a_key_expire_that_it_remembers(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    ApiKey.objects.update(expires_at=datetime.now(UTC) + timedelta(milliseconds=300))
    first = owner.get("orders").status
    while datetime.now(UTC) < ApiKey.objects.get().expires_at:  # type: ignore[operator]  # set above
        pass

    assert (first, owner.get("orders").status) == (200, 401)


def test_it_says_that_a_key_was_revoked(owner: Caller) -> None:
    assert keys.revoke(ApiKey.objects.get().pk)

    reply = owner.get("orders")

    assert reply.status == 401
    assert reply.body["detail"].startswith("This API key was revoked at 20")


def test_it_refuses_a_revoked_key_within_seconds(owner: Caller) -> None:
    assert authentication._REMEMBERED_FOR <= 5
    owner.get("orders")
    keys.revoke(ApiKey.objects.get().pk)
    authentication._known[keys.digest(owner.token)] = _aged(authentication._known[keys.digest(owner.token)])

    assert owner.get("orders").status == 401


def _aged(known: authentication.Known) -> authentication.Known:
    values = {name: getattr(known, name) for name in known.__dataclass_fields__}
    return authentication.Known(**{**values, "until": known.until - authentication._REMEMBERED_FOR})


def test_it_keeps_nothing_but_a_hash(owner: Caller) -> None:
    kept = ApiKey.objects.values().get()

    assert owner.token not in str(kept)
    assert bytes(kept["digest"]) == keys.digest(owner.token)
    assert owner.token.startswith(kept["prefix"])
    assert len(kept["prefix"]) == 14


def test_it_notes_that_a_key_was_used(owner: Caller) -> None:
    owner.get("orders")

    assert ApiKey.objects.get().last_used_at is not None


def test_it_takes_the_scheme_in_any_case(owner: Caller) -> None:
    headers = {"Authorization": f"bearer  {owner.token}"}

    assert Caller().send("GET", "orders", headers=headers).status == 200


def test_it_denies_what_the_role_does_not_allow(owner: Caller) -> None:
    reply = client.make(Role.VIEWER).post("orders", bodies.order())

    assert (reply.status, reply.body["detail"]) == (403, "The role viewer does not allow orders:write.")


def test_it_denies_what_the_key_was_not_made_for(owner: Caller) -> None:
    reply = client.make(scopes=["orders:read"]).post("orders", bodies.order())

    assert (reply.status, reply.body["detail"]) == (403, "This key was made without the scope orders:write.")

"""Who may do what."""

import pytest

from comanda.records import access
from comanda.records.access import Caller, Denied
from comanda.records.models import Role


def test_it_has_a_sentence_for_every_scope() -> None:
    assert all(str(meaning).endswith(".") for meaning in access.SCOPES.values())


def test_it_gives_every_role_its_scopes_and_no_others() -> None:
    everything = set(access.SCOPES)

    assert set(access.ROLES) == set(Role)
    assert access.ROLES[Role.OWNER] == everything
    owners = {"audit:read", "keys:read", "keys:write", "users:read", "users:write"}
    assert everything - access.ROLES[Role.MARKETER] == {"privacy:write", "stores:write"} | owners
    assert access.ROLES[Role.VIEWER] == {
        scope for scope in everything - owners if scope.endswith(":read") and scope != "privacy:read"
    }


def test_it_narrows_a_role_and_never_widens_it() -> None:
    assert access.granted(Role.VIEWER) == access.ROLES[Role.VIEWER]
    assert access.granted(Role.OWNER, ["orders:read"]) == {"orders:read"}
    assert access.granted(Role.VIEWER, ["orders:read", "orders:write"]) == {"orders:read"}
    assert access.granted(Role.VIEWER, ["orders:write"]) == frozenset()


def test_it_says_why_it_denies() -> None:
    narrowed = Caller("key", Role.OWNER, frozenset({"orders:read"}))
    viewer = Caller("key", Role.VIEWER, access.ROLES[Role.VIEWER])

    access.check(narrowed, "orders:read")
    with pytest.raises(Denied, match="made without the scope orders:write"):
        access.check(narrowed, "orders:write")
    with pytest.raises(Denied, match="The role viewer does not allow orders:write"):
        access.check(viewer, "orders:write")

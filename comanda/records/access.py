"""Who may do what: every scope in one table, and what each role holds. What is not given is denied."""

from collections.abc import Iterable
from dataclasses import dataclass

from comanda.records.models import Role, User

SCOPES: dict[str, str] = {
    "activity:read": "Follow what happens, in order.",
    "audit:read": "See who did what.",
    "carts:read": "See carts.",
    "carts:write": "Send carts.",
    "contacts:read": "See contacts with their totals and activity.",
    "contacts:write": "Send and edit contacts.",
    "imports:read": "See imports and what they refused.",
    "imports:write": "Bring files in, and undo that.",
    "keys:read": "See the API keys, without their secrets.",
    "keys:write": "Make and revoke API keys.",
    "orders:read": "See orders.",
    "orders:write": "Send orders, one or many.",
    "privacy:read": "Export all that is known of a person.",
    "privacy:write": "Erase a person.",
    "products:read": "See products.",
    "products:write": "Send products.",
    "stores:read": "See stores.",
    "stores:write": "Add and edit stores.",
    "users:read": "See who may sign in.",
    "users:write": "Invite people, change their role, let them in no more.",
}
"""Scope → what it allows."""

_ONLY_OWNERS = frozenset({"audit:read", "keys:read", "users:read"})
_READ = frozenset(scope for scope in SCOPES if scope.endswith(":read")) - _ONLY_OWNERS

ROLES: dict[Role, frozenset[str]] = {
    Role.OWNER: frozenset(SCOPES),
    Role.MARKETER: _READ
    | {"carts:write", "contacts:write", "imports:write", "orders:write", "products:write"},
    Role.VIEWER: _READ - {"privacy:read"},
}
"""Role → what a user or key with it may do at most."""


class Denied(Exception):
    """The caller is known, and may not do this."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone whose identity was proven: a user or a key. ``actor`` names them in the audit log."""

    actor: str
    role: Role
    scopes: frozenset[str]


def of_user(user: User) -> Caller:
    """Who someone signed in is: all that the role allows, as it is now."""
    role = Role(user.role)
    return Caller(f"user {user.pk} ({user.email})", role, ROLES[role])


def granted(role: Role, asked: Iterable[str] = ()) -> frozenset[str]:
    """What a key of this role holds: all that the role allows, or what was asked for of it."""
    narrowed = frozenset(asked)
    return ROLES[role] & narrowed if narrowed else ROLES[role]


def check(caller: Caller, scope: str) -> None:
    """Raises Denied, with the reason, unless the caller holds the scope."""
    if scope in caller.scopes:
        return
    if scope in ROLES[caller.role]:
        raise Denied(f"This key was made without the scope {scope}.")
    raise Denied(f"The role {caller.role} does not allow {scope}.")

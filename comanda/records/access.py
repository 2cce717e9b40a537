"""Who may do what: every scope in one table, and what each role holds. What is not given is denied."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comanda.records.models import Role, User

SCOPES: dict[str, Promise] = {
    "activity:read": _("Follow what happens, in order."),
    "audit:read": _("See who did what."),
    "carts:read": _("See carts."),
    "carts:write": _("Send carts."),
    "contacts:read": _("See contacts with their totals and activity."),
    "contacts:write": _("Send and edit contacts."),
    "imports:read": _("See imports and what they refused."),
    "imports:write": _("Bring files in, and undo that."),
    "keys:read": _("See the API keys, without their secrets."),
    "keys:write": _("Make and revoke API keys."),
    "orders:read": _("See orders."),
    "orders:write": _("Send orders, one or many."),
    "privacy:read": _("Export all that is known of a person."),
    "privacy:write": _("Erase a person."),
    "products:read": _("See products."),
    "products:write": _("Send products."),
    "stores:read": _("See stores."),
    "stores:sync": _("Sync stores, compare days with the shop, replay what did not come in."),
    "stores:write": _("Add and edit stores."),
    "users:read": _("See who may sign in."),
    "users:write": _("Invite people, change their role, let them in no more."),
}
"""Scope → what it allows."""

_ONLY_OWNERS = frozenset({"audit:read", "keys:read", "users:read"})
_READ = frozenset(scope for scope in SCOPES if scope.endswith(":read")) - _ONLY_OWNERS

ROLES: dict[Role, frozenset[str]] = {
    Role.OWNER: frozenset(SCOPES),
    Role.MARKETER: _READ
    | {"carts:write", "contacts:write", "imports:write", "orders:write", "products:write", "stores:sync"},
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

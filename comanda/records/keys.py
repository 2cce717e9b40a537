"""API keys: made, shown once, found by their hash, withdrawn.

A key is 256 random bits, so that a plain SHA-256 is enough to keep it safe at rest, and looking it up by
that hash tells nothing by the time it takes.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from comanda.records import access, audit
from comanda.records.models import ApiKey, Role, User

_MARK = "comanda_"
_SHOWN = len(_MARK) + 6
_USE_NOTED_EVERY = timedelta(minutes=1)


def create(
    name: str,
    *,
    role: Role = Role.OWNER,
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
    rate_per_minute: int | None = None,
    created_by: User | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is never seen again.

    No ``scopes`` means all of the role's. Raises ValueError for a scope that does not exist or is more than
    the role allows, and for a time that has passed.
    """
    for scope in scopes:
        if scope not in access.SCOPES:
            raise ValueError(f"no scope is called {scope!r}: there are {', '.join(access.SCOPES)}")
        if scope not in access.ROLES[role]:
            raise ValueError(f"the role {role} does not allow {scope}")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise ValueError("the key would have expired already")
    token = _MARK + secrets.token_urlsafe(32)
    made = ApiKey.objects.create(
        name=name,
        prefix=token[:_SHOWN],
        digest=digest(token),
        role=role,
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
        rate_per_minute=rate_per_minute,
        created_by=created_by,
    )
    return made, token


def issue(
    user: User, name: str, role: Role, scopes: Sequence[str], expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """A new key that someone made, and its secret; raises ValueError like ``create``."""
    with transaction.atomic():
        made, token = create(name, role=role, scopes=scopes, expires_at=expires_at, created_by=user)
        audit.note(access.of_user(user).actor, "key.create", f"key {made.pk}", name=name, role=role)
    return made, token


def withdraw(key_id: int, *, by: str) -> bool:
    """Revokes a key on behalf of someone; False when there was nothing to revoke."""
    with transaction.atomic():
        revoked = revoke(key_id)
        if revoked:
            audit.note(by, "key.revoke", f"key {key_id}")
    return revoked


def digest(token: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def find(hashed: bytes) -> ApiKey | None:
    """The key with this digest, be it expired or revoked."""
    return ApiKey.objects.filter(digest=hashed).first()


def note_use(key: ApiKey) -> None:
    """Remembers that the key was used, to the minute: a write for each request would cost too much."""
    used_lately = Q(last_used_at__gt=Now() - _USE_NOTED_EVERY)
    ApiKey.objects.filter(id=key.id).exclude(used_lately).update(last_used_at=Now())


def revoke(key_id: int) -> bool:
    """Withdraws a key for good; False when there is no such key, or it was withdrawn before."""
    return bool(ApiKey.objects.filter(id=key_id, revoked_at=None).update(revoked_at=Now()))

"""The way over a shop's authorise page: begun by one person, answered once, within some minutes.

The state that travels is 256 random bits. It proves that an answer is to a question of ours; it opens nothing
for anybody but the person who began.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from comanda.records import connections
from comanda.records.models import Authorisation, User

LASTS = timedelta(minutes=20)


class Spent(ValueError):
    """The state stands for nothing: it was never given out, was answered, or its time is over."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The store that is to be connected as it was typed; ``key`` is that of one which is there already."""

    name: str
    url: str
    key: str = ""


def begin(user: User, platform: str, draft: Draft, fields: Mapping[str, str]) -> str:
    """Begins a way; gives the state that travels. What is past its time goes."""
    Authorisation.objects.filter(expires_at__lt=Now()).delete()
    state = secrets.token_urlsafe(32)
    Authorisation.objects.create(
        digest=_digest(state),
        user=user,
        platform=platform,
        draft={"name": draft.name, "url": draft.url, "key": draft.key},
        sealed=connections.seal(fields),
        expires_at=datetime.now(UTC) + LASTS,
    )
    return state


def find(platform: str, state: str, user: User | None = None) -> Authorisation:
    """The way that this state belongs to, answered or not; that of ``user``, if given. Raises Spent."""
    found = Authorisation.objects.filter(
        digest=_digest(state), platform=platform, expires_at__gt=datetime.now(UTC)
    ).first()
    if found is None or (user is not None and found.user_id != user.pk):
        raise Spent
    return found


def answer(way: Authorisation) -> None:
    """Marks the way as answered, which it can be once. Raises Spent."""
    marked = Authorisation.objects.filter(id=way.pk, answered_at=None).update(answered_at=datetime.now(UTC))
    if not marked:
        raise Spent
    way.refresh_from_db(fields=["answered_at"])


def keep(way: Authorisation, fields: Mapping[str, str]) -> None:
    """Keeps what the shop gave."""
    way.sealed = connections.seal(fields)
    way.save(update_fields=["sealed"])


def fields(way: Authorisation) -> dict[str, str]:
    """The fields in the clear."""
    return connections.open_sealed(bytes(way.sealed))


def draft(way: Authorisation) -> Draft:
    """What was typed of the store."""
    kept: dict[str, Any] = way.draft
    return Draft(kept["name"], kept["url"], kept["key"])


def end(way: Authorisation) -> dict[str, str]:
    """Forgets the way; gives its fields, once. Raises Spent for one that ended."""
    with transaction.atomic():
        kept = Authorisation.objects.select_for_update().filter(id=way.pk).first()
        if kept is None:
            raise Spent
        found = fields(kept)
        kept.delete()
    return found


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "replace")).digest()

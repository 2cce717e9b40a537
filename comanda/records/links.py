"""One-time links: for whoever makes the first user, is invited, or lost their password.

A token is 256 random bits, shown once; what is kept is its SHA-256.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext

from comanda.records.models import OneTimeLink, Purpose, Role

LASTS = {
    Purpose.OWNER: timedelta(days=7),
    Purpose.INVITE: timedelta(days=7),
    Purpose.RESET: timedelta(days=1),
    Purpose.SIGN_IN: timedelta(days=30),
}
"""What a link opens → how long it does."""


class LinkSpent(ValueError):
    """The link opens nothing: it was used, withdrawn or replaced, or its time is over."""

    def __init__(self) -> None:
        super().__init__(gettext("This link was used already, or its time is over. Ask for a new one."))


def make(purpose: Purpose, email: str = "", role: Role = Role.OWNER, *, by: str) -> tuple[OneTimeLink, str]:
    """A new link and its token, which is never seen again.

    Earlier ones for the same person and purpose open nothing any more. The first user's are for nobody yet:
    each process prints its own, and all are void once there is a user.
    """
    if email:
        withdraw(purpose, email)
    token = secrets.token_urlsafe(32)
    made = OneTimeLink.objects.create(
        digest=_digest(token),
        purpose=purpose,
        email=email,
        role=role,
        made_by=by,
        expires_at=datetime.now(UTC) + LASTS[purpose],
    )
    return made, token


def usable() -> QuerySet[OneTimeLink]:
    """The links that still open something."""
    return OneTimeLink.objects.filter(used_at=None, expires_at__gt=Now())


def find(token: str) -> OneTimeLink | None:
    """The link with this token, if it still opens something."""
    return usable().filter(digest=_digest(token)).first()


def spend(token: str) -> OneTimeLink:
    """Uses the link up; raises LinkSpent. Of two that try at once, one does; call it in a transaction."""
    found = usable().filter(digest=_digest(token)).select_for_update().first()
    if found is None:
        raise LinkSpent
    OneTimeLink.objects.filter(pk=found.pk).update(used_at=Now())
    return found


def withdraw(purpose: Purpose, email: str) -> bool:
    """Takes back what was not used; the row goes. False when there was nothing."""
    removed, _ = OneTimeLink.objects.filter(purpose=purpose, email=email, used_at=None).delete()
    return bool(removed)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

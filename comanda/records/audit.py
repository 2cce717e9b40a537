"""The audit log: who did what, kept apart from activity, which is about contacts."""

from typing import Any

from comanda.lib.text import shorten
from comanda.records.models import AuditEntry

_LONGEST = 300
"""Names of actors are indexed, and an index has no room for any length."""


def note(actor: str, action: str, target: str, **detail: Any) -> None:
    """Adds one deed. ``detail`` says what was touched, never a person's data."""
    AuditEntry.objects.create(actor=shorten(actor, _LONGEST), action=action, target=target, detail=detail)

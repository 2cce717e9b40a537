"""The audit log: who did what, kept apart from activity, which is about contacts."""

from typing import Any

from comanda.records.models import AuditEntry


def note(actor: str, action: str, target: str, **detail: Any) -> None:
    """Adds one deed. ``detail`` says what was touched, never a person's data."""
    AuditEntry.objects.create(actor=actor, action=action, target=target, detail=detail)

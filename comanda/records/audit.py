"""The audit log: who did what, kept apart from activity, which is about contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from comanda.lib.text import shorten
from comanda.records.models import AuditEntry

_LONGEST = 300
"""Names of actors are indexed, and an index has no room for any length."""

_DISTINCT = """
WITH RECURSIVE found AS (
    (SELECT {column} AS value FROM audit_entry ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM audit_entry WHERE {column} > found.value ORDER BY {column} LIMIT 1)
    FROM found WHERE found.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL LIMIT 500
"""
"""Each different value by one look into the index, however long the log is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deeds: "" and None stand for all; ``since`` and ``until`` are the ends of a stretch of time."""

    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some deeds, newest first; ``after`` is where the next page goes on, None when there is none."""

    entries: Sequence[AuditEntry]
    after: tuple[datetime, int] | None


def note(actor: str, action: str, target: str, **detail: Any) -> None:
    """Adds one deed. ``detail`` says what was touched, never a person's data."""
    AuditEntry.objects.create(actor=shorten(actor, _LONGEST), action=action, target=target, detail=detail)


def page(wanted: Wanted, after: tuple[datetime, int] | None = None, size: int = 50) -> Page:
    """The deeds behind a place in the log, as quick at its end as at its beginning."""
    given = {
        "actor": wanted.actor, "action": wanted.action, "at__gte": wanted.since, "at__lt": wanted.until,
    }  # fmt: skip
    found = AuditEntry.objects.filter(**{name: value for name, value in given.items() if value})
    if after is not None:
        at, last_id = after
        found = found.filter(at__lte=at).filter(Q(at__lt=at) | Q(id__lt=last_id))
    rows = list(found.order_by("-at", "-id")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, (rows[-1].at, rows[-1].pk) if more else None)


def actors() -> list[str]:
    """Everyone who ever did something."""
    return _distinct("actor")


def actions() -> list[str]:
    """Everything that was ever done."""
    return _distinct("action")


def _distinct(column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT.format(column=column))
        return [value for (value,) in cursor.fetchall()]

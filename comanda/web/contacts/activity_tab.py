"""The activity of a contact: grouped by day, latest first, more of it as one scrolls."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from comanda.records import contacts
from comanda.records.models import Activity, Contact
from comanda.web.contacts import activity_words
from comanda.web.contacts.activity_words import Happening

AT_ONCE = 40
_CURSOR = re.compile(r"([0-9]{1,16})\.([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day of the reader's zone; ``is_new`` unless a page before began it."""

    day: date
    is_new: bool
    happenings: Sequence[Happening]


def told(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """What the tab's template is told."""
    group = request.GET.get("group", "")
    kinds = activity_words.GROUPS[group][1] if group in activity_words.GROUPS else ()
    before = _read(request.GET.get("before", ""))
    rows = list(contacts.activity(contact.pk, before, kinds)[: AT_ONCE + 1])
    more, rows = len(rows) > AT_ONCE, rows[:AT_ONCE]
    return {
        "group": group,
        "groups": [(key, label) for key, (label, _) in activity_words.GROUPS.items()],
        "days": list(_days(rows, before)),
        "next": urlencode({"tab": "activity", "group": group, "before": _write(rows[-1])}) if more else "",
        "is_first": before is None,
    }


def _days(rows: Sequence[Activity], before: tuple[datetime, int] | None) -> list[Day]:
    begun = _day(before[0]) if before else None
    return [
        Day(day, day != begun, list(happenings))
        for day, happenings in groupby(activity_words.tell(rows), key=lambda each: _day(each.at))
    ]


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _write(row: Activity) -> str:
    """Microseconds since 1970, and the row's id."""
    return f"{int(row.at.timestamp()) * 1_000_000 + row.at.microsecond}.{row.pk}"


def _read(cursor: str) -> tuple[datetime, int] | None:
    said = _CURSOR.fullmatch(cursor)
    if said is None:
        return None
    seconds, micros = divmod(int(said[1]), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros), int(said[2])

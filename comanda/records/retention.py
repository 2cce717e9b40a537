"""What is kept for a set time only."""

from datetime import UTC, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from comanda.records.models import (
    Authorisation,
    IdempotentRequest,
    Import,
    ImportProblem,
    Inbox,
    InboxState,
    OneTimeLink,
)

_ANSWERS = timedelta(hours=24)


def purge(before: datetime) -> dict[str, int]:
    """Removes payloads and cells of refused rows from before then, answers of yesterday, and spent sign-ins.

    A payload that failed is kept until it was replayed or given up: it is the only trace of its order.
    """
    payloads, _ = Inbox.objects.filter(received_at__lt=before, state=InboxState.DONE).delete()
    old = Import.objects.filter(finished_at__lt=before).values("id")
    cells = ImportProblem.objects.filter(import_id__in=old, raw__isnull=False).update(raw=None, value="")
    answers, _ = IdempotentRequest.objects.filter(created_at__lt=datetime.now(UTC) - _ANSWERS).delete()
    return {"payloads": payloads, "refused rows": cells, "answers": answers, **_purge_access()}


def _purge_access() -> dict[str, int]:
    now = datetime.now(UTC)
    Authorisation.objects.filter(expires_at__lt=now).delete()
    links, _ = OneTimeLink.objects.filter(expires_at__lt=now).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return {"links": links, "sessions": sessions}

"""What is kept for a set time only."""

from datetime import UTC, datetime, timedelta

from comanda.records.models import IdempotentRequest, Import, ImportProblem, Inbox, InboxState

_ANSWERS = timedelta(hours=24)


def purge(before: datetime) -> dict[str, int]:
    """Removes payloads and the cells of refused rows from before then, and stored answers of yesterday.

    A payload that failed is kept until it was replayed or given up: it is the only trace of its order.
    """
    payloads, _ = Inbox.objects.filter(received_at__lt=before, state=InboxState.DONE).delete()
    old = Import.objects.filter(finished_at__lt=before).values("id")
    cells = ImportProblem.objects.filter(import_id__in=old, raw__isnull=False).update(raw=None, value="")
    answers, _ = IdempotentRequest.objects.filter(created_at__lt=datetime.now(UTC) - _ANSWERS).delete()
    return {"payloads": payloads, "refused rows": cells, "answers": answers}

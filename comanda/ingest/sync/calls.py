"""The log of calls to shops, forgotten after a few days."""

from datetime import UTC, datetime, timedelta

from comanda.records.models import ShopCall

KEPT = timedelta(days=3)
_MOST_AT_ONCE = 5_000


def forget() -> None:
    """Removes old calls, some at a time: it is asked for each minute."""
    old = ShopCall.objects.filter(at__lt=datetime.now(UTC) - KEPT).values("id")[:_MOST_AT_ONCE]
    ShopCall.objects.filter(id__in=old).delete()

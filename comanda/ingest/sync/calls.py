"""The log of calls to shops, forgotten after a few days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Avg, Count, Q

from comanda.records.models import ShopCall, Store

KEPT = timedelta(days=3)
_MOST_AT_ONCE = 5_000


def forget() -> None:
    """Removes old calls, some at a time: it is asked for each minute."""
    old = ShopCall.objects.filter(at__lt=datetime.now(UTC) - KEPT).values("id")[:_MOST_AT_ONCE]
    ShopCall.objects.filter(id__in=old).delete()


@dataclass(frozen=True, slots=True)
class Summary:
    """The calls of the last hour: how many, how many failed, and how long the shop took on average."""

    count: int
    failed: int
    seconds: float | None


def summary(store: Store) -> Summary:
    """How the shop was asked in the last hour."""
    since = datetime.now(UTC) - timedelta(hours=1)
    found = ShopCall.objects.filter(store=store, at__gte=since).aggregate(
        count=Count("id"), failed=Count("id", filter=~Q(error="")), seconds=Avg("seconds")
    )
    return Summary(found["count"], found["failed"], found["seconds"])


def latest(store: Store, most: int = 60) -> Sequence[ShopCall]:
    """The last calls, newest first."""
    return list(ShopCall.objects.filter(store=store).order_by("-at")[:most])

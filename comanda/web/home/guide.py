"""The first steps: a store, its orders, the people. They tick off as they are done, and then are gone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest

from comanda.records.models import Contact, Order, Store

COOKIE = "guided"
"""Set once people were looked at, or the steps were put away."""
_FIRST_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Guide:
    """How far someone is: ``store`` is one to begin with, if there is any."""

    store: Store | None
    has_orders: bool

    @property
    def is_all(self) -> bool:
        """Whether there is nothing else to show yet."""
        return not self.has_orders


def find(request: HttpRequest) -> Guide | None:
    """The steps; None for whoever has made them, or came to a Comanda that is running for long."""
    store = Store.objects.filter(archived_at=None, removal_asked_at=None).order_by("id").first()
    has_orders = Order.objects.exists()
    if has_orders and (COOKIE in request.COOKIES or not _is_young()):
        return None
    return Guide(store, has_orders)


def _is_young() -> bool:
    first = Store.objects.order_by("id").values_list("created_at", flat=True).first()
    return first is not None and datetime.now(UTC) - first < _FIRST_DAYS and Contact.objects.exists()

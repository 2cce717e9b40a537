"""Activity as it is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comanda.api.rest.fields import Answer
from comanda.records.models import Activity


class ActivityOut(Answer):
    """One thing that happened. ``at`` is when, ``recorded_at`` when Comanda learned of it."""

    id: int
    kind: str
    at: datetime
    recorded_at: datetime
    live: bool
    contact_id: int | None
    order_id: int | None
    cart_id: int | None
    data: dict[str, Any]


class FeedItem(ActivityOut):
    """One thing that happened, and in which store."""

    store: str | None


_COLUMNS = tuple(ActivityOut.model_fields)


def show_in_feed(activity: Activity, stores: Mapping[int, str]) -> FeedItem:
    """One thing that happened, with its store's key by ``stores`` (id → key)."""
    store = stores.get(activity.store_id or 0)
    return FeedItem(store=store, **{column: getattr(activity, column) for column in _COLUMNS})


def show(activity: Activity) -> ActivityOut:
    """One thing that happened to a contact or order."""
    return ActivityOut(**{column: getattr(activity, column) for column in _COLUMNS})

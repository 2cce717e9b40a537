"""`/activity`: what happens, in the order in which it was committed."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from comanda.api.rest import activity_answers, paging
from comanda.api.rest.activity_answers import FeedItem
from comanda.api.rest.fields import Answer
from comanda.api.rest.paging import Cursor, Limit
from comanda.api.rest.routing import needs
from comanda.records import activity
from comanda.records.activity import Position
from comanda.records.models import Store

router = Router(tags=["activity"])
_LIST = "activity"
_BEGINNING = Position(0, 0, 0)


class Feed(Answer):
    """Some of the log. ``next`` is always there: what happens later is found behind it."""

    items: list[FeedItem]
    next: str


@router.get("", response=Feed, **needs("activity:read"))
def follow_activity(request: HttpRequest, limit: Limit = paging.USUAL, cursor: Cursor = None) -> Any:
    """What happened, first to last, without a gap.

    Keep `next` and ask again with it, as often as you like: it leads to what was committed since. An empty
    `items` means that nothing new is there yet.
    """
    place = Position(*paging.decode(_LIST, cursor)) if cursor else _BEGINNING
    rows = activity.after(place, limit)
    if rows:
        place = activity.position(rows[-1])
    stores = dict(Store.objects.filter(id__in={row.store_id for row in rows}).values_list("id", "key"))
    items = [activity_answers.show_in_feed(row, stores) for row in rows]
    return Feed(items=items, next=paging.encode(_LIST, place))

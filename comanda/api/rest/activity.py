"""`/activity`: what happens, in the order in which it was committed."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from comanda.api.rest import paging
from comanda.api.rest.activity_answers import FeedItem
from comanda.api.rest.fields import Answer
from comanda.api.rest.paging import Cursor, Limit
from comanda.api.rest.routing import needs
from comanda.records import feed

router = Router(tags=["activity"])
_LIST = "activity"


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
    position = feed.BEGINNING
    if cursor:
        era, xid, row_id = paging.decode(_LIST, cursor)
        position = (era, xid, row_id)
    rows = feed.after(position, limit)
    if rows:
        position = feed.position(rows[-1])
    items = [FeedItem(**{name: row[name] for name in FeedItem.model_fields}) for row in rows]
    return Feed(items=items, next=paging.encode(_LIST, position))

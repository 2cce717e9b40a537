"""`/orders`: sent one by one, listed, looked at."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from comanda.api import known_stores, problems
from comanda.api.rest import lists, order_answers, outcomes, paging
from comanda.api.rest.fields import Id, Live, Since, Sought, SoughtId, sought_choice
from comanda.api.rest.lists import Page
from comanda.api.rest.order_answers import OrderDetails, OrderOut
from comanda.api.rest.order_bodies import OrderBody
from comanda.api.rest.paging import Cursor, Limit
from comanda.api.rest.routing import needs
from comanda.ingest import coalesce
from comanda.ingest.upsert import Cause
from comanda.records import orders
from comanda.records.models import Order
from comanda.shapes import OrderStatus

router = Router(tags=["orders"])
_LIST = "orders"
_CAUSES = {live: Cause("api", live=live) for live in (True, False)}
SoughtStatus = Annotated[OrderStatus | None, sought_choice(frozenset(OrderStatus))]


@router.get("", response=Page[OrderOut], **needs("orders:read"))
def list_orders(
    request: HttpRequest,
    store: Sought = None,
    status: SoughtStatus = None,
    since: Since = None,
    contact_id: SoughtId = None,
    order_id: Sought = None,
    limit: Limit = paging.USUAL,
    cursor: Cursor = None,
) -> Any:
    """Orders, the one placed last first. `since` is about when they were placed; `order_id` is the shop's."""
    found = orders.latest_first(
        store=store,
        status=status,
        since=since,
        contact_id=contact_id,
        order_id=order_id,
        before=behind(_LIST, cursor),
    )
    return lists.page(_LIST, found, limit, order_answers.show, position)


@router.post("", response=outcomes.RESPONSES, **needs("orders:write"))
def upsert_order(
    request: HttpRequest, order: Annotated[OrderBody, Body()], live: Live = True
) -> HttpResponse:
    """Adds an order, or brings a newer version of it.

    The answer comes once it is durable. The same version again changes nothing, and an older one never
    overwrites a newer.
    """
    store = known_stores.get(order.store)
    return outcomes.respond(
        "order", coalesce.submit(store.ref, order.shape(store, request.body), _CAUSES[live])
    )


@router.get("/{id}", response=OrderDetails, **needs("orders:read"))
def get_order(request: HttpRequest, id: Id) -> OrderDetails:  # noqa: A002  # the name in the address
    """An order with its lines, refunds and history, by Comanda's id."""
    order = orders.find(id)
    if order is None:
        raise problems.not_found(f"order {id}")
    return order_answers.show_details(order)


def behind(listing: str, cursor: str | None) -> orders.Position | None:
    """Where a page of orders begins."""
    if not cursor:
        return None
    placed_at, row_id = paging.decode(listing, cursor)
    return datetime.fromisoformat(placed_at), row_id


def position(order: Order) -> orders.Position:
    """Where an order stands in a list."""
    return order.placed_at, order.pk

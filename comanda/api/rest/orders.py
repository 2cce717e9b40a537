"""`/orders`: sent one by one, listed, looked at."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from comanda.api import known_stores
from comanda.api.rest import outcomes
from comanda.api.rest.fields import Live
from comanda.api.rest.order_bodies import OrderBody
from comanda.api.rest.routing import needs
from comanda.ingest import coalesce
from comanda.ingest.upsert import Cause

router = Router(tags=["orders"])
_CAUSES = {live: Cause("api", live=live) for live in (True, False)}


@router.post("", response=outcomes.RESPONSES, **needs("orders:write"))
def upsert_order(
    request: HttpRequest,
    order: Annotated[OrderBody, Body()],
    live: Live = True,
) -> HttpResponse:
    """Adds an order, or brings a newer version of it."""
    store = known_stores.get(order.store)
    return outcomes.respond(coalesce.submit(store.ref, order.shape(store, request.body), _CAUSES[live]))

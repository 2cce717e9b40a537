"""`/carts`: purchases begun."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from comanda.api import known_stores, problems
from comanda.api.rest import cart_schemas, lists, outcomes, paging
from comanda.api.rest.cart_schemas import CartBody, CartDetails, CartOut
from comanda.api.rest.fields import Id, Live, Since, Sought, SoughtId, sought_choice
from comanda.api.rest.lists import Page
from comanda.api.rest.paging import Cursor, Limit
from comanda.api.rest.routing import needs
from comanda.ingest import coalesce
from comanda.ingest.upsert import Cause
from comanda.records import carts
from comanda.shapes import CartState

router = Router(tags=["carts"])
_LIST = "carts"
SoughtState = Annotated[CartState | None, sought_choice(frozenset(CartState))]


@router.get("", response=Page[CartOut], **needs("carts:read"))
def list_carts(
    request: HttpRequest,
    store: Sought = None,
    state: SoughtState = None,
    since: Since = None,
    contact_id: SoughtId = None,
    limit: Limit = paging.USUAL,
    cursor: Cursor = None,
) -> Any:
    """Carts, newest first. `since` is about when they were started."""
    found = carts.newest_first(
        store=store, state=state, since=since, contact_id=contact_id, before_id=lists.behind(_LIST, cursor)
    )
    return lists.page(_LIST, found, limit, cart_schemas.show)


@router.post("", response=outcomes.RESPONSES, **needs("carts:write"))
def upsert_cart(request: HttpRequest, cart: Annotated[CartBody, Body()], live: Live = True) -> HttpResponse:
    """Adds a cart, or brings a newer version of it."""
    store = known_stores.get(cart.store)
    result = coalesce.submit(store.ref, cart.shape(store, request.body), Cause("api", live=live))
    return outcomes.respond("cart", result)


@router.get("/{id}", response=CartDetails, **needs("carts:read"))
def get_cart(request: HttpRequest, id: Id) -> CartDetails:  # noqa: A002  # the name in the address
    """A cart with what is in it, by Comanda's id."""
    cart = carts.find(id)
    if cart is None:
        raise problems.not_found(f"cart {id}")
    return cart_schemas.show_details(cart)

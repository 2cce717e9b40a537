"""`/stores`: where orders come from."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Path, Router

from comanda.api import known_stores, problems
from comanda.api.problems import ApiProblem
from comanda.api.rest import lists, paging, store_schemas
from comanda.api.rest.fields import StoreKey
from comanda.api.rest.lists import Page
from comanda.api.rest.paging import Cursor, Limit
from comanda.api.rest.routing import actor, needs
from comanda.api.rest.store_schemas import StoreBody, StoreFields, StoreOut, StoreWithTotals
from comanda.records import audit, stores
from comanda.records.models import Store

router = Router(tags=["stores"])
_LIST = "stores"
InPath = Annotated[StoreKey, Path()]


@router.get("", response=Page[StoreWithTotals], **needs("stores:read"))
def list_stores(request: HttpRequest, limit: Limit = paging.USUAL, cursor: Cursor = None) -> Any:
    """Stores with what they have brought, by their keys."""
    found = Store.objects.select_related("contact_list").order_by("key")
    if cursor:
        found = found.filter(key__gt=lists.behind(_LIST, cursor))
    page = lists.page(_LIST, found, limit, lambda store: store, lambda store: (store.key,))
    return {**page, "items": store_schemas.show_with_totals(page["items"])}


@router.post("", response={201: StoreOut}, **needs("stores:write"))
def add_store(request: HttpRequest, store: Annotated[StoreBody, Body()]) -> StoreOut:
    """Adds a store."""
    try:
        made = stores.create(store.key, **store.given())
    except stores.KeyTaken as taken:
        raise ApiProblem(409, f"There is a store {store.key} already.", [_fault(taken)]) from None
    except stores.StoreRefused as refused:
        raise problems.unfit([_fault(refused)]) from None
    audit.note(actor(request), "store.add", f"store {made.key}")
    return store_schemas.show(made)


@router.get("/{key}", response=StoreWithTotals, **needs("stores:read"))
def get_store(request: HttpRequest, key: InPath) -> StoreWithTotals:
    """A store with what it has brought."""
    return store_schemas.show_with_totals([find_store(key)])[0]


@router.patch("/{key}", response=StoreOut, **needs("stores:write"))
def edit_store(request: HttpRequest, key: InPath, store: Annotated[StoreFields, Body()]) -> StoreOut:
    """Changes what is sent; the rest stays."""
    found = find_store(key)
    given = store.given()
    try:
        stores.edit(found, **given)
    except stores.StoreRefused as refused:
        raise problems.unfit([_fault(refused)]) from None
    known_stores.forget()
    audit.note(actor(request), "store.edit", f"store {key}", columns=sorted(given))
    return store_schemas.show(found)


def find_store(key: str) -> Store:
    """The store with this key; raises ApiProblem."""
    store = stores.find(key)
    if store is None:
        raise problems.not_found(f"store {key}")
    return store


def _fault(refused: stores.StoreRefused) -> dict[str, str]:
    return problems.at(problems.pointer([refused.field]), f"expected {refused.expected}")

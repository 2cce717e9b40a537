"""`/products`: what stores sell."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Router
from pydantic import Discriminator, Field, Tag

from comanda.api import known_stores, problems
from comanda.api.problems import ApiProblem
from comanda.api.rest import lists, outcomes, paging, product_schemas
from comanda.api.rest.fields import Answer, Id, Sought
from comanda.api.rest.lists import Page
from comanda.api.rest.outcomes import ItemOutcome, OutcomeOut
from comanda.api.rest.paging import Cursor, Limit
from comanda.api.rest.product_schemas import ProductBody, ProductOut
from comanda.api.rest.routing import needs
from comanda.ingest.upsert import Cause, upsert
from comanda.records import products
from comanda.shapes import Result

router = Router(tags=["products"])
_LIST = "products"
_CAUSE = Cause("api", live=True)
MOST = 1000


def _one_or_many(value: Any) -> str:
    return "many" if isinstance(value, list) else "one"


Products = Annotated[
    Annotated[ProductBody, Tag("one")]
    | Annotated[list[ProductBody], Field(min_length=1, max_length=MOST), Tag("many")],
    Discriminator(_one_or_many),
]


class ProductOutcomes(Answer):
    """What became of each product, in the order in which they were sent."""

    items: list[ItemOutcome]


_RESPONSES = {200: OutcomeOut | ProductOutcomes, 201: OutcomeOut}


@router.get("", response=Page[ProductOut], **needs("products:read"))
def list_products(
    request: HttpRequest,
    store: Sought = None,
    sku: Sought = None,
    limit: Limit = paging.USUAL,
    cursor: Cursor = None,
) -> Any:
    """Products, newest first."""
    found = products.newest_first(store=store, sku=sku, before_id=lists.behind(_LIST, cursor))
    return lists.page(_LIST, found, limit, product_schemas.show)


@router.post("", response=_RESPONSES, **needs("products:write"))
def upsert_products(request: HttpRequest, products: Annotated[Products, Body()]) -> Any:
    """Adds a product or brings a newer version of it; or up to 1,000 of them, each answered for itself."""
    if isinstance(products, ProductBody):
        store = _store(products.store, None)
        shape = products.shape(store.currency)
        return outcomes.respond("product", upsert(store.ref, [shape], _CAUSE)[0])
    results = _upsert_all(products)
    outcomes.count("product", results)
    return outcomes.json({"items": [outcomes.item(result) for result in results]})


@router.get("/{id}", response=ProductOut, **needs("products:read"))
def get_product(request: HttpRequest, id: Id) -> ProductOut:  # noqa: A002  # the name in the address
    """A product, by Comanda's id."""
    product = products.find(id)
    if product is None:
        raise problems.not_found(f"product {id}")
    return product_schemas.show(product)


def _upsert_all(bodies: Sequence[ProductBody]) -> list[Result]:
    """Writes products store by store; results in the order of the bodies."""
    places: dict[str, list[int]] = {}
    for place, body in enumerate(bodies):
        places.setdefault(body.store, []).append(place)
    stores = {key: _store(key, places[key][0]) for key in places}
    results: dict[int, Result] = {}
    for key, of_store in places.items():
        shapes = [bodies[place].shape(stores[key].currency) for place in of_store]
        results.update(zip(of_store, upsert(stores[key].ref, shapes, _CAUSE), strict=True))
    return [results[place] for place in range(len(bodies))]


def _store(key: str, place: int | None) -> known_stores.KnownStore:
    try:
        return known_stores.get(key)
    except ApiProblem as unknown:
        path = ["store"] if place is None else [place, "store"]
        fault = problems.at(problems.pointer(path), "expected the key of a store")
        raise ApiProblem(404, unknown.detail, [fault]) from None

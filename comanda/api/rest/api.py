"""The REST API, version 1: its routes, how answers are written, and what becomes of errors."""

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import BaseRenderer

from comanda import __version__
from comanda.api import faults, once, problems, reading
from comanda.api.rest import activity, carts, contacts, imports, orders, privacy, products, stores
from comanda.api.rest.routing import nobody


class OrjsonRenderer(BaseRenderer):
    """Answers as JSON; times come out as ISO 8601 with their zone."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The body."""
        return orjson.dumps(data)


api = NinjaAPI(
    title="Comanda",
    version=__version__,
    description="Every order of every shop in one contact database.",
    auth=nobody,
    openapi_url=None,
    docs_url=None,
    parser=reading.StrictParser(),
    renderer=OrjsonRenderer(),
    urls_namespace="rest",
)
for _prefix, _router in (
    ("/contacts", contacts.router),
    ("/contacts", privacy.router),
    ("/orders", orders.router),
    ("/carts", carts.router),
    ("/products", products.router),
    ("/stores", stores.router),
    ("/imports", imports.router),
    ("/activity", activity.router),
):
    api.add_router(_prefix, _router)


def _answer_fault(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if isinstance(error, once.Replay):
        return error.response
    return problems.answer(faults.of(request, error if isinstance(error, Exception) else error()))


for _kind in (Exception, HttpError, Http404, ValidationError):
    api.add_exception_handler(_kind, _answer_fault)

"""The REST API, version 1: its routes, how answers are written, and what becomes of errors."""

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import BaseRenderer

from comanda import __version__
from comanda.api import faults, once, openapi, problems, reading
from comanda.api.rest import (
    activity,
    bulk,
    carts,
    contacts,
    imports,
    orders,
    privacy,
    products,
    stores,
    syncs,
)
from comanda.api.rest.routing import nobody

ROOT = "/api/v1/"


class OrjsonRenderer(BaseRenderer):
    """Answers as JSON; times come out as ISO 8601 with their zone."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The body."""
        return orjson.dumps(data)


class RestApi(NinjaAPI):
    """The API whose description tells of shared answers too."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The OpenAPI document."""
        schema = super().get_openapi_schema(path_prefix=path_prefix or ROOT, path_params=path_params)
        openapi.complete(schema)
        return schema

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the view."""
        return operation.view_func.__name__


api = RestApi(
    title="Comanda",
    version=__version__,
    description=openapi.DESCRIPTION,
    auth=nobody,
    openapi_url=None,
    docs_url=None,
    parser=reading.StrictParser(),
    renderer=OrjsonRenderer(),
    urls_namespace="rest",
)
for _prefix, _router in (
    ("/orders", bulk.router),
    ("/orders", orders.router),
    ("/contacts", contacts.router),
    ("/contacts", privacy.router),
    ("/carts", carts.router),
    ("/products", products.router),
    ("/stores", stores.router),
    ("/stores", syncs.router),
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

"""What stands around every route: errors from outside it, headers of all answers, counting."""

import time
from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

from comanda.api import faults, problems
from comanda.api.problems import ApiProblem
from comanda.lib import metrics

View = Callable[..., HttpResponseBase]


def framed(prefix: str, patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern]:
    """The same addresses behind a prefix, each view framed."""
    return [
        URLPattern(RoutePattern(route, is_endpoint=True), frame(route, pattern.callback), name=pattern.name)
        for pattern in patterns
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
        for route in [f"{prefix}{pattern.pattern}"]
    ]


def frame(route: str, view: View) -> View:
    """A view that answers every error as a problem, and says how the caller's rate stands."""

    def framed_view(request: HttpRequest, **values: str) -> HttpResponseBase:
        started = time.perf_counter()
        response = _respond(request, view, values)
        took = time.perf_counter() - started
        metrics.REQUESTS.labels(request.method, route, response.status_code).observe(took)
        return response

    framed_view.csrf_exempt = True  # type: ignore[attr-defined]  # keys come in a header, never in a cookie
    return framed_view


def _respond(request: HttpRequest, view: View, values: dict[str, str]) -> HttpResponseBase:
    try:
        response = view(request, **values)
    except Exception as error:
        response = problems.answer(faults.of(request, error))
    once = getattr(request, "once", None)
    if once is not None:
        once.end(response)
    if isinstance(response, HttpResponseNotAllowed):
        response = problems.answer(_not_allowed(request, response))
    standing = getattr(request, "standing", None)
    if standing is not None:
        standing.put(response)
    return response


def nothing_here(request: HttpRequest) -> HttpResponseBase:
    """The answer for an address that leads nowhere."""
    return problems.answer(
        ApiProblem(404, f"There is nothing at {request.path}. The API's docs are at /api/docs.")
    )


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]


def _not_allowed(request: HttpRequest, response: HttpResponseNotAllowed) -> ApiProblem:
    allowed = ", ".join(sorted(response.headers["Allow"].split(", ")))
    return ApiProblem(
        405, f"{request.method} is not for this address: use {allowed}.", headers={"Allow": allowed}
    )

"""What stands around every route: errors that come from outside it, and headers that all answers carry."""

from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

from comanda.api import faults, problems
from comanda.api.problems import ApiProblem

View = Callable[..., HttpResponseBase]


def framed(prefix: str, patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern]:
    """The same addresses behind a prefix, each view framed."""
    return [
        URLPattern(
            RoutePattern(f"{prefix}{pattern.pattern}", is_endpoint=True),
            frame(pattern.callback),
            name=pattern.name,
        )
        for pattern in patterns
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]


def frame(view: View) -> View:
    """A view that answers every error as a problem, and says how the caller's rate stands."""

    def framed_view(request: HttpRequest, **values: str) -> HttpResponseBase:
        try:
            response = view(request, **values)
        except Exception as error:
            response = problems.answer(faults.of(request, error))
        if isinstance(response, HttpResponseNotAllowed):
            response = problems.answer(_not_allowed(request, response))
        standing = getattr(request, "standing", None)
        if standing is not None:
            standing.put(response)
        return response

    framed_view.csrf_exempt = True  # type: ignore[attr-defined]  # keys come in a header, never in a cookie
    return framed_view


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

"""What people are told where no view does it: of a form too large, of an address with nothing to see."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from comanda.web import errors

OVERSIZED = "X_COMANDA_OVERSIZED"
"""Header set by the web server in place of a body that it did not keep; never believed from outside."""


def told(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware; comes after the one that knows in which language to say it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if f"HTTP_{OVERSIZED}" in request.META:
            return errors.too_large(request)
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return errors.nothing_to_see(request, response.headers["Allow"])
        return response

    return middleware

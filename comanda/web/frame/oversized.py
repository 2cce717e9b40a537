"""What is told to someone who sends a form that is larger than the server takes."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from comanda.web import errors

HEADER = "X_COMANDA_OVERSIZED"
"""Set by the web server in place of the body, which it did not keep; never believed from outside."""


def refused(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware; comes after the one that knows in which language to say it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if f"HTTP_{HEADER}" in request.META:
            return errors.too_large(request)
        return get_response(request)

    return middleware

"""Messages of ``django.contrib.messages`` that come with a part of a page, told in a header.

A whole page shows them itself; the script that swaps a part in shows those of the event ``toasts``.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.messages import constants
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django_htmx.http import trigger_client_event

_LEVELS = {constants.ERROR: "error", constants.WARNING: "warning"}


def told_in_header(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware; leaves answers alone that lead to another page, which will show them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        htmx: Any = getattr(request, "htmx", None)
        if htmx and isinstance(response, HttpResponse) and _stays(response):
            items = [
                {"level": _LEVELS.get(message.level, "success"), "text": str(message)}
                for message in messages.get_messages(request)
            ]
            if items:
                trigger_client_event(response, "toasts", {"items": items})
        return response

    return middleware


def _stays(response: HttpResponse) -> bool:
    leads = ("HX-Redirect", "HX-Refresh", "HX-Location")
    return response.status_code < 300 and not any(header in response.headers for header in leads)

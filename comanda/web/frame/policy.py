"""What a browser may do with every answer: only our own scripts and styles, none within a page.

Images come from anywhere over https, for products are shown as their shops show them, and so are map tiles.
https://www.w3.org/TR/CSP3/
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
FEATURES = "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), display-capture=()"
"""A store is placed where the browser is; of the rest nothing is needed. https://www.w3.org/TR/permissions-policy/"""


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that says it, unless the view has said its own."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", FEATURES)
        return response

    return middleware

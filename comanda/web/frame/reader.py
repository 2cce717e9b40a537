"""Who reads: in which language, and in which zone they read times.

The language is that of the cookie of the switch, else what the user chose once, else what the browser asks
for. The zone is the browser's own, which a script tells by a cookie; without it, UTC.
"""

from collections.abc import Callable
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from comanda.records import stores

ZONE_COOKIE = "zone"
LANGUAGES = dict(settings.LANGUAGES)


def speaks(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: answers to people are in their language and zone; programs get English and UTC."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/api/"):
            return get_response(request)
        said = language(request)
        with translation.override(said), timezone.override(zone(request)):
            response = get_response(request)
        response.headers.setdefault("Content-Language", said)
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response

    return middleware


def language(request: HttpRequest) -> str:
    """The code of a language of ours."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in LANGUAGES:
        return chosen
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.language in LANGUAGES:
        return str(user.language)
    return translation.get_language_from_request(request)


def zone(request: HttpRequest) -> ZoneInfo:
    """The zone in which the reader's clock runs."""
    told = unquote(request.COOKIES.get(ZONE_COOKIE, ""))
    return ZoneInfo(told if told in stores.timezones() else "UTC")

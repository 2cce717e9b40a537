"""Who one is, proven once more before what could lock others out, or let others in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRefresh

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def proven(view: View[P]) -> View[P]:
    """Asks for the password (or code, or passkey) unless it was given in the last quarter of an hour.

    What was asked for is then done. A part of a page has its whole page ask.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_reauthentication_required(request, app=""):
            return view(request, *args, **kwargs)
        htmx: Any = getattr(request, "htmx", None)
        if htmx:
            return HttpResponseClientRefresh()
        raise ReauthenticationRequired

    return guarded

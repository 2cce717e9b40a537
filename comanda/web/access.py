"""Who may see a page: every view says the scope it needs; what is not given is denied.

A stranger is sent to the sign-in and comes back; who is known but may not is told so.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect

from comanda.records import access
from comanda.records.access import Caller, Denied
from comanda.records.models import User
from comanda.web import errors

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def user(request: HttpRequest) -> User:
    """Who is signed in; only for views behind ``needs``."""
    return cast("User", request.user)


def actor(request: HttpRequest) -> str:
    """How the audit log names who is signed in."""
    return caller(request).actor


def caller(request: HttpRequest) -> Caller:
    """Who is signed in, with what they may do."""
    return access.of_user(user(request))


def needs(scope: str | None = None) -> Callable[[View[P]], View[P]]:
    """Lets in who is signed in and whose role holds the scope; None lets in whoever is signed in."""
    if scope is not None and scope not in access.SCOPES:
        raise ValueError(f"no scope is called {scope!r}")

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if scope is not None:
                try:
                    access.check(caller(request), scope)
                except Denied as denied:
                    return errors.denied(request, denied)
            return view(request, *args, **kwargs)

        setattr(guarded, "needed_scope", scope)  # noqa: B010  # read by the test that holds every view to it
        return guarded

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in and back again; a part of a page has its whole page go there."""
    htmx: Any = getattr(request, "htmx", None)
    if htmx:
        back = htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(redirect_to_login(back).url)
    back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect_to_login(back)

"""Webhooks answered before everything that pages need: sessions, users, languages and the like.

Shops send many at once, and each costs a third less so. Addresses stay those of ``urls``.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from comanda.api.hooks import views

_PREFIX = "/hooks/"
View = Callable[[HttpRequest], HttpResponseBase]


def first(get_response: View) -> View:
    """Answers what is sent to a store's secret address; hands on all else."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        parts = request.path_info.split("/")
        if request.path_info.startswith(_PREFIX) and len(parts) == 4:
            told = views.receive(request, parts[2], parts[3])
            told.headers["Content-Length"] = str(len(told.content))
            return told
        return get_response(request)

    return answer

"""Webhooks answered before all that pages need: signals, middleware, sessions, languages and the like.

Shops send many at once, and each costs a third less so. Addresses and answers stay those of ``urls``.
"""

from collections.abc import Iterable
from typing import cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse

from comanda.api.hooks import views

_PREFIX = "/hooks/"


def first(application: WSGIApplication) -> WSGIApplication:
    """Answers what is sent to a store's secret address; hands on all else."""
    receive = convert_exception_to_response(_receive)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(_PREFIX) or path.count("/") != 3:
            return application(environ, start_response)
        told = cast("HttpResponse", receive(WSGIRequest(environ)))
        told.headers["Content-Length"] = str(len(told.content))
        start_response(f"{told.status_code} {told.reason_phrase}", list(told.items()))
        return [told.content]

    return answer


def _receive(request: HttpRequest) -> HttpResponse:
    _, _, key, secret = request.path_info.split("/")
    return views.receive(request, key, secret)

"""Pages for people."""

from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comanda import __version__

_STATIC = Path(__file__).parent / "static"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Says that the server runs, and where to go."""
    return render(request, "home.html", {"version": __version__})


@require_safe
def stylesheet(request: HttpRequest) -> HttpResponseBase:
    """How all pages look."""
    response = FileResponse((_STATIC / "comanda.css").open("rb"), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "max-age=3600"
    return response

"""Home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comanda.web.access import needs


@require_safe
@needs("orders:read")
def home(request: HttpRequest) -> HttpResponse:
    """How the shops do."""
    return render(request, "home/home.html")

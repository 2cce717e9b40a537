"""What the search of every page finds: below its field as one types, or as a page of its own."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from comanda.records import search as records
from comanda.web.access import needs
from comanda.web.contacts.faces import face

_BELOW, _ON_PAGE = 5, 20


@require_safe
@needs("contacts:read")
def find(request: HttpRequest) -> HttpResponse:
    """Contacts, orders and products."""
    text = records.clean(request.GET.get("q", ""))
    is_part = bool(getattr(request, "htmx", False))
    found = records.search(text, _BELOW if is_part else _ON_PAGE)
    told = {
        "text": text,
        "query": urlencode({"q": text}),
        "found": found,
        "contacts": [(face(row.contact), row) for row in found.contacts],
    }
    response = render(request, "search/results.html" if is_part else "search/page.html", told)
    patch_vary_headers(response, ["HX-Request"])
    return response

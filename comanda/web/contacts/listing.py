"""The list of contacts: a page of it, how many there are, the columns shown, and the table to download."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_POST, require_safe

from comanda.lib import sheets
from comanda.records import audit, contact_export, contact_rows
from comanda.records.contact_list import Gone, Page
from comanda.web.access import actor, caller, needs, user
from comanda.web.contacts import asked as asking
from comanda.web.contacts import columns, headings, narrowing, table
from comanda.web.contacts.asked import Asked


@require_safe
@needs("contacts:read")
def list_contacts(request: HttpRequest) -> HttpResponse:
    """A page of the list; for htmx only the part that changes."""
    asked = asking.of(request)
    try:
        page = asked.page()
    except Gone:
        return redirect(f"/contacts?{asked.address()}")
    return show(request, asked, page)


def show(request: HttpRequest, asked: Asked, page: Page) -> HttpResponse:
    """A page as it is shown, and the address that stands for it."""
    is_part = bool(getattr(request, "htmx", False))
    response = render(
        request, "contacts/rows.html" if is_part else "contacts/list.html", _told(request, asked, page)
    )
    patch_vary_headers(response, ["HX-Request"])
    if is_part:
        cursor = f"&cursor={asked.cursor}" if asked.cursor else ""
        # Each letter of a search is no step to come back to.
        moves = "HX-Replace-Url" if request.headers.get("HX-Trigger-Name") == "q" else "HX-Push-Url"
        response[moves] = f"/contacts?{asked.address()}{cursor}".rstrip("?")
    return response


def _told(request: HttpRequest, asked: Asked, page: Page) -> dict[str, Any]:
    every = columns.every()
    shown = columns.chosen(user(request).pk, every)
    named = narrowing.named()
    return {
        "asked": asked,
        "text": " ".join(asked.words.get("q", ())),
        "rows": table.lines(
            contact_rows.of(page.contacts), shown, can_tick="contacts:write" in caller(request).scopes
        ),
        "older": str(page.contacts[-1].pk) if page.more else None,
        "is_first": asked.cursor is None,
        "count": asked.listing.count() if asked.listing.counts_at_once else None,
        "names": headings.of_names(asked),
        "headings": headings.of(asked, shown, named.currencies),
        "sorts": headings.offered(asked, named.currencies),
        "menus": narrowing.menus(asked, named),
        "chips": narrowing.chips(asked, named),
        "every_column": every,
        "shown": {column.key for column in shown},
        "exportable": table.exportable(every),
        "group_options": named.options,
        "is_empty": not page.contacts and not asked.is_narrowed,
    }


@require_safe
@needs("contacts:read")
def count_contacts(request: HttpRequest) -> HttpResponse:
    """How many there are, where that takes a moment."""
    return render(request, "contacts/count.html", {"count": asking.of(request).listing.count()})


@require_POST
@needs("contacts:read")
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Remembers the columns, and goes back to the list as it was."""
    columns.choose(user(request).pk, request.POST.getlist("column"))
    return redirect(f"/contacts?{asking.of(request).address()}")


@require_safe
@needs("contacts:read")
def export_contacts(request: HttpRequest) -> HttpResponseBase:
    """The contacts of the list as a table for a spreadsheet, sent while it is made."""
    asked = asking.of(request)
    wanted = table.wanted(request.GET.getlist("column"), columns.every())
    audit.note(
        actor(request),
        "contacts.export",
        "contacts",
        columns=[key for key, _ in wanted],
        narrowed_by=list(asked.words),
    )
    rows = contact_export.cells(asked.listing, asked.sort, [key for key, _ in wanted])
    response = StreamingHttpResponse(
        sheets.write([title for _, title in wanted], rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="{}.csv"'.format(_t("contacts"))
    return response

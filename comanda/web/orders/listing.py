"""The list of orders: a page of it, what they sum up to, and the table to download."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from comanda.lib import sheets
from comanda.records import audit, order_export, order_list
from comanda.records.models import Store
from comanda.records.order_filters import ANY_COUPON, Buyer
from comanda.records.order_list import Sort
from comanda.shapes import OrderStatus
from comanda.web.access import actor, needs
from comanda.web.frame.tags import STATUSES
from comanda.web.orders import asked as asking
from comanda.web.orders.asked import Asked
from comanda.web.orders.titles import TITLES


@require_safe
@needs("orders:read")
def list_orders(request: HttpRequest) -> HttpResponse:
    """A page of the list; for htmx only the part that changes."""
    asked = asking.of(request)
    is_part = bool(getattr(request, "htmx", False))
    told = _choices(asked) | _page(asked)
    response = render(
        request,
        "orders/rows.html" if is_part else "orders/list.html",
        told,
        status=422 if asked.fault else 200,
    )
    patch_vary_headers(response, ["HX-Request"])
    if is_part and not asked.fault:
        cursor = f"&cursor={asked.cursor}" if asked.cursor else ""
        # Each letter of a search is no step to come back to.
        moves = "HX-Replace-Url" if request.headers.get("HX-Trigger-Name") == "q" else "HX-Push-Url"
        response[moves] = f"/orders?{asked.address}{cursor}".rstrip("?")
    return response


def _choices(asked: Asked) -> dict[str, Any]:
    return {
        "asked": asked,
        "stores": Store.objects.order_by("name", "key"),
        "statuses": [(status.value, STATUSES[status.value][0]) for status in OrderStatus],
        "currencies": order_list.currencies(),
        "buyers": Buyer,
        "any_coupon": ANY_COUPON,
        "sorts": asking.SORTS,
    }


def _page(asked: Asked) -> dict[str, Any]:
    if asked.fault:
        return {"rows": [], "is_first": True, "older": None}
    page = asked.page()
    return {
        "rows": page.orders,
        "older": asking.cursor(page),
        "is_first": not asked.cursor,
        "is_sorted_otherwise": asked.sort_now != asked.sort,
        "is_cut": asked.listing.is_cut,
        "is_empty": not page.orders and not asked.words and not asked.cursor,
        "by_date": _turned(asked, Sort.LATEST, Sort.OLDEST),
        "by_total": _turned(asked, Sort.LARGEST, Sort.SMALLEST),
    }


def _turned(asked: Asked, usual: Sort, other: Sort) -> dict[str, str]:
    """Where the head of a column leads, and how the column is sorted now."""
    now = asked.sort_now
    ways = {Sort.LATEST: "descending", Sort.LARGEST: "descending"}
    return {
        "address": asked.address_in(other if now == usual else usual),
        "way": ways.get(now, "ascending") if now in (usual, other) else "",
    }


@require_safe
@needs("orders:read")
def sum_orders(request: HttpRequest) -> HttpResponse:
    """What the orders of the list sum up to, by currency, where that can be had in a moment."""
    asked = asking.of(request)
    sums = None if asked.fault else asked.listing.sums()
    return render(request, "orders/sums.html", {"sums": sums, "is_faulty": bool(asked.fault)})


@require_safe
@needs("orders:read")
def export_orders(request: HttpRequest) -> HttpResponseBase:
    """The orders of the list as a table for a spreadsheet, sent while it is made."""
    asked = asking.of(request)
    if asked.fault:
        return render(request, "orders/list.html", _choices(asked) | _page(asked), status=422)
    audit.note(actor(request), "orders.export", "orders", narrowed_by=list(asked.words))
    rows = order_export.cells(asked.listing, asked.sort_now)
    header = [str(TITLES[column]) for column in order_export.COLUMNS]
    response = StreamingHttpResponse(sheets.write(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="{}.csv"'.format(gettext("orders"))
    return response

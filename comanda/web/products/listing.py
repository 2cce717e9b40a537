"""The list of products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from comanda.records import product_list, product_sales
from comanda.records.models import Store
from comanda.records.product_list import Gone, NotUnderstood, Page, Sort
from comanda.web.access import needs

AT_ONCE = 50
USUAL = "sold"
FAULTS: dict[str, Promise] = {
    "q": _("What you search has 200 characters at most, and no NUL characters."),
    "store": _("There is no such store."),
    "category": _("A category has 200 characters at most, and no NUL characters."),
    "archived": _("Archived products can be left out, shown too, or shown alone."),
}
"""Filter → what is told when its words mean nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; ``cursor`` is the end of the page before, or ""."""

    words: Mapping[str, Sequence[str]]
    sort_key: str
    cursor: str

    @property
    def sort(self) -> Sort:
        """The order of the list."""
        return product_list.find_sort(self.sort_key) or product_list.SORTS[USUAL]

    @property
    def one(self) -> dict[str, str]:
        """The last word of each filter, as fields show them."""
        return {key: said[-1] for key, said in self.words.items()}

    @property
    def address(self) -> str:
        """The query of this list, from its beginning."""
        return self.address_in(self.sort_key)

    def address_in(self, sort: str) -> str:
        """The query of the same products in another order."""
        said = [(key, word) for key, words in self.words.items() for word in words]
        return urlencode([*said, ("sort", sort)] if sort != USUAL else said)

    @property
    def after(self) -> tuple[str, int] | None:
        """The place behind which the page begins."""
        key, _, number = self.cursor.rpartition("~")
        return (key, int(number)) if number.isdecimal() and int(number) < 2**63 and "\0" not in key else None


def _read(request: HttpRequest) -> Asked:
    given = dict(request.GET.lists())
    words = {
        key: [word for word in given[key] if word.strip()][-1:] for key in product_list.KEYS if key in given
    }
    sort = request.GET.get("sort", USUAL)
    known = product_list.find_sort(sort) is not None
    return Asked(
        {key: said for key, said in words.items() if said},
        sort if known else USUAL,
        request.GET.get("cursor", ""),
    )


@require_safe
@needs("products:read")
def list_products(request: HttpRequest) -> HttpResponse:
    """A page of the list; for htmx only the part that changes."""
    asked = _read(request)
    page, fault = _page(asked)
    is_part = bool(getattr(request, "htmx", False))
    template = "products/rows.html" if is_part else "products/list.html"
    response = render(request, template, _told(asked, page, fault), status=422 if fault else 200)
    patch_vary_headers(response, ["HX-Request"])
    if is_part and not fault:
        cursor = f"&{urlencode({'cursor': asked.cursor})}" if asked.cursor else ""
        moves = "HX-Replace-Url" if request.headers.get("HX-Trigger-Name") == "q" else "HX-Push-Url"
        response[moves] = f"/products?{asked.address}{cursor}".rstrip("?")
    return response


def _page(asked: Asked) -> tuple[Page, Promise | None]:
    try:
        wanted = product_list.read(asked.words)
    except NotUnderstood as word:
        return Page([], False, None), FAULTS[word.key]
    try:
        return product_list.page(wanted, asked.sort, AT_ONCE, asked.after), None
    except Gone:
        return product_list.page(wanted, asked.sort, AT_ONCE), None


def _told(asked: Asked, page: Page, fault: Promise | None) -> dict[str, Any]:
    currencies = product_list.currencies()
    return {
        "asked": asked,
        "fault": fault,
        "rows": page.rows,
        "older": f"{page.end[0]}~{page.end[1]}" if page.more and page.end else None,
        "is_first": not asked.cursor,
        "is_empty": not page.rows and not asked.words and not product_list.exist(),
        "stores": Store.objects.order_by("name", "key"),
        "categories": product_list.categories(),
        "counted_at": product_sales.counted_at(),
        "heads": {key: _head(asked, key) for key in ("name", "sold", "buyers")},
        "revenue_heads": [(code, _head(asked, f"revenue-{code}")) for code in currencies],
    }


def _head(asked: Asked, key: str) -> dict[str, str]:
    """Where the head of a column leads, and how the column is sorted now."""
    other = "name-down" if key == "name" else f"{key}-up"
    first, second = ("ascending", "descending") if key == "name" else ("descending", "ascending")
    now = asked.sort_key
    return {
        "address": asked.address_in(other if now == key else key),
        "way": first if now == key else second if now == other else "",
    }

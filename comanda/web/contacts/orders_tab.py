"""The orders and carts of a contact, a page at a time, and each opened up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from comanda.records import carts, contact_orders, orders
from comanda.records.contact_orders import By, Page
from comanda.records.models import Contact
from comanda.shapes import CartState, OrderStatus
from comanda.web.access import needs
from comanda.web.frame.tags import STATUSES

AT_ONCE = 20
CARTS = "carts"
_ABANDONED = "abandoned"

SORTS: dict[By, Promise] = {
    By.LATEST: _("Latest first"),
    By.OLDEST: _("Oldest first"),
    By.LARGEST: _("Largest first"),
    By.SMALLEST: _("Smallest first"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the tab is asked to show: ``what`` is "" for all orders, a status, ``abandoned`` or ``carts``."""

    what: str
    store_id: int | None
    by: By
    after: int | None

    @property
    def shows_carts(self) -> bool:
        """Whether it is carts that are asked for, and not orders."""
        return self.what in (CARTS, _ABANDONED)

    def address(self, after: int | None) -> str:
        """The query of the same, from another place on."""
        asked = {"show": self.what, "store": self.store_id, "by": str(self.by), "after": after}
        return urlencode({key: value for key, value in asked.items() if value})


def choices() -> list[tuple[str, str | Promise]]:
    """What the tab can show."""
    return [
        ("", _("All orders")),
        *((status.value, STATUSES[status.value][0]) for status in OrderStatus),
        (_ABANDONED, _("Abandoned carts")),
        (CARTS, _("All carts")),
    ]


def _shown(request: HttpRequest) -> Shown:
    what, by = request.GET.get("show", ""), request.GET.get("by", "")
    return Shown(
        what if what in dict(choices()) else "",
        _id(request.GET.get("store", "")),
        By(by) if by in set(By) else By.LATEST,
        _id(request.GET.get("after", "")),
    )


def _id(word: str) -> int | None:
    return int(word) if re.fullmatch("[0-9]{1,18}", word) else None


def told(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """What the tab's template is told."""
    shown = _shown(request)
    page = _page(contact, shown)
    return {
        "shown": shown,
        "choices": choices(),
        "sorts": SORTS.items(),
        "stores": contact_orders.stores(contact.pk),
        "items": page.items,
        "next": shown.address(page.items[-1].pk) if page.more else "",
        "is_first": shown.after is None,
    }


def _page(contact: Contact, shown: Shown) -> Page[Any]:
    if shown.shows_carts:
        states = [CartState.ABANDONED] if shown.what == _ABANDONED else []
        return contact_orders.carts(
            contact.pk, shown.by, AT_ONCE, states=states, store_id=shown.store_id, after=shown.after
        )
    status = OrderStatus(shown.what) if shown.what else None
    return contact_orders.orders(
        contact.pk, shown.by, AT_ONCE, status=status, store_id=shown.store_id, after=shown.after
    )


@require_safe
@needs("orders:read")
def show_order(request: HttpRequest, contact_id: int, order_id: int) -> HttpResponse:
    """An order of the contact, opened up."""
    order = orders.find(order_id)
    if order is None or order.contact_id != contact_id:
        raise Http404(f"contact {contact_id} has no order {order_id}")
    lines: Sequence[Any] = list(orders.lines(order))
    return render(
        request,
        "contacts/order.html",
        {"order": order, "lines": lines, "refunds": list(orders.refunds(order))},
    )


@require_safe
@needs("carts:read")
def show_cart(request: HttpRequest, contact_id: int, cart_id: int) -> HttpResponse:
    """A cart of the contact, opened up."""
    cart = carts.find(cart_id)
    if cart is None or cart.contact_id != contact_id:
        raise Http404(f"contact {contact_id} has no cart {cart_id}")
    return render(request, "contacts/cart.html", {"cart": cart, "lines": list(carts.lines(cart))})

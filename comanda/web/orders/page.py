"""The page of an order."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comanda import env
from comanda.records import contacts, orders
from comanda.records.access import ROLES
from comanda.records.models import Order, Refund, Role
from comanda.web.access import needs, user
from comanda.web.contacts.faces import face
from comanda.web.orders import history, payloads

_LARGEST_ID = 2**63 - 1
_LINES = 100
"""So many are shown at first; orders of a thousand lines are rare, and take half a second to write."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What an order comes to: ``unexplained`` of the refunds is told in no part of its own."""

    lines: Decimal
    net: Decimal
    unexplained: Decimal


@require_safe
@needs("orders:read")
def show_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """All that is known of an order."""
    order = _found(order_id)
    (count, total), refunds = orders.sum_lines(order), list(orders.refunds(order))
    most = None if request.GET.get("lines") == "all" else _LINES
    lines = list(orders.lines(order)[:most])
    contact = contacts.find(order.contact_id) if order.contact_id else None
    told: dict[str, Any] = {
        "order": order,
        "contact": contact,
        "face": face(contact) if contact else None,
        "lines": lines,
        "left": count - len(lines),
        "refunds": refunds,
        "sums": _sums(order, total, refunds),
        "events": history.tell(order, orders.history(order)),
        "imports": orders.imports(order),
        "keep_days": env.get("keep_days"),
    }
    sent = orders.payloads(order)
    if _may_see_payloads(request):
        told["payloads"] = [payloads.show(each) for each in sent]
    return render(request, "orders/order.html", {**told, "sent": sent})


@require_safe
@needs("privacy:read")
def send_payload(request: HttpRequest, order_id: int, payload_id: int) -> HttpResponse:
    """A payload of an order, byte by byte as it came."""
    order = _found(order_id)
    kept = next((each for each in orders.payloads(order) if each.pk == payload_id), None)
    if kept is None:
        raise Http404
    response = HttpResponse(bytes(kept.body), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="order-{order.pk}-{kept.pk}.json"'
    return response


def _found(order_id: int) -> Order:
    order = orders.find(order_id) if order_id <= _LARGEST_ID else None
    if order is None:
        raise Http404
    return order


def _may_see_payloads(request: HttpRequest) -> bool:
    return "privacy:read" in ROLES[Role(user(request).role)]


def _sums(order: Order, lines: Decimal, refunds: list[Refund]) -> Sums:
    told = sum((refund.amount for refund in refunds), Decimal(0))
    return Sums(
        lines=lines,
        net=order.total - order.refund_total,
        unexplained=order.refund_total - told if told < order.refund_total else Decimal(0),
    )

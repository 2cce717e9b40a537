"""The profile of a contact: who it is, what they bought, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from comanda.records import contact_orders, contacts
from comanda.records.contacts import Totals
from comanda.web.access import needs
from comanda.web.contacts import activity_tab, cards, chart, orders_tab
from comanda.web.contacts.chart import Chart
from comanda.web.contacts.faces import face

TABS = ("orders", "activity")


@dataclass(frozen=True, slots=True)
class Bought:
    """What a contact bought in one currency, and the picture of it."""

    totals: Totals
    chart: Chart | None


def bought(contact_id: int) -> Sequence[Bought]:
    """For each currency, the one with the most orders first."""
    totals = sorted(contacts.totals(contact_id), key=lambda each: -each.orders)
    zone = timezone.get_current_timezone_name()
    months = contact_orders.months(contact_id, zone) if totals else {}
    today = timezone.localdate()
    return [Bought(each, chart.draw(months.get(each.currency, []), each.currency, today)) for each in totals]


@require_safe
@needs("contacts:read")
def show_profile(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The whole page; for htmx only the tab that was chosen."""
    contact = cards.found(contact_id)
    tab = request.GET.get("tab", TABS[0])
    told: dict[str, Any] = {"contact": contact, "tab": tab if tab in TABS else TABS[0]}
    told |= (
        activity_tab.told(request, contact)
        if told["tab"] == "activity"
        else orders_tab.told(request, contact)
    )
    if getattr(request, "htmx", False):
        response = render(request, "contacts/tab.html", told)
    else:
        told |= {"face": face(contact), "bought": bought(contact_id), **cards.every(contact)}
        response = render(request, "contacts/profile.html", told)
    patch_vary_headers(response, ["HX-Request"])
    return response

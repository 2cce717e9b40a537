"""Notifications of Tray: forms without any signature. Nothing in them is believed but which record to read.

One address serves an app in all the shops that have it: those of other shops say nothing here.
"""

from urllib.parse import parse_qs

from comanda.connectors.base import Changed, Delivery, Event, Resource, Verdict
from comanda.connectors.errors import SkipRecord
from comanda.connectors.values import key

_SCOPES = {
    "order": Resource.ORDERS,
    "customer": Resource.CUSTOMERS,
    "product": Resource.PRODUCTS,
    "product_price": Resource.PRODUCTS,
    "product_stock": Resource.PRODUCTS,
}
"""Of what is told; those of variants name the variant, and move the product with it."""


def _said(delivery: Delivery) -> dict[str, str]:
    found = parse_qs(delivery.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50)
    return {name: values[0] for name, values in found.items()}


def verify(delivery: Delivery, store_id: str) -> Verdict:
    """Not provable; one that names another shop is none of this one's, and is answered all the same."""
    seller = _said(delivery).get("seller_id", "")
    return Verdict.PING if store_id and seller and seller != store_id else Verdict.UNSIGNED


def events(delivery: Delivery) -> list[Event]:
    """Which record is to be read again; one that is told as deleted is asked for too, and found gone."""
    said = _said(delivery)
    if "scope_name" not in said:
        raise SkipRecord("hook_unreadable", what="the notification does not say what it is about")
    resource, record = _SCOPES.get(said["scope_name"]), key(said.get("scope_id"))
    if resource is None or not record:
        return []
    return [Changed(resource, record)]

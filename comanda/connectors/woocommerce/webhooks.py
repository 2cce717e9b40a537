"""Webhooks of WooCommerce: base64 HMAC-SHA256 of the raw body, with the secret that we chose."""

from urllib.parse import urlsplit

import orjson

from comanda.connectors.base import Changed, Delivery, Event, Resource, Verdict
from comanda.connectors.errors import SkipRecord
from comanda.connectors.values import child, is_signed, key

TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "product.created",
    "product.updated",
    "product.deleted",
)
_RESOURCES = {"order": Resource.ORDERS, "customer": Resource.CUSTOMERS, "product": Resource.PRODUCTS}


def verify(delivery: Delivery, secret: str, site: str) -> Verdict:
    """The ping that a new webhook sends has neither signature nor anything to say.

    A copy of the shop has the same secret, and names itself as the source: its orders are none of this shop.
    """
    signature = delivery.headers.get("x-wc-webhook-signature", "")
    if not signature and delivery.body.startswith(b"webhook_id="):
        return Verdict.PING
    source = delivery.headers.get("x-wc-webhook-source", "")
    if source and _host(source) != _host(site):
        return Verdict.FORGED
    signed = is_signed(delivery.body, secret, signature, form="base64")
    return Verdict.GENUINE if signed else Verdict.FORGED


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def events(delivery: Delivery) -> list[Event]:
    """Which record is to be read again. Shops that keep orders as posts call a deleted one a product too."""
    what = delivery.headers.get("x-wc-webhook-topic", "").partition(".")[0]
    try:
        said = child(orjson.loads(delivery.body))
    except orjson.JSONDecodeError:
        raise SkipRecord("hook_unreadable", what="the body of the webhook is no JSON") from None
    record = key(said.get("id"))
    if what not in _RESOURCES or not record:
        return []
    return [Changed(_RESOURCES[what], record)]

"""Webhooks: hexadecimal HMAC-SHA256 of the raw body, by the client secret of the app.

A body says which record to read, and nothing of it. The three that privacy law asks for have no event in
their body, and are sent without a signature too.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from comanda.connectors.base import (
    Changed,
    Closed,
    Delivery,
    Event,
    Privacy,
    PrivacyKind,
    Resource,
    Verdict,
)
from comanda.connectors.errors import SkipRecord
from comanda.connectors.values import child, children, is_signed, key, text

SIGNATURE = "x-linkedstore-hmac-sha256"
TOPICS = (
    "order/created",
    "order/updated",
    "order/paid",
    "order/pending",
    "order/voided",
    "order/packed",
    "order/unpacked",
    "order/fulfilled",
    "order/cancelled",
    "order/edited",
    "product/created",
    "product/updated",
    "product/deleted",
    "customer/created",
    "customer/updated",
    "customer/deleted",
    "app/uninstalled",
    "app/suspended",
    "app/resumed",
)
_RESOURCES = {"order": Resource.ORDERS, "customer": Resource.CUSTOMERS, "product": Resource.PRODUCTS}
_CLOSED = {"app/uninstalled": "app_removed", "app/suspended": "app_suspended"}


def verify(delivery: Delivery, secret: str, store_id: str) -> Verdict:
    """Without the app's secret, the secret address alone protects; privacy requests need no signature."""
    said = _read(delivery.body)
    if said is not None and text(said.get("store_id")) != store_id:
        return Verdict.FORGED
    signature = delivery.headers.get(SIGNATURE, "")
    if signature and secret:
        return Verdict.GENUINE if is_signed(delivery.body, secret, signature) else Verdict.FORGED
    is_private = said is not None and "event" not in said
    return Verdict.FORGED if secret and not is_private else Verdict.UNSIGNED


def _read(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def events(delivery: Delivery) -> list[Event]:
    """What is to be read again, closed, given out or forgotten."""
    said = _read(delivery.body)
    if said is None:
        raise SkipRecord("hook_unreadable", what="the body of the webhook is no JSON")
    topic = text(said.get("event"))
    if not topic:
        return [_privacy(said)]
    if topic in _CLOSED:
        return [Closed(_CLOSED[topic])]
    what = topic.partition("/")[0]
    record = key(said.get("id"))
    if what not in _RESOURCES or not record:
        return []
    return [Changed(_RESOURCES[what], record)]


def _privacy(said: Mapping[str, Any]) -> Privacy:
    """Which of the three it is, only the parts it has tell."""
    person = child(said.get("customer"))
    if not person:
        if set(said) != {"store_id"}:
            raise SkipRecord("hook_unreadable", what="this is no webhook that is known")
        return Privacy(PrivacyKind.ERASE_SHOP)
    is_question = "data_request" in said or "orders_requested" in said
    orders = children(said.get("orders_requested" if is_question else "orders_to_redact"))
    return Privacy(
        PrivacyKind.EXPORT if is_question else PrivacyKind.ERASE,
        email=text(person.get("email")),
        phone=text(person.get("phone")),
        customer_id=key(person.get("id")),
        order_ids=tuple(filter(None, map(key, orders))),
    )

"""Webhooks of Shopify: base64 HMAC-SHA256 of the raw body, by the client secret of the app.

Bodies have the shape of the older API. Checkouts are complete there, and in no other place so early; of all
else the record is read again.
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
    Raw,
    Resource,
    Verdict,
)
from comanda.connectors.errors import SkipRecord
from comanda.connectors.values import child, children, first, is_signed, key, text

TOPIC = "x-shopify-topic"
TOPICS = (
    "orders/create",
    "orders/updated",
    "orders/paid",
    "orders/cancelled",
    "orders/fulfilled",
    "orders/edited",
    "orders/delete",
    "refunds/create",
    "customers/create",
    "customers/update",
    "customers/delete",
    "products/create",
    "products/update",
    "products/delete",
    "checkouts/create",
    "checkouts/update",
    "app/uninstalled",
)
_RESOURCES = {"orders": Resource.ORDERS, "customers": Resource.CUSTOMERS, "products": Resource.PRODUCTS}
_PRIVATE = {
    "customers/data_request": (PrivacyKind.EXPORT, "orders_requested"),
    "customers/redact": (PrivacyKind.ERASE, "orders_to_redact"),
    "shop/redact": (PrivacyKind.ERASE_SHOP, ""),
}


def enum(topic: str) -> str:
    """A topic as GraphQL calls it."""
    return topic.upper().replace("/", "_")


def _header(delivery: Delivery, name: str) -> str:
    """Newer deliveries leave the ``x-`` out."""
    return first(delivery.headers.get(f"x-shopify-{name}"), delivery.headers.get(f"shopify-{name}"))


def verify(delivery: Delivery, secret: str, host: str) -> Verdict:
    """Without the app's secret, the secret address alone protects."""
    shop = _header(delivery, "shop-domain")
    if shop and shop.lower() != host.lower():
        return Verdict.FORGED
    if not secret:
        return Verdict.UNSIGNED
    signed = is_signed(delivery.body, secret, _header(delivery, "hmac-sha256"), form="base64")
    return Verdict.GENUINE if signed else Verdict.FORGED


def events(delivery: Delivery, *, is_proven: bool) -> list[Event]:
    """What is to be read again, taken as it is, closed, given out or forgotten.

    Only ``is_proven`` bodies are taken as they are, and only they have anyone forgotten.
    """
    topic = _header(delivery, "topic")
    said = _read(delivery.body)
    if topic == "app/uninstalled":
        return [Closed("app_removed")]
    if topic in _PRIVATE and not is_proven:
        raise SkipRecord("unreadable", what=f"{topic} without a signature: fill in the client secret")
    if topic in _PRIVATE:
        return [_privacy(topic, said)]
    what = topic.partition("/")[0]
    if topic == "refunds/create":
        what, said = "orders", {"id": said.get("order_id")}
    if what == "checkouts":
        whole = Changed(Resource.CARTS, text(said.get("token")), raw=dict(said))
        return [whole] if is_proven and is_cart(said) else []
    record = key(said.get("id"))
    if topic == "orders/edited":
        record = key(child(said.get("order_edit")).get("order_id"))
    if what not in _RESOURCES or not record:
        return []
    return [Changed(_RESOURCES[what], record)]


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        return child(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise SkipRecord("hook_unreadable", what="the body of the webhook is no JSON") from None


def is_cart(said: Mapping[str, Any]) -> bool:
    """Whether it tells enough: a checkout is told from its first step on, when nobody is known yet."""
    return bool(
        said.get("token") and children(said.get("line_items")) and (said.get("email") or said.get("phone"))
    )


def _privacy(topic: str, said: Mapping[str, Any]) -> Privacy:
    kind, orders = _PRIVATE[topic]
    person = child(said.get("customer"))
    return Privacy(
        kind,
        email=text(person.get("email")),
        phone=text(person.get("phone")),
        customer_id=key(person.get("id")),
        order_ids=tuple(filter(None, map(key, children(said.get(orders))))),
    )


def as_graphql(said: Raw) -> Raw:
    """A checkout of a webhook in the shape in which checkouts are read."""

    def money(value: object) -> Raw:
        return {"shopMoney": {"amount": value, "currencyCode": said.get("currency")}}

    def address(value: object) -> Raw:
        given = child(value)
        names = {"first_name": "firstName", "last_name": "lastName", "company": "company", "phone": "phone"}
        return {ours: given.get(theirs) for theirs, ours in names.items()}

    def gid(kind: str, number: object) -> Raw | None:
        return {"id": f"gid://shopify/{kind}/{number}"} if key(number) else None

    lines = [
        {
            "title": first(each.get("presentment_title"), each.get("title")),
            "quantity": each.get("quantity"),
            "sku": each.get("sku"),
            "variant": gid("ProductVariant", each.get("variant_id")),
            "product": gid("Product", each.get("product_id")),
            "originalUnitPriceSet": money(each.get("price")),
        }
        for each in map(child, children(said.get("line_items")))
    ]
    person = child(said.get("customer"))
    return {
        "id": f"gid://shopify/AbandonedCheckout/{said.get('id')}",
        "abandonedCheckoutUrl": first(said.get("abandoned_checkout_url")),
        "token": text(said["token"]),
        "createdAt": said.get("created_at"),
        "updatedAt": said.get("updated_at"),
        "completedAt": said.get("completed_at"),
        "email": said.get("email"),
        "phone": said.get("phone"),
        "customerLocale": said.get("customer_locale"),
        "customerAcceptsMarketing": said.get("buyer_accepts_marketing") or None,
        "customer": {**(gid("Customer", person.get("id")) or {}), **address(person)} if person else None,
        "billingAddress": address(said.get("billing_address")),
        "shippingAddress": address(said.get("shipping_address")),
        "totalPriceSet": money(said.get("total_price")),
        "lineItems": {"nodes": lines},
    }

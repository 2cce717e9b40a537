"""Webhooks of Shopify: genuine, forged, and those that privacy law asks for."""

import hmac
from base64 import b64encode
from typing import Any

import orjson
import pytest

from comanda.connectors.base import (
    Changed,
    Closed,
    Connector,
    Delivery,
    Privacy,
    PrivacyKind,
    Resource,
    Verdict,
)
from comanda.connectors.errors import SkipRecord
from comanda.connectors.shopify import webhooks
from comanda.shapes import CartIn
from tests.connectors.shopify.test_normalise import payload
from tests.fake_shops import shopify
from tests.fake_shops.server import Response
from tests.fake_shops.world import World

HOST = "casa.myshopify.com"
PERSON = {"id": 191167, "email": "john@example.com", "phone": "555-625-1199"}


def delivery(
    topic: str, said: Any, secret: str = shopify.SECRET, shop: str = HOST, x: str = "x-"
) -> Delivery:
    """A webhook, signed unless the secret is empty."""
    body = orjson.dumps(said)
    signed = b64encode(hmac.digest(secret.encode(), body, "sha256")).decode() if secret else ""
    return Delivery(
        body,
        {
            f"{x}shopify-topic": topic,
            f"{x}shopify-hmac-sha256": signed,
            f"{x}shopify-shop-domain": shop,
        },
    )


@pytest.mark.parametrize(
    ("came", "secret", "verdict"),
    [
        (delivery("orders/create", {"id": 1}), shopify.SECRET, Verdict.GENUINE),
        (delivery("orders/create", {"id": 1}, x=""), shopify.SECRET, Verdict.GENUINE),
        (delivery("orders/create", {"id": 1}, "another"), shopify.SECRET, Verdict.FORGED),
        (delivery("orders/create", {"id": 1}, ""), shopify.SECRET, Verdict.FORGED),
        (delivery("orders/create", {"id": 1}, shop="other.myshopify.com"), shopify.SECRET, Verdict.FORGED),
        (delivery("orders/create", {"id": 1}, "another"), "", Verdict.UNSIGNED),
    ],
)
def test_it_knows_genuine_ones(came: Delivery, secret: str, verdict: Verdict) -> None:
    assert webhooks.verify(came, secret, HOST) is verdict


@pytest.mark.parametrize(
    ("topic", "said", "expected"),
    [
        ("orders/create", {"id": 5}, [Changed(Resource.ORDERS, "5")]),
        ("orders/delete", {"id": 5}, [Changed(Resource.ORDERS, "5")]),
        ("orders/edited", {"order_edit": {"id": 1, "order_id": 5}}, [Changed(Resource.ORDERS, "5")]),
        ("refunds/create", {"id": 1, "order_id": 5}, [Changed(Resource.ORDERS, "5")]),
        ("customers/update", {"id": 5}, [Changed(Resource.CUSTOMERS, "5")]),
        ("products/delete", {"id": 5}, [Changed(Resource.PRODUCTS, "5")]),
        ("app/uninstalled", {"id": 5}, [Closed("app_removed")]),
        ("shop/update", {"id": 5}, []),
        (
            "customers/data_request",
            {"shop_id": 1, "orders_requested": [299938], "customer": PERSON, "data_request": {"id": 9}},
            [Privacy(PrivacyKind.EXPORT, "john@example.com", "555-625-1199", "191167", ("299938",))],
        ),
        (
            "customers/redact",
            {"shop_id": 1, "customer": PERSON, "orders_to_redact": [299938, 280263]},
            [Privacy(PrivacyKind.ERASE, "john@example.com", "555-625-1199", "191167", ("299938", "280263"))],
        ),
        ("shop/redact", {"shop_id": 1}, [Privacy(PrivacyKind.ERASE_SHOP)]),
    ],
)
def test_it_says_what_they_mean(topic: str, said: Any, expected: list[Any]) -> None:
    assert webhooks.events(delivery(topic, said), is_proven=True) == expected


def test_it_keeps_what_it_cannot_read() -> None:
    with pytest.raises(SkipRecord):
        webhooks.events(Delivery(b"<html>", {"x-shopify-topic": "orders/create"}), is_proven=True)


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact"])
def test_nobody_is_forgotten_without_a_signature(topic: str) -> None:
    with pytest.raises(SkipRecord, match="fill in the client secret"):
        webhooks.events(delivery(topic, {"shop_id": 1, "customer": PERSON}), is_proven=False)


def test_it_takes_a_checkout_as_it_is_told(connector: Connector, shop: shopify.Fake, world: World) -> None:
    connector.subscribe("https://comanda.example/hooks/x/y", "")
    cart = world.begin()
    ((_, body, headers),) = shop.deliveries("cart", "created", cart.id)
    came = Delivery(body, {name.lower(): value for name, value in headers.items()})

    (event,) = connector.events(came)

    assert connector.verify(came, "") is Verdict.GENUINE
    assert isinstance(event, Changed)
    assert event.raw is not None
    (shape,) = connector.shapes(Resource.CARTS, event.raw)
    assert isinstance(shape, CartIn)
    assert (shape.cart_id, shape.total) == (shop.cart_key(cart.id), sum(each.total for each in cart.bought))


@pytest.mark.parametrize(
    ("more", "is_proven"),
    [({"email": None}, True), ({"line_items": []}, True), ({}, False)],
    ids=["nobody", "nothing", "not proven"],
)
def test_it_takes_no_checkout_that_says_too_little(more: dict[str, Any], is_proven: bool) -> None:
    came = delivery("checkouts/update", {**payload("checkout_webhook"), **more})

    assert webhooks.events(came, is_proven=is_proven) == []


def test_it_forgets_no_shop_that_is_still_connected(connector: Connector, shop: shopify.Fake) -> None:
    asked = delivery("shop/redact", {"shop_id": 77})
    with pytest.raises(SkipRecord, match="still in the shop"):
        connector.events(asked)

    shop.trouble.every = lambda request: Response.json({"errors": "Invalid API key or access token"}, 401)

    assert connector.events(asked) == [Privacy(PrivacyKind.ERASE_SHOP)]

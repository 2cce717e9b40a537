"""What WooCommerce says, as shapes."""

from decimal import Decimal
from typing import Any

import pytest

from comanda.connectors.errors import SkipRecord
from comanda.connectors.woocommerce import normalise
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn, RefundIn
from tests.connectors import samples
from tests.connectors.samples import at

ADMIN = "https://shop.example/wp-admin"
LINE = LineIn(
    product_id="420",
    variant_id="431",
    name="Linen shirt - Blue, M",
    sku="LIN-BL-M",
    quantity=Decimal(3),
    unit_price=Decimal("36.000000"),
    total=Decimal("108.00"),
    discount=Decimal("12.00"),
    image_url="https://shop.example/linen.jpg",
)


def payload(name: str) -> dict[str, Any]:
    """A record as the shop sends it."""
    found: dict[str, Any] = samples.read("woocommerce", name)
    return found


def buyer(customer_id: str) -> ContactIn:
    """The person of the orders; the phone is that of the address they are sent to."""
    return ContactIn(
        customer_id=customer_id,
        email="Ines.Carvalho@example.org",
        phone="+351 220 000 000",
        first_name="Inês",
        last_name="Carvalho",
        company="Carvalho & Filhas",
    )


def test_it_reads_an_order() -> None:
    found = normalise.order(payload("order"), ADMIN)

    assert found == OrderIn(
        order_id="70312",
        number="70312",
        placed_at=at(2026, 5, 2, 22, 10, 44),
        updated_at=at(2026, 5, 3, 7, 1, 2),
        paid_at=at(2026, 5, 2, 22, 12, 30),
        currency="EUR",
        total=Decimal("113.00"),
        tax_total=Decimal("21.13"),
        discount_total=Decimal("12.00"),
        shipping_total=Decimal("5.00"),
        refunds=[RefundIn("70400", Decimal("36.00"), at(2026, 5, 10, 9, 30, 0), "torn")],
        refund_total=Decimal("36.00"),
        lines=[LINE],
        status=OrderStatus.COMPLETED,
        source_status="processing",
        coupons=("spring",),
        shipping_method="CTT",
        payment_method="MB WAY",
        admin_url="https://shop.example/wp-admin/post.php?post=70312&action=edit",
        contact=buyer("88"),
        cart_id="70312",
    )


def test_it_reads_a_draft_as_a_cart() -> None:
    assert normalise.cart(payload("cart")) == CartIn(
        cart_id="70355",
        started_at=at(2026, 5, 2, 22, 10, 44),
        updated_at=at(2026, 5, 3, 7, 1, 2),
        currency="EUR",
        total=Decimal("113.00"),
        lines=[LINE],
        contact=buyer(""),
        url="https://shop.example/checkout/order-pay/70355/",
    )


def test_an_order_that_is_paid_is_no_cart() -> None:
    assert normalise.cart(payload("order")) is None


def test_it_reads_a_customer() -> None:
    assert normalise.customer(payload("customer")) == ContactIn(
        customer_id="88",
        email="ines@example.org",
        phone="+351 910 000 000",
        first_name="Inês",
        last_name="Carvalho",
        company="Carvalho & Filhas",
        updated_at=at(2026, 5, 2, 22, 9, 0),
    )


def test_it_reads_a_product() -> None:
    assert normalise.product(payload("product"), "EUR") == ProductIn(
        product_id="420",
        name="Linen shirt",
        sku="LIN",
        category="Shirts",
        kind="variable",
        description="<p>Cool in summer</p>",
        price=Decimal(40),
        currency="EUR",
        image_url="https://shop.example/linen.jpg",
        url="https://shop.example/product/linen-shirt/",
        updated_at=at(2026, 5, 1, 7, 30, 0),
    )


def test_an_error_in_place_of_an_order_is_kept_and_told() -> None:
    with pytest.raises(SkipRecord, match="Invalid ID"):
        normalise.order({"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID."}, ADMIN)


def test_no_price_is_not_a_price_of_nothing() -> None:
    assert normalise.product(payload("product") | {"price": ""}, "EUR").price is None

"""What Shopify says, as shapes."""

from decimal import Decimal
from typing import Any

import pytest

from comanda.connectors.errors import SkipRecord
from comanda.connectors.shopify import normalise, webhooks
from comanda.shapes import (
    CartIn,
    CartState,
    ContactIn,
    LineIn,
    OrderIn,
    OrderStatus,
    ProductIn,
    RefundIn,
)
from tests.connectors import samples
from tests.connectors.samples import at

ADMIN = "https://casa.myshopify.com/admin"
SITE = "https://casa.myshopify.com"


def payload(name: str) -> dict[str, Any]:
    """A record as the shop sends it."""
    found: dict[str, Any] = samples.read("shopify", name)
    return found


def euros(amount: str) -> dict[str, Any]:
    """Money as the shop writes it."""
    return {"shopMoney": {"amount": amount, "currencyCode": "EUR"}}


SHIRTS = LineIn(
    product_id="9001",
    variant_id="41001",
    name="Linen shirt - Blue / M",
    sku="LS-BLU-M",
    category="Shirts",
    quantity=Decimal(2),
    unit_price=Decimal("45.000000"),
    total=Decimal("90.00"),
    discount=Decimal("10.00"),
    image_url="https://cdn.example.com/ls-blue.jpg",
)


def test_it_reads_an_order() -> None:
    found = normalise.order(payload("order"), ADMIN)

    assert found == OrderIn(
        order_id="5588776655",
        number="#1042",
        placed_at=at(2025, 3, 14, 15, 5, 20),
        updated_at=at(2025, 3, 20, 10, 40, 3),
        paid_at=at(2025, 3, 14, 15, 6, 3),
        fulfilled_at=at(2025, 3, 15, 9),
        currency="EUR",
        total=Decimal("95.0"),
        tax_total=Decimal("17.13"),
        discount_total=Decimal("10.0"),
        shipping_total=Decimal("5.0"),
        refunds=[RefundIn("3301", Decimal("10.0"), at(2025, 3, 20, 10, 40), "torn")],
        refund_total=Decimal("10.0"),
        lines=[
            SHIRTS,
            LineIn(
                product_id="",
                name="Gift wrap",
                quantity=Decimal(1),
                unit_price=Decimal("0.000000"),
                total=Decimal("0.0"),
            ),
        ],
        status=OrderStatus.COMPLETED,
        source_status="partially_refunded",
        coupons=("WELCOME10",),
        shipping_method="Courier",
        payment_method="shopify_payments",
        admin_url="https://casa.myshopify.com/admin/orders/5588776655",
        tags=("gift", "vip"),
        contact=ContactIn(
            email="marta@example.org",
            phone="+39051000000",
            customer_id="7001002003",
            first_name="Marta",
            last_name="Nogueira",
            company="Linho Lda",
            language="it",
            accepts_marketing=True,
            consent_at=at(2025, 3, 14, 15, 5, 19),
            consent_source="shopify",
            tags=("newsletter",),
        ),
    )
    assert sum(line.total for line in found.lines) + found.shipping_total == found.total


def test_it_adds_taxes_that_stand_apart() -> None:
    raw = {**payload("order"), "taxesIncluded": False}
    raw["shippingLine"]["taxLines"] = [{"priceSet": euros("1.15")}]

    found = normalise.order(raw, ADMIN)

    assert found.lines[0].total == Decimal("106.23")
    assert found.shipping_total == Decimal("6.15")


def test_it_takes_what_shipping_cost_where_no_way_is_told() -> None:
    raw = {**payload("order"), "shippingLine": None}

    found = normalise.order(raw, ADMIN)

    assert (found.shipping_total, found.shipping_method) == (Decimal("5.0"), "")


@pytest.mark.parametrize(
    ("financial", "canceled", "gateways", "word", "expected"),
    [
        ("PAID", None, ["x"], "paid", OrderStatus.COMPLETED),
        ("PARTIALLY_REFUNDED", None, ["x"], "partially_refunded", OrderStatus.COMPLETED),
        ("PENDING", None, ["cash"], "pending", OrderStatus.PENDING),
        ("PENDING", None, [], "unpaid", OrderStatus.CREATED),
        ("AUTHORIZED", None, ["x"], "authorized", OrderStatus.PENDING),
        ("PARTIALLY_PAID", None, ["x"], "partially_paid", OrderStatus.PENDING),
        ("REFUNDED", None, ["x"], "refunded", OrderStatus.CANCELED),
        ("VOIDED", None, ["x"], "voided", OrderStatus.CANCELED),
        ("EXPIRED", None, ["x"], "expired", OrderStatus.CANCELED),
        ("PAID", "2025-03-15T09:00:00Z", ["x"], "cancelled", OrderStatus.CANCELED),
        (None, None, [], "none", OrderStatus.UNKNOWN),
        ("IN_DISPUTE", None, ["x"], "in_dispute", OrderStatus.UNKNOWN),
    ],
)
def test_it_knows_what_each_state_means(
    financial: str | None, canceled: str | None, gateways: list[str], word: str, expected: OrderStatus
) -> None:
    raw = {
        **payload("order"), "displayFinancialStatus": financial, "cancelledAt": canceled,
        "paymentGatewayNames": gateways,
    }  # fmt: skip

    found = normalise.order(raw, ADMIN)

    assert (found.source_status, found.status) == (word, expected)
    assert normalise.digest(raw).word == word


def test_it_reads_a_guest() -> None:
    raw = {**payload("order"), "customer": None, "email": None}

    found = normalise.order(raw, ADMIN).contact

    assert found == ContactIn(
        phone="+39051000000",
        first_name="Marta",
        last_name="Nogueira",
        language="it",
        accepts_marketing=True,
        consent_source="shopify",
    )


def test_an_order_may_be_of_nobody() -> None:
    raw = {**payload("order"), "customer": None, "email": None, "billingAddress": None}

    assert normalise.order(raw, ADMIN).contact is None


def test_it_reads_a_customer() -> None:
    found = normalise.customer(payload("customer"))

    assert found == ContactIn(
        email="marta@example.org",
        phone="+39333000000",
        customer_id="7001002003",
        first_name="Marta",
        last_name="Nogueira",
        company="Linho Lda",
        language="it",
        accepts_marketing=False,
        consent_at=at(2025, 3, 18, 8),
        consent_source="shopify",
        tags=("newsletter", "vip"),
        updated_at=at(2025, 3, 20, 10, 40, 3),
    )


@pytest.mark.parametrize(
    ("state", "accepts"),
    [("SUBSCRIBED", True), ("NOT_SUBSCRIBED", False), ("PENDING", None), ("REDACTED", None), (None, None)],
)
def test_it_knows_a_no_from_silence(state: str | None, accepts: bool | None) -> None:
    raw = payload("customer")
    raw["defaultEmailAddress"]["marketingState"] = state

    assert normalise.customer(raw).accepts_marketing is accepts


def test_it_keeps_the_number_of_someone_redacted() -> None:
    assert normalise.customer({"id": "gid://shopify/Customer/5", "defaultEmailAddress": None}) == ContactIn(
        customer_id="5"
    )


def test_it_reads_a_product() -> None:
    found = normalise.product(payload("product"), "EUR", SITE)

    assert found == ProductIn(
        product_id="9001",
        name="Linen shirt",
        sku="LS-BLU-M",
        category="Shirts",
        kind="variable",
        description="<p>Soft.</p>",
        price=Decimal("45.0"),
        currency="EUR",
        image_url="https://cdn.example.com/ls.jpg",
        url="https://casa.myshopify.com/products/linen-shirt",
        updated_at=at(2025, 3, 20, 10, 40, 3),
    )


def test_it_reads_a_checkout() -> None:
    found = normalise.cart(payload("checkout"), "EUR")

    assert found == CartIn(
        cart_id="c0ffee00aa11c0ffee00aa11",
        started_at=at(2025, 3, 14, 15, 5, 21),
        updated_at=at(2025, 3, 14, 15, 9),
        currency="EUR",
        total=Decimal("90.0"),
        lines=[
            LineIn(
                product_id="9001",
                variant_id="41001",
                name="Linen shirt",
                sku="LS-BLU-M",
                quantity=Decimal(2),
                unit_price=Decimal("45.000000"),
                total=Decimal("90.0"),
                discount=Decimal("10.0"),
                image_url="https://cdn.example.com/ls.jpg",
            )
        ],
        contact=ContactIn(
            email="marta@example.org",
            phone="+39051000000",
            customer_id="7001002003",
            first_name="Marta",
            last_name="Nogueira",
            language="it",
            accepts_marketing=False,
            consent_source="shopify",
        ),
        url="https://casa.example/77/checkouts/ac/c0ffee00aa11c0ffee00aa11/recover?key=8f",
    )


def test_it_reads_the_same_checkout_from_a_webhook() -> None:
    found = normalise.cart(webhooks.as_graphql(payload("checkout_webhook")), "EUR")

    assert (found.cart_id, found.started_at, found.updated_at) == (
        "c0ffee00aa11c0ffee00aa11", at(2025, 3, 14, 15, 5, 21), at(2025, 3, 14, 15, 9),
    )  # fmt: skip
    assert (found.currency, found.total, found.state) == ("EUR", Decimal("100.00"), CartState.ACTIVE)
    assert [(line.product_id, line.name, line.total) for line in found.lines] == [
        ("9001", "Linen shirt", Decimal("100.00")),
        ("", "Custom", Decimal("0.00")),
    ]
    assert found.contact == ContactIn(
        email="marta@example.org",
        phone="+39051000000",
        customer_id="7001002003",
        first_name="Marta",
        last_name="Nogueira",
        company="Linho Lda",
        language="it-IT",
    )


def test_a_checkout_that_was_finished_says_so() -> None:
    left = {**payload("checkout"), "completedAt": "2025-03-15T10:00:00Z", "orderId": "77"}
    fresh = {**payload("checkout_webhook"), "completed_at": "2025-03-14T16:10:00+01:00"}

    found = [normalise.cart(raw, "EUR") for raw in (left, webhooks.as_graphql(fresh))]

    assert [(cart.state, cart.order_id) for cart in found] == [
        (CartState.RECOVERED, "77"),
        (CartState.ORDERED, ""),
    ]


def test_it_knows_checkouts_without_a_token_by_their_number() -> None:
    raw = {**payload("checkout"), "abandonedCheckoutUrl": "https://casa.example/recover"}

    assert normalise.cart(raw, "EUR").cart_id == "33001"


def test_it_says_what_is_no_record() -> None:
    with pytest.raises(SkipRecord, match="this is no order"):
        normalise.order({"id": "gid://shopify/Order/1"}, ADMIN)
    with pytest.raises(SkipRecord, match="this is no checkout"):
        normalise.cart({"id": "gid://shopify/AbandonedCheckout/1"}, "EUR")
    with pytest.raises(SkipRecord, match="this is no product"):
        normalise.product({"id": "gid://shopify/Product/1"}, "EUR", SITE)

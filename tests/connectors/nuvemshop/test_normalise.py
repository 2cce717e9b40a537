"""What Nuvemshop says, as shapes."""

from decimal import Decimal
from typing import Any

import pytest

from comanda.connectors.errors import SkipRecord
from comanda.connectors.nuvemshop import normalise
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn
from tests.connectors import samples
from tests.connectors.samples import at

SITE = "https://loja.example"


def payload(name: str) -> dict[str, Any]:
    """A record as the shop sends it."""
    found: dict[str, Any] = samples.read("nuvemshop", name)
    return found


BUYER = ContactIn(
    email="marina.exemplo@example.com",
    phone="+5511900000000",
    customer_id="88123",
    first_name="Marina",
    last_name="Exemplo Souza",
    company="Amoreiras Ltda",
    accepts_marketing=True,
    consent_at=at(2026, 3, 14, 21, 46, 50),
    consent_source="nuvemshop",
)


def test_it_reads_an_order() -> None:
    found = normalise.order(payload("order"), SITE)

    assert found == OrderIn(
        order_id="1670012345",
        number="1042",
        placed_at=at(2026, 3, 14, 21, 48, 5),
        updated_at=at(2026, 3, 14, 21, 49, 12),
        paid_at=at(2026, 3, 14, 21, 49, 10),
        currency="BRL",
        total=Decimal("283.72"),
        discount_total=Decimal("24.98"),
        shipping_total=Decimal("18.90"),
        lines=[
            LineIn(
                product_id="58208779",
                variant_id="169164456",
                name="Camiseta Azul (M)",
                sku="CAM-AZ-M",
                quantity=Decimal(2),
                unit_price=Decimal("114.135000"),
                total=Decimal("228.27"),
                discount=Decimal("21.53"),
                image_url="https://cdn.example.com/camiseta-1024-1024.jpg",
            ),
            LineIn(
                product_id="",
                name="Embrulho",
                quantity=Decimal(1),
                unit_price=Decimal("36.550000"),
                total=Decimal("36.55"),
                discount=Decimal("3.45"),
            ),
        ],
        status=OrderStatus.COMPLETED,
        source_status="open/paid",
        coupons=("BEMVINDO10",),
        shipping_method="PAC",
        payment_method="Nuvem Pago",
        admin_url="https://loja.example/admin/v2/orders/1670012345",
        cart_id="3f1c0e8d5a7b49c2a6d1e0f4b8c7d6e5f4a3b2c1",
        contact=BUYER,
    )
    assert sum(line.total for line in found.lines) + found.shipping_total == found.total


def test_it_reads_a_checkout() -> None:
    found = normalise.cart(payload("checkout"))

    assert found == CartIn(
        cart_id="d0e589b2ba4fef1a4155dc071c253dfa1b34198b",
        started_at=at(2026, 5, 12, 19, 8, 6),
        updated_at=at(2026, 5, 13, 21, 4),
        currency="BRL",
        total=Decimal("291.35"),
        lines=[
            LineIn(
                product_id="87219151",
                variant_id="332977991",
                name="Varinha (Preto)",
                quantity=Decimal(5),
                unit_price=Decimal("58.070000"),
                total=Decimal("290.35"),
                image_url="https://cdn.example.com/varinha-1024-1024.jpeg",
            )
        ],
        contact=ContactIn(
            email="joao@example.com",
            phone="+5527900000000",
            first_name="João",
            accepts_marketing=False,
            consent_at=at(2026, 5, 12, 19, 7),
            consent_source="nuvemshop",
        ),
        url="https://loja.example/checkout/v3/proxy/411335234/d0e589b2",
    )


def test_it_reads_a_product() -> None:
    found = normalise.product(payload("product"), "BRL", "pt", SITE)

    assert found == ProductIn(
        product_id="58208779",
        name="Camiseta Azul",
        sku="CAM-AZ-M",
        category="Roupas",
        kind="variable",
        description="<p>Algodão</p>",
        price=Decimal("124.90"),
        currency="BRL",
        image_url="https://cdn.example.com/camiseta-1024-1024.jpg",
        url="https://loja.example/produtos/camiseta-azul",
        updated_at=at(2026, 3, 1, 13),
    )


def test_it_reads_a_customer() -> None:
    found = normalise.customer(payload("customer"))

    assert found == ContactIn(
        email="marina.exemplo@example.com",
        phone="+5511900000000",
        customer_id="88123",
        first_name="Marina",
        last_name="Exemplo",
        company="Amoreiras Ltda",
        accepts_marketing=False,
        consent_source="nuvemshop",
        updated_at=at(2026, 3, 14, 21, 49, 10),
    )


@pytest.mark.parametrize(
    ("status", "payment", "gateway", "word", "expected"),
    [
        ("open", "paid", "x", "open/paid", OrderStatus.COMPLETED),
        ("closed", "paid", "x", "closed/paid", OrderStatus.COMPLETED),
        ("open", "partially_refunded", "x", "open/partially_refunded", OrderStatus.COMPLETED),
        ("cancelled", "paid", "x", "cancelled/paid", OrderStatus.CANCELED),
        ("open", "voided", "x", "open/voided", OrderStatus.CANCELED),
        ("open", "refunded", "x", "open/refunded", OrderStatus.CANCELED),
        ("open", "authorized", "x", "open/authorized", OrderStatus.PENDING),
        ("open", "partially_paid", "x", "open/partially_paid", OrderStatus.PENDING),
        ("open", "pending", "offline", "open/pending", OrderStatus.PENDING),
        ("open", "pending", None, "open/none", OrderStatus.CREATED),
        ("open", "abandoned", "x", "open/abandoned", OrderStatus.CREATED),
        ("closed", "abandoned", "x", "closed/abandoned", OrderStatus.CANCELED),
        ("closed", None, None, "closed/", OrderStatus.UNKNOWN),
        ("open", "in_dispute", "x", "open/in_dispute", OrderStatus.UNKNOWN),
    ],
)
def test_it_knows_what_each_state_means(
    status: str, payment: str | None, gateway: str | None, word: str, expected: OrderStatus
) -> None:
    raw = {**payload("order"), "status": status, "payment_status": payment, "gateway": gateway}

    found = normalise.order(raw, SITE)

    assert (found.source_status, found.status) == (word, expected)
    assert normalise.usual(word) is expected


@pytest.mark.parametrize("email", ["email@naoinformado.com", "email@noinformado.com"])
def test_it_makes_no_contact_of_a_stand_in(email: str) -> None:
    stand_in = {"id": 7, "email": email, "name": "Não informado", "phone": "", "accepts_marketing": True}
    raw = {
        **payload("order"), "contact_email": email, "contact_name": "Não informado", "billing_phone": "",
        "billing_business_name": None, "shipping_address": [], "customer": stand_in,
    }  # fmt: skip

    assert normalise.order(raw, SITE).contact is None
    assert normalise.customer(stand_in) is None


def test_it_keeps_the_phone_of_a_stand_in_alone() -> None:
    stand_in = {"id": 7, "email": "email@noinformado.com", "name": "No informado", "accepts_marketing": True}
    raw = {**payload("order"), "contact_email": "", "contact_name": "", "customer": stand_in}

    found = normalise.buyer(raw)

    assert found == ContactIn(phone="+5511900000000", company="Amoreiras Ltda")


def test_it_takes_no_consent_from_a_marketplace() -> None:
    raw = {**payload("order"), "storefront": "meli"}

    found = normalise.buyer(raw)

    assert found is not None
    assert (found.accepts_marketing, found.consent_at, found.consent_source) == (None, None, "")


def test_it_does_not_take_silence_for_a_no() -> None:
    order = payload("order")
    del order["customer"]
    checkout = payload("checkout")
    del checkout["contact_accepts_marketing"]

    found = [normalise.buyer(order), normalise.cart(checkout).contact]

    assert [person and person.accepts_marketing for person in found] == [None, None]


def test_it_takes_the_date_of_completion_where_that_of_placing_is_broken() -> None:
    raw = {**payload("order"), "created_at": "-0001-11-30T00:00:00+0000"}

    assert normalise.order(raw, SITE).placed_at == at(2026, 3, 14, 21, 48, 5)


def test_it_reads_how_each_package_goes() -> None:
    packages: list[Any] = [
        {"shipping": {"option": {"name": "PAC"}}}, {"shipping": {"option": {"name": "Retirada"}}}, "01J8Z",
    ]  # fmt: skip
    raw = {**payload("order"), "shipping_option": None, "fulfillments": packages}

    assert normalise.order(raw, SITE).shipping_method == "PAC, Retirada"


def test_it_reads_names_that_are_no_objects_and_prices_that_are_none() -> None:
    raw = {
        **payload("product"), "name": "Camiseta", "description": [], "categories": [5], "images": [],
        "variants": [{"id": 1, "price": None, "promotional_price": None}], "published": False,
    }  # fmt: skip

    found = normalise.product(raw, "BRL", "pt", "")

    assert (found.name, found.description, found.category, found.price) == ("Camiseta", "", "", None)
    assert (found.image_url, found.url, found.archived, found.kind) == ("", "", True, "simple")


def test_it_says_what_is_no_record() -> None:
    with pytest.raises(SkipRecord, match="this is no order"):
        normalise.order({"id": 1}, SITE)
    with pytest.raises(SkipRecord, match="this is no checkout"):
        normalise.cart({"id": 1})
    with pytest.raises(SkipRecord, match="this is no product"):
        normalise.product({"id": 1}, "BRL", "pt", SITE)


def test_it_knows_the_zone_of_a_country() -> None:
    assert normalise.zone("ar") == "America/Argentina/Buenos_Aires"
    assert normalise.zone("US") == ""

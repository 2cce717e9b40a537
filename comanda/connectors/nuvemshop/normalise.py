"""What Nuvemshop says, as shapes. Amounts are texts, ids texts or numbers, empty objects often ``[]``."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from comanda.connectors.base import Digest, Raw
from comanda.connectors.errors import SkipRecord
from comanda.connectors.values import (
    amount,
    certain,
    child,
    children,
    first,
    flag,
    key,
    moment,
    names,
    price_of_one,
    spread,
    text,
)
from comanda.lib.placeholders import is_placeholder
from comanda.shapes import (
    CartIn,
    CartState,
    ContactIn,
    LineIn,
    OrderIn,
    OrderStatus,
    ProductIn,
)

OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"
NOBODY_PAYS = "none"
"""Stands for ``pending`` where no way to pay was chosen yet."""
_PAYMENTS = {
    "paid": OrderStatus.COMPLETED,
    "partially_refunded": OrderStatus.COMPLETED,
    "authorized": OrderStatus.PENDING,
    "partially_paid": OrderStatus.PENDING,
    "pending": OrderStatus.PENDING,
    NOBODY_PAYS: OrderStatus.CREATED,
    "abandoned": OrderStatus.CREATED,
    "voided": OrderStatus.CANCELED,
    "refunded": OrderStatus.CANCELED,
}
WORDS = tuple(f"{status}/{payment}" for status in (OPEN, CLOSED, CANCELLED) for payment in _PAYMENTS)
"""All words that orders can carry: the state of the order, and that of its payment."""
_STANDS_FOR_NOTHING = ("não informado", "nao informado", "no informado")


def usual(word: str) -> OrderStatus:
    """What a word means: payment decides, but for orders that were cancelled, or closed before any."""
    status, _, payment = word.partition("/")
    if status == CANCELLED or (status == CLOSED and payment == "abandoned"):
        return OrderStatus.CANCELED
    return _PAYMENTS.get(payment, OrderStatus.UNKNOWN)


def word_of(raw: Raw) -> str:
    """The state of an order and of its payment in one word."""
    payment = text(raw.get("payment_status"))
    if payment == "pending" and not text(raw.get("gateway")):
        payment = NOBODY_PAYS
    return f"{text(raw.get('status'))}/{payment}"


def order(raw: Raw, site: str) -> OrderIn:
    """One order; ``site`` is the address of the shop, whose admin pages are beneath it.

    Of a refund the platform tells only that it was made, in the state of the payment, and not how much.
    """
    if "id" not in raw or "products" not in raw:
        raise SkipRecord("unreadable", what=first(raw.get("description"), "this is no order"))
    order_id, word = text(raw["id"]), word_of(raw)
    return OrderIn(
        order_id=order_id,
        number=text(raw.get("number")) or order_id,
        placed_at=certain(_moment_text(raw.get("created_at")) or _moment_text(raw.get("completed_at"))),
        updated_at=moment(raw.get("updated_at")),
        paid_at=moment(raw.get("paid_at")),
        fulfilled_at=moment(raw.get("shipped_at")),
        canceled_at=moment(raw.get("cancelled_at")),
        currency=text(raw["currency"]),
        total=amount(raw["total"]),
        discount_total=amount(raw.get("discount")),
        shipping_total=amount(raw.get("shipping_cost_customer")),
        lines=lines(raw),
        status=usual(word),
        source_status=word,
        coupons=tuple(filter(None, (text(child(each).get("code")) for each in children(raw.get("coupon"))))),
        shipping_method=_shipping(raw),
        payment_method=first(
            raw.get("gateway_name"), child(raw.get("payment_details")).get("method"), raw.get("gateway")
        ),
        admin_url=f"{site}/admin/v2/orders/{order_id}" if site else "",
        cart_id=text(raw.get("token")),
        contact=buyer(raw),
    )


def _moment_text(value: object) -> str:
    """A time that is there, also of those that are objects (always UTC) or stand for none."""
    said = text(child(value).get("date")) or text(value)
    return said if moment(said) else ""


def _shipping(raw: Raw) -> str:
    """What the buyer chose; with several packages, each once."""
    parts = [child(child(each).get("shipping")) for each in children(raw.get("fulfillments"))]
    options = dict.fromkeys(filter(None, (text(child(part.get("option")).get("name")) for part in parts)))
    return first(
        raw.get("shipping_option"),
        ", ".join(options),
        raw.get("shipping_store_branch_name"),
        raw.get("shipping_carrier_name"),
        raw.get("shipping"),
    )


def lines(raw: Raw) -> list[LineIn]:
    """Lines at the price paid: a discount is given on the order alone, and is spread over them."""
    bought = [child(each) for each in children(raw.get("products"))]
    before = [amount(each.get("price")) * amount(each.get("quantity")) for each in bought]
    parts = spread(amount(raw.get("discount")), before)
    return [_line(each, whole, part) for each, whole, part in zip(bought, before, parts, strict=True)]


def _line(raw: Mapping[str, Any], before: Decimal, discount: Decimal) -> LineIn:
    quantity, total = amount(raw.get("quantity")), before - discount
    return LineIn(
        product_id=key(raw.get("product_id")),
        variant_id=key(raw.get("variant_id")),
        name=text(raw.get("name")),
        sku=text(raw.get("sku")),
        quantity=quantity,
        unit_price=price_of_one(total, quantity),
        total=total,
        discount=discount,
        image_url=_image(raw.get("image")),
    )


def _image(value: object) -> str:
    """An object or an address, which may begin with ``//``."""
    found = text(child(value).get("src")) or text(value)
    return f"https:{found}" if found.startswith("//") else found


def buyer(raw: Raw) -> ContactIn | None:
    """The person who ordered; without the right to read customers, what the order itself says."""
    person = child(raw.get("customer"))
    shipping = child(raw.get("shipping_address"))  # a text in checkouts, where the parts stand beside it
    found = _person(
        person,
        email=first(raw.get("contact_email"), person.get("email")),
        name=first(raw.get("contact_name"), person.get("name"), raw.get("billing_name")),
        phone=first(
            raw.get("contact_phone"), person.get("phone"), shipping.get("phone"), raw.get("shipping_phone"),
            raw.get("billing_phone"),
        ),
        company=first(raw.get("billing_business_name"), raw.get("billing_trade_name")),
    )  # fmt: skip
    if found is not None and text(raw.get("storefront")) == "meli":
        found.accepts_marketing, found.consent_at, found.consent_source = None, None, ""
    return found


def customer(raw: Raw) -> ContactIn | None:
    """A customer of the shop's list; None for one who stands for nobody."""
    address = child(raw.get("default_address"))
    found = _person(
        raw,
        email=text(raw.get("email")),
        name=text(raw.get("name")),
        phone=first(raw.get("phone"), address.get("phone"), raw.get("billing_phone")),
        company="",
    )
    if found is not None:
        found.updated_at = moment(raw.get("updated_at"))
    return found


def _person(raw: Mapping[str, Any], email: str, name: str, phone: str, company: str) -> ContactIn | None:
    """Buyers without data share one stand-in, whose id and consent are nobody's."""
    stands_in = is_placeholder(email.lower())
    own = {} if stands_in else raw
    given, family = names("" if name.lower() in _STANDS_FOR_NOTHING else name)
    accepts = flag(own.get("accepts_marketing"))
    found = ContactIn(
        customer_id=key(own.get("id")),
        email="" if stands_in else email,
        phone=phone,
        first_name=given,
        last_name=family,
        company=first(company, own.get("business_name"), own.get("trade_name")),
        accepts_marketing=accepts,
        consent_at=moment(own.get("accepts_marketing_updated_at")) if accepts is not None else None,
        consent_source="nuvemshop" if accepts is not None else "",
    )
    return found if found.email or found.phone or found.customer_id else None


def cart(raw: Raw) -> CartIn:
    """A checkout that was begun; its order has the same token."""
    if "id" not in raw or "products" not in raw:
        raise SkipRecord("unreadable", what=first(raw.get("description"), "this is no checkout"))
    person = buyer(raw)
    if person is not None and "contact_accepts_marketing" in raw:
        person.accepts_marketing = flag(raw["contact_accepts_marketing"])
        person.consent_at = moment(raw.get("contact_accepts_marketing_updated_at"))
        person.consent_source = "nuvemshop" if person.accepts_marketing is not None else ""
    is_done = bool(_moment_text(raw.get("completed_at")))
    return CartIn(
        cart_id=first(raw.get("token"), raw["id"]),
        started_at=certain(raw.get("created_at")),
        updated_at=moment(raw.get("updated_at")),
        currency=text(raw["currency"]),
        total=amount(raw["total"]),
        lines=lines(raw),
        state=CartState.ORDERED if is_done else CartState.ACTIVE,
        contact=person,
        url=text(raw.get("abandoned_checkout_url")),
    )


def begun_at(raw: Raw) -> datetime:
    """When a checkout was begun; one without a time counts as new."""
    return moment(raw.get("created_at")) or datetime.now(UTC)


def said(value: object, language: str) -> str:
    """A text that is there in several languages: in this one, else in the first that has it."""
    if isinstance(value, Mapping):
        return first(value.get(language), *value.values())
    return text(value)


def product(raw: Raw, currency: str, language: str, site: str) -> ProductIn:
    """One product; variants are bought under its id, and its price is that of the first."""
    if "id" not in raw or "variants" not in raw:
        raise SkipRecord("unreadable", what=first(raw.get("description"), "this is no product"))
    variants = [child(each) for each in children(raw["variants"])]
    main: Mapping[str, Any] = variants[0] if variants else {}
    price = first(main.get("promotional_price"), main.get("price"))
    images = children(raw.get("images"))
    return ProductIn(
        product_id=text(raw["id"]),
        name=said(raw.get("name"), language),
        sku=first(*(each.get("sku") for each in variants)),
        category=_category(raw.get("categories"), language),
        kind="variable" if len(variants) > 1 else "simple",
        description=said(raw.get("description"), language),
        price=amount(price) if price else None,
        currency=currency,
        image_url=_image(images[0]) if images else "",
        url=text(raw.get("canonical_url")) or _page(site, said(raw.get("handle"), language), language),
        archived=flag(raw.get("published")) is False or text(raw.get("visibility")) == "hidden",
        updated_at=moment(raw.get("updated_at")),
    )


def _category(value: object, language: str) -> str:
    """The first that has a name; older answers hold bare ids."""
    return first(*(said(child(each).get("name"), language) for each in children(value)))


def _page(site: str, handle: str, language: str) -> str:
    folder = "produtos" if language == "pt" else "productos"
    return f"{site}/{folder}/{handle}" if site and handle else ""


def digest(raw: Raw) -> Digest:
    """What an audit compares."""
    return Digest(
        text(raw["id"]),
        certain(raw.get("created_at")),
        text(raw["currency"]),
        amount(raw["total"]),
        word_of(raw),
        moment(raw.get("updated_at")),
    )


_ZONES = {
    "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires",
    "MX": "America/Mexico_City",
    "CO": "America/Bogota",
    "CL": "America/Santiago",
    "PE": "America/Lima",
    "UY": "America/Montevideo",
    "PY": "America/Asuncion",
    "EC": "America/Guayaquil",
    "BO": "America/La_Paz",
    "VE": "America/Caracas",
}


def zone(country: str) -> str:
    """The zone of the country's capital of trade: the platform names none; "" where it is not known."""
    return _ZONES.get(country.upper(), "")


def front(domains: Sequence[object], original: object) -> str:
    """The address of the shop's front page."""
    host = first(*domains, original)
    return host if urlsplit(host).scheme or not host else f"https://{host}"

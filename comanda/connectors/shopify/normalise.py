"""What Shopify says, as shapes. Amounts are texts, times UTC, ids addresses of records."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from comanda.connectors.base import Digest, Raw
from comanda.connectors.errors import SkipRecord
from comanda.connectors.values import (
    ZERO,
    amount,
    certain,
    child,
    children,
    first,
    flag,
    key,
    moment,
    price_of_one,
    text,
    words,
)
from comanda.shapes import CartIn, CartState, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn, RefundIn

CANCELLED, UNPAID, UNSAID = "cancelled", "unpaid", "none"
STATUSES = {
    "paid": OrderStatus.COMPLETED,
    "partially_refunded": OrderStatus.COMPLETED,
    "pending": OrderStatus.PENDING,
    "authorized": OrderStatus.PENDING,
    "partially_paid": OrderStatus.PENDING,
    UNPAID: OrderStatus.CREATED,
    CANCELLED: OrderStatus.CANCELED,
    "voided": OrderStatus.CANCELED,
    "refunded": OrderStatus.CANCELED,
    "expired": OrderStatus.CANCELED,
    UNSAID: OrderStatus.UNKNOWN,
}
"""The state of payment decides, but for orders that were cancelled."""
_CONSENT = {"subscribed": True, "unsubscribed": False, "not_subscribed": False}
"""Of the others, a person was asked and has not answered yet, or is no one any more."""
_TOKEN = re.compile(r"/checkouts/(?:[a-z]{1,3}/)?([0-9A-Za-z]{16,})")


def number(gid: object) -> str:
    """``1`` of ``gid://shopify/Order/1``; "" for none."""
    return key(text(gid).rpartition("/")[2].partition("?")[0])


def money(value: object) -> Decimal:
    """The amount in the shop's own currency, whatever the buyer saw."""
    return amount(child(child(value).get("shopMoney")).get("amount"))


def word_of(raw: Raw) -> str:
    """The state of an order in one word; ``unpaid`` is one that is pending with no way to pay chosen."""
    if raw.get("cancelledAt"):
        return CANCELLED
    said = text(raw.get("displayFinancialStatus")).lower()
    if said == "pending" and not children(raw.get("paymentGatewayNames")):
        return UNPAID
    return said or UNSAID


def order(raw: Raw, admin: str) -> OrderIn:
    """One order; ``admin`` is the address of the shop's admin pages."""
    if "totalPriceSet" not in raw or "lineItems" not in raw:
        raise SkipRecord("unreadable", what="this is no order")
    order_id, word = number(raw["id"]), word_of(raw)
    refunds = _refunds(raw)
    taxed = bool(raw.get("taxesIncluded"))
    return OrderIn(
        order_id=order_id,
        number=text(raw.get("name")) or order_id,
        placed_at=placed_at(raw),
        updated_at=moment(raw.get("updatedAt")),
        paid_at=_paid_at(raw),
        fulfilled_at=_fulfilled_at(raw),
        canceled_at=moment(raw.get("cancelledAt")),
        currency=text(raw["currencyCode"]),
        total=money(raw["totalPriceSet"]),
        tax_total=money(raw.get("totalTaxSet")),
        discount_total=money(raw.get("totalDiscountsSet")),
        shipping_total=_shipping(raw, taxed=taxed),
        refunds=refunds,
        refund_total=money(raw.get("totalRefundedSet")),
        lines=[_line(child(each), taxed=taxed) for each in children(child(raw["lineItems"]).get("nodes"))],
        status=STATUSES.get(word, OrderStatus.UNKNOWN),
        source_status=word,
        coupons=words(raw.get("discountCodes") or ()),
        shipping_method=text(child(raw.get("shippingLine")).get("title")),
        payment_method=", ".join(words(raw.get("paymentGatewayNames") or ())),
        admin_url=f"{admin}/orders/{order_id}",
        tags=words(raw.get("tags") or ()),
        contact=buyer(raw),
    )


def placed_at(raw: Raw) -> datetime:
    """When it was bought: orders brought from another shop were made later than that."""
    return certain(raw.get("processedAt") or raw.get("createdAt"))


def _paid_at(raw: Raw) -> datetime | None:
    times = [
        moment(each.get("processedAt"))
        for each in map(child, children(raw.get("transactions")))
        if each.get("kind") in ("SALE", "CAPTURE") and each.get("status") == "SUCCESS"
    ]
    return min(filter(None, times), default=None)


def _fulfilled_at(raw: Raw) -> datetime | None:
    if raw.get("displayFulfillmentStatus") != "FULFILLED":
        return None
    times = [moment(child(each).get("createdAt")) for each in children(raw.get("fulfillments"))]
    return max(filter(None, times), default=None)


def _taxes(raw: Mapping[str, Any]) -> Decimal:
    return sum((money(child(each).get("priceSet")) for each in children(raw.get("taxLines"))), ZERO)


def _shipping(raw: Raw, *, taxed: bool) -> Decimal:
    """What was paid for it, discounts on shipping taken off."""
    chosen = child(raw.get("shippingLine"))
    if not chosen.get("discountedPriceSet"):
        return money(raw.get("totalShippingPriceSet"))
    return money(chosen["discountedPriceSet"]) + (ZERO if taxed else _taxes(chosen))


def _line(raw: Mapping[str, Any], *, taxed: bool) -> LineIn:
    """All discounts, of the line and of the order, are allocated to lines by the shop."""
    quantity = amount(raw.get("quantity"))
    product = child(raw.get("product"))
    allocated = map(child, children(raw.get("discountAllocations")))
    discount = sum((money(each.get("allocatedAmountSet")) for each in allocated), ZERO)
    total = money(raw.get("originalUnitPriceSet")) * quantity - discount + (ZERO if taxed else _taxes(raw))
    return LineIn(
        product_id=number(product.get("id")),
        variant_id=number(child(raw.get("variant")).get("id")),
        name=first(raw.get("name"), raw.get("title")),
        sku=text(raw.get("sku")),
        category=_category(product),
        quantity=quantity,
        unit_price=price_of_one(total, quantity),
        total=total,
        discount=discount,
        image_url=text(child(raw.get("image")).get("url")),
    )


def _category(product: Mapping[str, Any]) -> str:
    return first(product.get("productType"), child(product.get("category")).get("name"))


def _refunds(raw: Raw) -> list[RefundIn]:
    """One that gave no money back only took goods back."""
    found = [
        RefundIn(
            number(each.get("id")),
            money(each.get("totalRefundedSet")),
            moment(each.get("createdAt")),
            text(each.get("note")),
        )
        for each in map(child, children(raw.get("refunds")))
    ]
    return [refund for refund in found if refund.amount]


def buyer(raw: Raw) -> ContactIn | None:
    """The person who ordered, or began to; None when nothing tells one."""
    person = child(raw.get("customer"))
    billing, shipping = child(raw.get("billingAddress")), child(raw.get("shippingAddress"))
    found = customer(person)
    found.email = first(raw.get("email"), found.email)
    found.phone = first(found.phone, raw.get("phone"), billing.get("phone"), shipping.get("phone"))
    found.first_name = first(found.first_name, billing.get("firstName"), shipping.get("firstName"))
    found.last_name = first(found.last_name, billing.get("lastName"), shipping.get("lastName"))
    found.company = first(billing.get("company"), shipping.get("company"), found.company)
    found.language = first(raw.get("customerLocale"), found.language)
    found.updated_at = None
    if not person:
        found.accepts_marketing = flag(raw.get("customerAcceptsMarketing"))
        found.consent_source = "shopify" if found.accepts_marketing is not None else ""
    return found if found.email or found.phone or found.customer_id else None


def customer(raw: Mapping[str, Any]) -> ContactIn:
    """A customer; of one who was redacted only the number is left."""
    email, address = child(raw.get("defaultEmailAddress")), child(raw.get("defaultAddress"))
    accepts = _CONSENT.get(text(email.get("marketingState")).lower())
    return ContactIn(
        customer_id=number(raw.get("id")),
        email=text(email.get("emailAddress")),
        phone=first(child(raw.get("defaultPhoneNumber")).get("phoneNumber"), address.get("phone")),
        first_name=first(raw.get("firstName"), address.get("firstName")),
        last_name=first(raw.get("lastName"), address.get("lastName")),
        company=text(address.get("company")),
        language=text(raw.get("locale")),
        accepts_marketing=accepts,
        consent_at=moment(email.get("marketingUpdatedAt")) if accepts is not None else None,
        consent_source="shopify" if accepts is not None else "",
        tags=words(raw.get("tags") or ()),
        updated_at=moment(raw.get("updatedAt")),
    )


def cart(raw: Raw, currency: str) -> CartIn:
    """A checkout that was left; ``orderId`` was read beside it where it was finished after all."""
    if "abandonedCheckoutUrl" not in raw or "lineItems" not in raw:
        raise SkipRecord("unreadable", what="this is no checkout")
    return CartIn(
        cart_id=token_of(raw) or number(raw["id"]),
        started_at=certain(raw.get("createdAt")),
        updated_at=moment(raw.get("updatedAt")),
        currency=text(child(child(raw.get("totalPriceSet")).get("shopMoney")).get("currencyCode"))
        or currency,
        total=money(raw.get("totalPriceSet")),
        lines=[_cart_line(child(each)) for each in children(child(raw["lineItems"]).get("nodes"))],
        state=_state(raw),
        contact=buyer(raw),
        order_id=text(raw.get("orderId")),
        url=text(raw["abandonedCheckoutUrl"]),
    )


def _state(raw: Raw) -> CartState:
    """The list holds only those that were left; of others webhooks tell."""
    if not raw.get("completedAt"):
        return CartState.ACTIVE
    return CartState.ORDERED if raw.get("token") else CartState.RECOVERED


def token_of(raw: Raw) -> str:
    """By what a checkout is known in its address, in webhooks and to its order; "" where none is seen."""
    if raw.get("token"):
        return text(raw["token"])
    found = _TOKEN.search(text(raw.get("abandonedCheckoutUrl")))
    return found[1] if found else ""


def _cart_line(raw: Mapping[str, Any]) -> LineIn:
    quantity = amount(raw.get("quantity"))
    before = money(raw.get("originalUnitPriceSet")) * quantity
    total = money(raw["discountedTotalPriceSet"]) if raw.get("discountedTotalPriceSet") else before
    return LineIn(
        product_id=number(child(raw.get("product")).get("id")),
        variant_id=number(child(raw.get("variant")).get("id")),
        name=text(raw.get("title")),
        sku=text(raw.get("sku")),
        quantity=quantity,
        unit_price=price_of_one(total, quantity),
        total=total,
        discount=before - total,
        image_url=text(child(raw.get("image")).get("url")),
    )


def product(raw: Raw, currency: str, site: str) -> ProductIn:
    """One product; variants are bought under its id, and its price is the lowest of theirs."""
    if "title" not in raw or "status" not in raw:
        raise SkipRecord("unreadable", what="this is no product")
    least = child(child(raw.get("priceRangeV2")).get("minVariantPrice"))
    variants = [child(each) for each in children(child(raw.get("variants")).get("nodes"))]
    picture = child(child(child(raw.get("featuredMedia")).get("preview")).get("image"))
    handle = text(raw.get("handle"))
    return ProductIn(
        product_id=number(raw["id"]),
        name=text(raw["title"]),
        sku=first(*(each.get("sku") for each in variants)),
        category=_category(raw),
        kind="variable" if len(variants) > 1 else "simple",
        description=text(raw.get("descriptionHtml")),
        price=amount(least["amount"]) if least.get("amount") else None,
        currency=text(least.get("currencyCode")) or currency,
        image_url=text(picture.get("url")),
        url=text(raw.get("onlineStoreUrl")) or (f"{site}/products/{handle}" if handle else ""),
        archived=text(raw["status"]) in ("ARCHIVED", "DRAFT"),
        updated_at=moment(raw.get("updatedAt")),
    )


def digest(raw: Raw) -> Digest:
    """What an audit compares; test orders are none of the shop's."""
    return Digest(
        number(raw["id"]),
        placed_at(raw),
        text(raw["currencyCode"]),
        money(raw["totalPriceSet"]),
        word_of(raw),
        moment(raw.get("updatedAt")),
        is_test=bool(raw.get("test")),
    )

"""What Magento says, as shapes. Times are UTC without saying so; what is null is left out.

What was read beside a record stands in it under names that begin with ``_``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from comanda.connectors.base import Digest, Raw
from comanda.connectors.magento.rest import id_of
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
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn, RefundIn

STATUSES = {
    "new": OrderStatus.CREATED,
    "pending_payment": OrderStatus.PENDING,
    "payment_review": OrderStatus.PENDING,
    "holded": OrderStatus.PENDING,
    "processing": OrderStatus.COMPLETED,
    "complete": OrderStatus.COMPLETED,
    "closed": OrderStatus.CANCELED,
    "canceled": OrderStatus.CANCELED,
    # Words of orders that have a status alone, as imports and modules leave them.
    "pending": OrderStatus.CREATED,
    "fraud": OrderStatus.PENDING,
    "pending_paypal": OrderStatus.PENDING,
}
"""What the states mean; the words that owners make are parts of them."""
_USUAL = {"new": "pending"}
"""The status that an order of a state has when nobody made others; elsewhere it has the state's own name."""
_FOUR_PLACES = Decimal("0.0001")
_CENT = Decimal("0.01")


def word_of(raw: Raw) -> str:
    """The state, and behind it the status where it is not the usual one: "processing/packing"."""
    state, status = text(raw.get("state")), text(raw.get("status"))
    if not state or status in ("", _USUAL.get(state, state)):
        return state or status
    return f"{state}/{status}"


def meaning(word: str) -> OrderStatus:
    """What a word means: by its state; what may be fraud is in review, paid or not."""
    state, _, status = word.partition("/")
    if status == "fraud":
        return OrderStatus.PENDING
    return STATUSES.get(state, OrderStatus.UNKNOWN)


def money(value: object) -> Decimal:
    """An amount; the shop keeps four places, and some servers write more of a double than is meant."""
    return amount(value).quantize(_FOUR_PLACES)


def order(raw: Raw, admin: str) -> OrderIn:
    """One order; ``admin`` is the address of the admin pages, "" where it is not known."""
    word = word_of(raw)
    number = text(raw["entity_id"])
    refunds = [_refund(memo) for memo in children(raw.get("_creditmemos")) if text(memo.get("state")) != "3"]
    return OrderIn(
        order_id=number,
        number=first(raw.get("increment_id"), number),
        placed_at=certain(raw.get("created_at")),
        updated_at=moment(raw.get("updated_at")),
        paid_at=_earliest(raw.get("_invoices")),
        fulfilled_at=_fulfilled_at(raw),
        canceled_at=_canceled_at(raw, word),
        currency=text(raw["order_currency_code"]),
        total=money(raw["grand_total"]),
        tax_total=money(raw.get("tax_amount")),
        discount_total=abs(money(raw.get("discount_amount"))),
        shipping_total=_shipping(raw),
        refunds=refunds,
        refund_total=money(raw.get("total_refunded")) or sum((each.amount for each in refunds), ZERO),
        lines=_lines(raw),
        status=meaning(word),
        source_status=word,
        coupons=_coupons(raw),
        shipping_method=text(raw.get("shipping_description")),
        payment_method=_payment(raw),
        admin_url=f"{admin}/sales/order/view/order_id/{number}/" if admin else "",
        contact=buyer(raw),
        cart_id=key(raw.get("quote_id")),
    )


def _coupons(raw: Raw) -> tuple[str, ...]:
    several = children(child(raw.get("extension_attributes")).get("coupon_codes"))
    return words([*several, *words(raw.get("coupon_code"))])


def _payment(raw: Raw) -> str:
    payment = child(raw.get("payment"))
    return first(*children(payment.get("additional_information"))[:1], payment.get("method"))


def _shipping(raw: Raw) -> Decimal:
    """What shipping cost in the end."""
    before = money(raw.get("shipping_incl_tax") or raw.get("shipping_amount"))
    return before - abs(money(raw.get("shipping_discount_amount")))


def _earliest(rows: object) -> datetime | None:
    return min(filter(None, (moment(row.get("created_at")) for row in children(rows))), default=None)


def _fulfilled_at(raw: Raw) -> datetime | None:
    """When the last piece left; an order that waits for more is not done."""
    if text(raw.get("state")) not in ("complete", "closed"):
        return None
    left = (moment(row.get("created_at")) for row in children(raw.get("_shipments")))
    return max(filter(None, left), default=None)


def _canceled_at(raw: Raw, word: str) -> datetime | None:
    """By the order's own history; else when it changed last."""
    if meaning(word) is not OrderStatus.CANCELED:
        return None
    told = [row for row in children(raw.get("status_histories")) if row.get("status") == raw.get("status")]
    return _earliest(told) or moment(raw.get("updated_at"))


def _refund(memo: Raw) -> RefundIn:
    """A credit memo. Its comments say why."""
    said = [text(child(each).get("comment")) for each in children(memo.get("comments"))]
    return RefundIn(id_of(memo), money(memo["grand_total"]), moment(memo.get("created_at")), first(*said))


# Lines.


def _lines(raw: Raw) -> list[LineIn]:
    """Variants and bundles have rows beneath their own: each is counted once, where its price stands."""
    rows = children(raw.get("items"))
    parts: dict[str, list[Raw]] = {}
    for row in rows:
        if parent := key(row.get("parent_item_id")):
            parts.setdefault(parent, []).append(row)
    taken: list[tuple[Raw, list[Raw]]] = []
    for row in rows:
        if not key(row.get("parent_item_id")):
            mine = parts.get(text(row.get("item_id")), [])
            is_sum = text(row.get("product_type")) == "bundle" and not money(row.get("row_total"))
            taken += [(part, []) for part in mine] if is_sum and mine else [(row, mine)]
    lines = [_line(row, mine, child(raw.get("_products"))) for row, mine in taken]
    _settle(lines, raw)
    return lines


def _line(row: Raw, parts: list[Raw], products: Mapping[str, Any]) -> LineIn:
    count, cut = amount(row["qty_ordered"]), money(row.get("discount_amount"))
    total = _paid(row, cut)
    if text(row.get("product_type")) == "bundle" and any(money(part.get("row_total")) for part in parts):
        cut = sum((money(part.get("discount_amount")) for part in parts), ZERO)
        total = sum((_paid(part, money(part.get("discount_amount"))) for part in parts), ZERO)
    is_variant = text(row.get("product_type")) == "configurable" and bool(parts)
    variant = key(parts[0].get("product_id")) if is_variant else ""
    product_id = key(row.get("product_id"))
    known, chosen = child(products.get(product_id)), child(products.get(variant))
    return LineIn(
        product_id=product_id,
        variant_id=variant,
        name=text(row.get("name")),
        sku=text(row.get("sku")),
        category=first(known.get("category"), chosen.get("category")),
        image_url=first(chosen.get("image"), known.get("image")),
        quantity=count,
        unit_price=price_of_one(total, count),
        total=total,
        discount=cut,
    )


def _paid(row: Raw, cut: Decimal) -> Decimal:
    """What a row cost, with tax and after its discount, as the shop itself adds orders up.

    The compensation is the tax that lies in a discount; rows without it have the sum with tax, at least.
    """
    if "discount_tax_compensation_amount" in row:
        compensation = money(row["discount_tax_compensation_amount"])
        return money(row.get("row_total")) + money(row.get("tax_amount")) + compensation - cut
    with_tax = row.get("row_total_incl_tax")
    return money(row.get("row_total") if with_tax is None else with_tax) - cut


def _settle(lines: list[LineIn], raw: Raw) -> None:
    """Taxes that are rounded for the whole order may leave a cent, which the dearest line takes."""
    left = money(raw["grand_total"]) - _shipping(raw) - sum((line.total for line in lines), ZERO)
    if lines and left and abs(left) <= _CENT * len(lines):
        dearest = max(lines, key=lambda line: line.total)
        dearest.total += left
        if dearest.quantity:
            dearest.unit_price = price_of_one(dearest.total, dearest.quantity)


# People.


def buyer(raw: Raw) -> ContactIn | None:
    """Who ordered; names and phone of a guest stand in the addresses alone."""
    assignments = children(child(raw.get("extension_attributes")).get("shipping_assignments"))
    sent = [child(child(child(each).get("shipping")).get("address")) for each in assignments]
    addresses = [child(raw.get("billing_address")), *sent]
    person = {
        "id": raw.get("customer_id"),
        "email": first(raw.get("customer_email"), *(each.get("email") for each in addresses)),
        "firstname": raw.get("customer_firstname"),
        "lastname": raw.get("customer_lastname"),
    }
    return _contact(person, addresses, text(raw.get("_group")))


def customer(raw: Raw) -> ContactIn | None:
    """An account, its default addresses first. Without the sign of the newsletter nothing is known of it."""
    addresses = sorted(
        children(raw.get("addresses")),
        key=lambda each: (not each.get("default_billing"), not each.get("default_shipping")),
    )
    found = _contact(raw, addresses, text(raw.get("_group")))
    if found is None:
        return None
    found.accepts_marketing = flag(child(raw.get("extension_attributes")).get("is_subscribed"))
    found.consent_source = "newsletter" if found.accepts_marketing is not None else ""
    found.updated_at = moment(raw.get("updated_at"))
    return found


def _contact(
    person: Mapping[str, Any], addresses: Iterable[Mapping[str, Any]], group: str
) -> ContactIn | None:
    known = list(addresses)
    found = ContactIn(
        customer_id=key(person.get("id")),
        email=text(person.get("email")),
        phone=first(*(each.get("telephone") for each in known)),
        first_name=first(person.get("firstname"), *(each.get("firstname") for each in known)),
        last_name=first(person.get("lastname"), *(each.get("lastname") for each in known)),
        company=first(*(each.get("company") for each in known)),
        tags=(group,) if group else (),
    )
    return found if found.email or found.phone or found.customer_id else None


# Catalogue and carts.


def product(raw: Raw, site: str, currency: str) -> ProductIn:
    """One product; the price of one that comes in variants is that of the cheapest, read beside it."""
    said = attributes(raw)
    path = text(said.get("url_key"))
    return ProductIn(
        product_id=text(raw["id"]),
        name=text(raw["name"]),
        sku=text(raw.get("sku")),
        category=text(raw.get("_category")),
        kind=text(raw.get("type_id")),
        description=first(said.get("short_description"), said.get("description")),
        price=price(raw, certain(raw["_at"])) or _cheapest(raw, certain(raw["_at"])),
        currency=currency,
        image_url=image(raw),
        url=f"{site}/{path}.html" if path else "",
        archived=text(raw.get("status")) == "2",
        updated_at=moment(raw.get("updated_at")),
    )


def attributes(raw: Raw) -> dict[str, Any]:
    """The custom attributes by their codes."""
    return {
        text(child(each).get("attribute_code")): child(each).get("value")
        for each in children(raw.get("custom_attributes"))
    }


def price(raw: Raw, now: datetime) -> Decimal | None:
    """The special price within its days, else the usual one; None where there is none, or it is 0."""
    said = attributes(raw)
    usual, special = money(raw.get("price")), money(said.get("special_price"))
    begins, ends = moment(said.get("special_from_date")), moment(said.get("special_to_date"))
    is_on = special and (begins is None or begins <= now) and (ends is None or now.date() <= ends.date())
    return (special if is_on and special < usual else usual) or None


def _cheapest(raw: Raw, now: datetime) -> Decimal | None:
    found = [price(each, now) for each in children(raw.get("_variants"))]
    return min(filter(None, found), default=None)


def image(raw: Raw) -> str:
    """The first picture that is shown; ``_media`` is where pictures lie."""
    entries = sorted(
        (each for each in children(raw.get("media_gallery_entries")) if not flag(each.get("disabled"))),
        key=lambda each: ("image" not in children(each.get("types")), int(each.get("position") or 0)),
    )
    files = [text(each.get("file")) for each in entries if text(each.get("media_type")) != "external-video"]
    path = first(*files, *(value for value in [attributes(raw).get("image")] if value != "no_selection"))
    return f"{raw['_media'].rstrip('/')}/catalog/product/{path.lstrip('/')}" if path else ""


def cart(raw: Raw) -> CartIn | None:
    """A purchase begun; None for an empty one. ``_totals`` is with tax, where it was read."""
    totals = child(raw.get("_totals"))
    priced = {text(each.get("item_id")): each for each in children(totals.get("items"))}
    products = child(raw.get("_products"))
    lines = [
        _cart_line(
            row, child(priced.get(text(row.get("item_id")))), child(products.get(text(row.get("sku"))))
        )
        for row in children(raw.get("items"))
    ]
    if not lines:
        return None
    return CartIn(
        cart_id=text(raw["id"]),
        started_at=certain(raw.get("created_at")),
        updated_at=moment(raw.get("updated_at")),
        currency=text(child(raw.get("currency")).get("quote_currency_code")),
        total=money(totals["grand_total"]) if totals else sum((line.total for line in lines), ZERO),
        lines=lines,
        contact=_who(raw),
    )


def _who(raw: Raw) -> ContactIn | None:
    """A guest's e-mail stands in the billing address, once it was typed."""
    person, address = child(raw.get("customer")), child(raw.get("billing_address"))
    return _contact({**person, "email": first(person.get("email"), address.get("email"))}, [address], "")


def _cart_line(row: Raw, priced: Mapping[str, Any], known: Mapping[str, Any]) -> LineIn:
    count = amount(row["qty"])
    cut = money(priced.get("discount_amount"))
    total = money(priced["row_total_incl_tax"]) - cut if priced else money(row.get("price")) * count
    return LineIn(
        product_id=text(known.get("id")),
        name=text(row.get("name")),
        sku=text(row.get("sku")),
        category=text(known.get("category")),
        image_url=text(known.get("image")),
        quantity=count,
        unit_price=price_of_one(total, count),
        total=total,
        discount=cut,
    )


def digest(raw: Raw) -> Digest:
    """What an audit compares."""
    return Digest(
        text(raw["entity_id"]),
        certain(raw.get("created_at")),
        text(raw["order_currency_code"]),
        money(raw["grand_total"]),
        word_of(raw),
        moment(raw.get("updated_at")),
    )

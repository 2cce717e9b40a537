"""What PrestaShop says, as shapes. All numbers are texts; times are the shop's own, without their zone.

What was read beside a record stands in it under names that begin with ``_``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

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
    spread,
    text,
)
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn, RefundIn

STATUSES = {
    "cheque": OrderStatus.CREATED,
    "bankwire": OrderStatus.CREATED,
    "outofstock_unpaid": OrderStatus.CREATED,
    "cod_validation": OrderStatus.PENDING,
    "paypal": OrderStatus.PENDING,
    "payment": OrderStatus.COMPLETED,
    "ws_payment": OrderStatus.COMPLETED,
    "preparation": OrderStatus.COMPLETED,
    "outofstock_paid": OrderStatus.COMPLETED,
    "outofstock": OrderStatus.COMPLETED,
    "shipping": OrderStatus.COMPLETED,
    "delivered": OrderStatus.COMPLETED,
    "canceled": OrderStatus.CANCELED,
    "refund": OrderStatus.CANCELED,
    "error": OrderStatus.CANCELED,
}
"""The states that a new shop has, by the names under which its configuration keeps their ids (PS_OS_…)."""
FLAGS = ("shipped", "paid", "logable")
"""What tells of a state that a module or the owner made: the word carries those that are set."""
_CENT = Decimal("0.01")


def meaning(word: str) -> OrderStatus:
    """What a word means: by the table, else by the flags behind its number ("21/paid/logable")."""
    flags = set(word.split("/")[1:])
    if flags & {"shipped", "paid"}:
        return OrderStatus.COMPLETED
    if "logable" in flags:
        return OrderStatus.PENDING
    return STATUSES.get(word, OrderStatus.UNKNOWN)


def word_of(state: Raw, configured: Mapping[str, str]) -> str:
    """The word of a state; ``configured`` are the names of its ids in the configuration."""
    number = text(state["id"])
    return configured.get(number) or "/".join([number, *(name for name in FLAGS if flag(state.get(name)))])


def order(raw: Raw, admin: str) -> OrderIn:
    """One order; ``admin`` is the address of the back office, "" where it is not known."""
    expect_whole(raw)
    zone = zone_of(raw)
    order_id, word = text(raw["id"]), text(raw["_word"])
    slips = [_refund(slip, zone) for slip in children(raw.get("_slips"))]
    cut, freed = _cuts(raw)
    paid = amount(raw.get("total_paid_tax_incl") or raw["total_paid"])
    return OrderIn(
        order_id=order_id,
        number=text(raw.get("reference")) or order_id,
        placed_at=certain(raw.get("date_add"), zone),
        updated_at=_latest(raw, zone),
        paid_at=_paid_at(raw, zone),
        fulfilled_at=_reached(raw, zone, _is_shipped),
        canceled_at=_canceled_at(raw, zone),
        currency=text(raw["_currency"]),
        total=paid,
        tax_total=paid - amount(raw.get("total_paid_tax_excl")),
        discount_total=cut + freed,
        shipping_total=amount(raw.get("total_shipping_tax_incl")) - freed,
        refunds=slips,
        refund_total=sum((slip.amount for slip in slips), ZERO),
        lines=_lines(raw, cut),
        status=meaning(word),
        source_status=word,
        coupons=tuple(dict.fromkeys(filter(None, (text(r.get("_code")) for r in _rules(raw))))),
        shipping_method=text(raw.get("_carrier")),
        payment_method=first(raw.get("payment"), raw.get("module")),
        admin_url=f"{admin}/index.php?controller=AdminOrders&vieworder=1&id_order={order_id}"
        if admin
        else "",
        contact=buyer(raw),
        cart_id=key(raw.get("id_cart")),
    )


def expect_whole(raw: Raw) -> None:
    """A record that makes the shop stumble is known by its id alone."""
    if "_error" in raw:
        raise SkipRecord("stumbled", what=text(raw["_error"]))


def zone_of(raw: Raw) -> ZoneInfo:
    """The shop's zone, as it was when the record was read."""
    return ZoneInfo(text(raw["_zone"]))


def _rules(raw: Raw) -> list[Raw]:
    return [rule for rule in children(raw.get("_rules")) if not flag(rule.get("deleted"))]


def _cuts(raw: Raw) -> tuple[Decimal, Decimal]:
    """What discounts took off the goods, and what off the shipping: rules of free shipping tell."""
    whole, shipping = amount(raw.get("total_discounts_tax_incl")), amount(raw.get("total_shipping_tax_incl"))
    freeing = [amount(rule.get("value")) for rule in _rules(raw) if flag(rule.get("free_shipping"))]
    freed = min(sum(freeing, ZERO), shipping, whole)
    return whole - freed, freed


def _lines(raw: Raw, cut: Decimal) -> list[LineIn]:
    """Discounts are of the whole order: lines share them, so that they add up to what was paid."""
    rows = children(child(raw.get("associations")).get("order_rows"))
    counts = [amount(row["product_quantity"]) for row in rows]
    prices = [amount(row["unit_price_tax_incl"]) for row in rows]
    alone = [(count * price).quantize(_CENT) for count, price in zip(counts, prices, strict=True)]
    listed = amount(raw.get("total_products_wt"))
    # The shop rounds each piece, each line or the sum, as its owner chose: the sum that it names is right.
    is_rounding = bool(listed) and abs(listed - sum(alone)) <= _CENT * sum(counts)
    before = spread(listed, alone) if is_rounding else alone
    totals = spread(sum(before, ZERO) - cut, before)
    products = child(raw.get("_products"))
    return [
        _line(row, count, total, old - total, child(products.get(text(row.get("product_id")))))
        for row, count, total, old in zip(rows, counts, totals, before, strict=True)
    ]


def _line(row: Raw, count: Decimal, total: Decimal, cut: Decimal, product: Mapping[str, Any]) -> LineIn:
    return LineIn(
        product_id=key(row.get("product_id")),
        variant_id=key(row.get("product_attribute_id")),
        name=text(row.get("product_name")),
        sku=text(row.get("product_reference")),
        category=text(product.get("category")),
        image_url=text(product.get("image")),
        quantity=count,
        unit_price=price_of_one(total, count),
        total=total,
        discount=cut,
    )


def _refund(slip: Raw, zone: ZoneInfo) -> RefundIn:
    """A credit slip: what of the goods and of the shipping was given back, tax included."""
    parts = amount(slip.get("total_products_tax_incl")) + amount(slip.get("total_shipping_tax_incl"))
    alone = amount(slip.get("amount")) + amount(slip.get("shipping_cost_amount"))
    return RefundIn(text(slip["id"]), parts or alone, moment(slip.get("date_add"), zone))


def _latest(raw: Raw, zone: ZoneInfo) -> datetime | None:
    """When the order changed last: a credit slip leaves the date of its order as it was."""
    said = [raw.get("date_upd"), *(slip.get("date_add") for slip in children(raw.get("_slips")))]
    return max(filter(None, (moment(each, zone) for each in said)), default=None)


def _paid_at(raw: Raw, zone: ZoneInfo) -> datetime | None:
    """The first payment of an order that was paid; else when it reached a state that means so."""
    reached = _reached(raw, zone, lambda word: meaning(word) is OrderStatus.COMPLETED)
    if reached is None and meaning(text(raw["_word"])) is not OrderStatus.COMPLETED:
        return None
    paid = [row.get("date_add") for row in children(raw.get("_payments")) if amount(row.get("amount")) > 0]
    return min(filter(None, (moment(each, zone) for each in paid)), default=reached) or moment(
        raw.get("invoice_date"), zone
    )


def _reached(raw: Raw, zone: ZoneInfo, is_it: Callable[[str], bool]) -> datetime | None:
    """When the order first came into such a state."""
    at = [row.get("date_add") for row in children(raw.get("_histories")) if is_it(text(row.get("_word")))]
    return min(filter(None, (moment(each, zone) for each in at)), default=None)


def _is_shipped(word: str) -> bool:
    return word in ("shipping", "delivered") or "/shipped" in word


def _canceled_at(raw: Raw, zone: ZoneInfo) -> datetime | None:
    """When the order came into the state that ended it."""
    word = text(raw["_word"])
    if meaning(word) is not OrderStatus.CANCELED:
        return None
    return _reached(raw, zone, lambda each: each == word) or moment(raw.get("date_upd"), zone)


# People.


def buyer(raw: Raw) -> ContactIn | None:
    """Who ordered, guest or not, by the account and the addresses of the order."""
    person = child(raw.get("_customer"))
    return _contact(person, raw, [child(raw.get("_invoice")), child(raw.get("_delivery"))], zone_of(raw))


def customer(raw: Raw) -> ContactIn | None:
    """An account, or the row of a guest; None for one that was deleted."""
    expect_whole(raw)
    if flag(raw.get("deleted")):
        return None
    found = _contact(raw, raw, children(raw["_addresses"]), zone_of(raw))
    return found and replace(found, updated_at=moment(raw.get("date_upd"), zone_of(raw)))


def _contact(
    person: Mapping[str, Any], raw: Raw, addresses: Iterable[Mapping[str, Any]], zone: ZoneInfo
) -> ContactIn | None:
    """Phones stand in addresses alone, and the mobile one goes first."""
    known = list(addresses)
    accepts = _accepts(person)
    found = ContactIn(
        customer_id=key(person.get("id")) or key(raw.get("id_customer")),
        email=text(person.get("email")),
        phone=first(*(each.get(name) for each in known for name in ("phone_mobile", "phone"))),
        first_name=first(person.get("firstname"), *(each.get("firstname") for each in known)),
        last_name=first(person.get("lastname"), *(each.get("lastname") for each in known)),
        company=first(person.get("company"), *(each.get("company") for each in known)),
        language=text(raw.get("_language")),
        accepts_marketing=accepts,
        consent_at=moment(person.get("newsletter_date_add"), zone) if accepts else None,
        consent_source="newsletter" if accepts is not None else "",
        tags=(text(person["_group"]),) if person.get("_group") else (),
    )
    return found if found.email or found.phone or found.customer_id else None


def _accepts(person: Mapping[str, Any]) -> bool | None:
    """Each order of a guest makes a new row: one that was not ticked takes nothing back."""
    said = flag(person.get("newsletter"))
    return None if said is False and flag(person.get("is_guest")) else said


# Catalogue and carts.


def product(raw: Raw, site: str, currency: str) -> ProductIn:
    """One product at the price that a customer sees: ``_paid``, with tax and today's reduction."""
    expect_whole(raw)
    shown = text(raw.get("paid"))
    return ProductIn(
        product_id=text(raw["id"]),
        name=translated(raw["name"]),
        sku=text(raw.get("reference")),
        category=text(raw.get("_category")),
        kind=first(raw.get("product_type"), translated(raw.get("type"))),
        description=translated(raw.get("description_short")) or translated(raw.get("description")),
        price=amount(shown) if shown else None,
        currency=currency,
        image_url=image(site, raw.get("id_default_image")),
        url=f"{site}/index.php?controller=product&id_product={text(raw['id'])}",
        archived=flag(raw.get("active")) is False or text(raw.get("state")) == "0",
        updated_at=moment(raw.get("date_upd"), zone_of(raw)),
    )


def image(site: str, number: object) -> str:
    """Where an image lies that anyone may see: each digit of its id is a folder."""
    name = key(number)
    return f"{site}/img/p/{'/'.join(name)}/{name}.jpg" if name.isdigit() else ""


def translated(value: object) -> str:
    """A text that may be there in many languages: the first that says something."""
    if isinstance(value, list):
        return first(*(child(each).get("value") for each in value))
    return text(value)


def cart(raw: Raw) -> CartIn | None:
    """A purchase begun, at today's prices, for carts hold none; None for an empty one."""
    expect_whole(raw)
    zone = zone_of(raw)
    lines = [_cart_line(row, raw) for row in children(child(raw.get("associations")).get("cart_rows"))]
    if not lines:
        return None
    return CartIn(
        cart_id=text(raw["id"]),
        started_at=certain(raw.get("date_add"), zone),
        updated_at=moment(raw.get("date_upd"), zone),
        currency=text(raw["_currency"]),
        total=sum((line.total for line in lines), ZERO),
        lines=lines,
        contact=buyer(raw),
    )


def _cart_line(row: Raw, raw: Raw) -> LineIn:
    product_id, variant = key(row["id_product"]), key(row.get("id_product_attribute"))
    known = child(child(raw.get("_products")).get(product_id))
    chosen = child(child(raw.get("_combinations")).get(variant))
    price = amount(chosen.get("paid") or known.get("price")) * amount(raw.get("_rate") or 1)
    price, count = price.quantize(_CENT), amount(row["quantity"])
    return LineIn(
        product_id=product_id,
        variant_id=variant,
        name=text(known.get("name")),
        sku=first(chosen.get("reference"), known.get("sku")),
        category=text(known.get("category")),
        image_url=text(known.get("image")),
        quantity=count,
        unit_price=price,
        total=price * count,
    )


def digest(raw: Raw, word: str, currency: str, zone: ZoneInfo) -> Digest:
    """What an audit compares."""
    return Digest(
        text(raw["id"]),
        certain(raw.get("date_add"), zone),
        currency,
        amount(raw["total_paid_tax_incl"]),
        word,
        moment(raw.get("date_upd"), zone),
    )


def wall(raw: Raw) -> datetime:
    """When a record changed, by the shop's clock on the wall as if that were UTC: by this it is sorted."""
    return moment(raw.get("date_upd")) or datetime(1970, 1, 1, tzinfo=UTC)

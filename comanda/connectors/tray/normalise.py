"""What Tray says, as shapes. All is text, rows are wrapped in an object of their name, times are Brasília's.

Tray tells what a coupon took off the whole order: lines share it, so that they add up to what was paid.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
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
    names,
    price_of_one,
    spread,
    text,
)
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn

ZONE = ZoneInfo("America/Sao_Paulo")
CURRENCY = "BRL"
NEW = "SEM STATUS"
"""The word for an order that has no status yet."""
_OWN_SHOP = "LOJA VIRTUAL"

_CANCELED = ("CANCELAD", "DEVOLVID", "ESTORN", "REEMBOLS", "RECUSAD")
_PAID = (
    "A ENVIAR",
    "PAGAMENTO CONFIRMADO",
    "PAGAMENTO APROVADO",
    "APROVADO",
    "AGUARDANDO ENVIO",
    "AGUARDANDO DISPONIBILIDADE",
    "AGUARDANDO PRODUTO",
    "EM SEPARACAO",
    "ENVIADO",
    "PROBLEMAS NA ENTREGA",
    "FRETE NAO ATENDIDO",
    "ENTREGUE",
    "FINALIZADO",
)
_WAITING = ("AGUARDANDO", "EM MONITORAMENTO", "COMPRA EM ANALISE", "PENDENTE", "EM RECUPERACAO")
_KINDS = {
    "open": OrderStatus.PENDING,
    "closed": OrderStatus.COMPLETED,
    "canceled": OrderStatus.CANCELED,
    "cancelled": OrderStatus.CANCELED,
}
"""What the kinds mean under which a shop files statuses of its own; an open one may or may not be paid."""


def status_of(word: str) -> OrderStatus:
    """By the names that Tray gives: words of cancellation first, for all others say less."""
    folded = _fold(word)
    if folded in ("", NEW):
        return OrderStatus.CREATED
    if any(part in folded for part in _CANCELED):
        return OrderStatus.CANCELED
    if folded.startswith(_PAID):
        return OrderStatus.COMPLETED
    return OrderStatus.PENDING if folded.startswith(_WAITING) else OrderStatus.UNKNOWN


def status_by_kind(kind: str) -> OrderStatus:
    """What the kind of a shop's own status says."""
    return _KINDS.get(kind.strip().lower(), OrderStatus.UNKNOWN)


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.upper())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def unwrap(row: object, name: str) -> Raw:
    """The row, whether it is wrapped in an object of its name or not."""
    said = child(row)
    return dict(child(said.get(name)) or said)


def rows(value: object, name: str) -> list[Raw]:
    """A list of rows, unwrapped; what is no object is left out."""
    return [unwrap(each, name) for each in children(value) if child(each)]


def word_of(raw: Raw) -> str:
    """The shop's own word for the status."""
    said = child(raw.get("OrderStatus"))
    return first(raw.get("status"), said.get("status"), said.get("name")) or NEW


def kind_of(raw: Raw) -> str:
    """Under which kind the shop files it."""
    return text(child(raw.get("OrderStatus")).get("type"))


def order(raw: Raw, status: OrderStatus) -> OrderIn:
    """One complete order; ``status`` is what its word means in this shop."""
    if not text(raw.get("id")) or "ProductsSold" not in raw or not child(raw.get("Customer")):
        raise SkipRecord("unreadable", what=f"order {text(raw.get('id')) or '?'} is not complete")
    paid = _Sums.of(raw)
    return OrderIn(
        order_id=text(raw["id"]),
        number=text(raw["id"]),
        placed_at=placed_at(raw),
        updated_at=moment(raw.get("modified"), ZONE),
        paid_at=_paid_at(raw),
        fulfilled_at=moment(raw.get("shipment_date"), ZONE) or moment(raw.get("sending_date"), ZONE),
        currency=CURRENCY,
        total=amount(raw["total"]),
        discount_total=paid.discount,
        shipping_total=paid.shipping,
        lines=_lines(rows(raw["ProductsSold"], "ProductsSold"), paid.cut),
        status=status,
        source_status=word_of(raw),
        coupons=_coupons(raw),
        shipping_method=_without_id(text(raw.get("shipment"))),
        payment_method=first(raw.get("payment_method"), raw.get("payment_form")),
        contact=buyer(raw),
        cart_id=text(raw.get("session_id")),
    )


def placed_at(raw: Raw) -> datetime:
    """``date`` is a day; the time of it stands apart, in complete orders alone."""
    return certain(f"{text(raw.get('date'))} {text(raw.get('hour'))}".strip(), ZONE)


def _paid_at(raw: Raw) -> datetime | None:
    """``payment_date`` is a day; the payment made on it knows the time."""
    day = moment(raw.get("payment_date"), ZONE)
    if day is None:
        return None
    times = [moment(each.get("created"), ZONE) for each in rows(raw.get("Payment"), "Payment")]
    of_day = [at for at in times if at and at.astimezone(ZONE).date() == day.astimezone(ZONE).date()]
    return min(of_day, default=max(day, placed_at(raw)))


@dataclass(frozen=True, slots=True)
class _Sums:
    """What was taken off an order in all, how much of that off its lines, and what was paid for shipping."""

    discount: Decimal
    cut: Decimal
    shipping: Decimal

    @classmethod
    def of(cls, raw: Raw) -> "_Sums":
        """``discount`` of the order is often 0 where a coupon took something off: the sums are not."""
        goods = sum((_gross(line) for line in rows(raw["ProductsSold"], "ProductsSold")), ZERO)
        shipping = amount(raw.get("shipment_value"))
        more = amount(raw.get("taxes")) + amount(raw.get("interest"))
        discount = max(goods + shipping + more - amount(raw["total"]), ZERO)
        cut = min(discount, goods)
        return cls(discount, cut, max(shipping - (discount - cut), ZERO))


def _gross(line: Raw) -> Decimal:
    return (amount(line.get("price")) * amount(line.get("quantity"))).quantize(Decimal("0.01"))


def _lines(sold: list[Raw], cut: Decimal) -> list[LineIn]:
    gross = [_gross(line) for line in sold]
    return [
        _line(line, before - part) for line, before, part in zip(sold, gross, spread(cut, gross), strict=True)
    ]


def _line(line: Raw, total: Decimal) -> LineIn:
    quantity = amount(line.get("quantity"))
    before = max(amount(line.get("original_price")), amount(line.get("price"))) * quantity
    return LineIn(
        product_id=key(line.get("product_id")),
        variant_id=key(line.get("variant_id")),
        name=first(line.get("name"), line.get("original_name")),
        sku=text(line.get("reference")),
        category=_category(line),
        quantity=quantity,
        unit_price=price_of_one(total, quantity),
        total=total,
        discount=before - total,
        image_url=_image(line.get("ProductSoldImage")),
    )


def _category(line: Raw) -> str:
    found = rows(line.get("Category"), "Category")
    main = [each for each in found if flag(each.get("main_category"))]
    return next((text(each.get("name")) for each in [*main, *found]), "")


def _image(value: object) -> str:
    return next((first(each.get("https"), each.get("http")) for each in map(child, children(value))), "")


def _coupons(raw: Raw) -> tuple[str, ...]:
    """Of an object, or of a text ``code/value``."""
    code = text(child(raw.get("coupon")).get("code"))
    if not code:
        said = text(raw.get("discount_coupon"))
        code = said.rpartition("/")[0] if "/" in said else said
    return (code,) if code else ()


def _without_id(shipment: str) -> str:
    """``PAC - 12`` is PAC."""
    name, dash, number = shipment.rpartition(" - ")
    return name if dash and number.strip().isdigit() else shipment


def buyer(raw: Raw) -> ContactIn | None:
    """Who ordered. Marketplaces ask nobody about the shop's newsletter."""
    found = customer(child(raw.get("Customer")))
    found.customer_id = found.customer_id or key(raw.get("customer_id"))
    if text(raw.get("point_sale")).upper() not in ("", _OWN_SHOP):
        found.accepts_marketing, found.consent_source = None, ""
    return found if found.email or found.phone or found.customer_id else None


def customer(raw: Any) -> ContactIn:
    """A customer, from a list (there without phone), alone, or in an order."""
    accepts = flag(raw.get("newsletter"))
    first_name, last_name = names(text(raw.get("name")))
    return ContactIn(
        customer_id=key(raw.get("id")),
        email=text(raw.get("email")),
        phone=first(raw.get("cellphone"), raw.get("phone")),
        first_name=first_name,
        last_name=last_name,
        company=text(raw.get("company_name")),
        accepts_marketing=accepts,
        consent_source="" if accepts is None else "Tray: newsletter",
        tags=_groups(raw),
        updated_at=moment(raw.get("modified"), ZONE),
    )


def _groups(raw: Any) -> tuple[str, ...]:
    """Groups of customers are all that Tray has of tags."""
    profiles = rows(child(raw.get("Extensions")).get("Profiles"), "Profile")
    return tuple(filter(None, (first(each.get("name"), each.get("profile")) for each in profiles)))


def product(raw: Raw, today: date) -> ProductIn:
    """One product, at its price of ``today``; variants are bought under its id."""
    if not text(raw.get("id")) or "name" not in raw:
        raise SkipRecord("unreadable", what="this is no product")
    return ProductIn(
        product_id=text(raw["id"]),
        name=text(raw["name"]),
        sku=text(raw.get("reference")),
        category=text(raw.get("category_name")),
        kind="kit" if flag(raw.get("is_kit")) else "",
        description=first(raw.get("description_small"), raw.get("description")),
        price=_price(raw, today.isoformat()),
        currency=CURRENCY,
        image_url=_image(raw.get("ProductImage")),
        url=first(child(raw.get("url")).get("https"), child(raw.get("url")).get("http")),
        archived=flag(raw.get("available")) is False,
        updated_at=moment(raw.get("modified"), ZONE),
    )


def _price(raw: Raw, today: str) -> Decimal | None:
    """The promotional price while it holds: its days are from the first to the last, both included."""
    lowered = amount(raw.get("promotional_price"))
    begins, ends = (text(raw.get(f"{name}_promotion"))[:10] for name in ("start", "end"))
    is_on = (not begins or begins <= today) and (not ends or ends.startswith("0000") or today <= ends)
    if lowered and is_on:
        return lowered
    return amount(raw["price"]) if text(raw.get("price")) else None


def cart(raw: Raw) -> CartIn:
    """The lines of one session; each says whose it is, and when it was put there."""
    lines = rows(raw.get("lines"), "Cart")
    times = [placed_at(line) for line in lines if text(line.get("date"))]
    if not times:
        raise SkipRecord("unreadable", what=f"cart {text(raw.get('id'))} has no lines with a date")
    made = [_cart_line(line) for line in lines]
    return CartIn(
        cart_id=text(raw["id"]),
        started_at=min(times),
        updated_at=max(times),
        currency=CURRENCY,
        total=sum((line.total for line in made), ZERO),
        lines=made,
        contact=_shopper(lines),
    )


def _cart_line(line: Raw) -> LineIn:
    quantity, price = amount(line.get("quantity")), amount(line.get("price"))
    image = line.get("product_image")
    return LineIn(
        product_id=key(line.get("product_id")),
        variant_id=key(line.get("variant_id")),
        name=text(line.get("product_name")),
        quantity=quantity,
        unit_price=price,
        total=(price * quantity).quantize(Decimal("0.01")),
        image_url=first(child(image).get("https"), child(image).get("http"), image),
    )


def _shopper(lines: Iterable[Raw]) -> ContactIn | None:
    for line in lines:
        found = ContactIn(email=text(line.get("email")), customer_id=key(line.get("customer_id")))
        if found.email or found.customer_id:
            return found
    return None


def digest(raw: Raw) -> Digest:
    """A row of the list: it knows the day, and not the time of it."""
    return Digest(
        text(raw["id"]),
        placed_at(raw),
        CURRENCY,
        amount(raw["total"]),
        word_of(raw),
        moment(raw.get("modified"), ZONE),
    )


def changed_at(raw: Raw) -> datetime:
    """When the record changed last; one that does not say so counts as old."""
    return moment(raw.get("modified"), ZONE) or datetime(1970, 1, 1, tzinfo=UTC)

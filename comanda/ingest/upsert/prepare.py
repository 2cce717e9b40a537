"""Shapes checked and turned into the text of rows, before any database is asked.

A prepared row carries its digest: a hash of all that the source said, in canonical form. Two shapes with
one digest say the same, so that the second changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from comanda.records import installation
from comanda.shapes import (
    CartIn,
    CartState,
    ContactIn,
    LineIn,
    OrderIn,
    OrderStatus,
    Problem,
    ProductIn,
    RefundIn,
)

from . import text
from .packed import PackedLines

LINE_LIMIT = 10_000


class Unfit(Exception):
    """A shape that cannot be kept; ``problem`` says where and why."""

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.problem = Problem("invalid", field, _shown(value), expected, f"Send {expected} as {field}.")


def _shown(value: object) -> str:
    """What stood there, so that it can be stored and sent whatever it holds."""
    said = str(value)[:200].replace("\0", "\N{SYMBOL FOR NULL}")
    return said.encode("utf-8", "backslashreplace").decode()


class Table:
    """How the attributes of a shape become the columns of a table: (column, attribute, converter) each."""

    def __init__(self, shape: type, *columns: tuple[str, str, Callable[[Any], str]]) -> None:
        self.columns = tuple(name for name, _, _ in columns)
        self._attributes = tuple(attribute for _, attribute, _ in columns)
        self._converters = tuple(converter for _, _, converter in columns)
        self._values: Callable[[Any], tuple[Any, ...]] = attrgetter(*self._attributes)
        # Most attributes of most shapes are as they are by default: their text is known.
        defaults = {each.name: each.default for each in fields(shape)}
        self._defaults = tuple(defaults[attribute] for attribute in self._attributes)
        self._said = tuple(
            "" if default is MISSING else convert(default)
            for convert, default in zip(self._converters, self._defaults, strict=True)
        )

    def encode(self, shape: object, prefix: str = "") -> str:
        """The row's text, columns parted by tabs; raises Unfit naming the attribute at fault."""
        values = self._values(shape)
        try:
            return "\t".join(
                [
                    said if value is default else convert(value)
                    for value, default, said, convert in zip(
                        values, self._defaults, self._said, self._converters, strict=True
                    )
                ]
            )
        except (ValueError, ArithmeticError):
            raise self._fault(values, prefix) from None

    def _fault(self, values: Sequence[Any], prefix: str) -> Unfit:
        for attribute, convert, value in zip(self._attributes, self._converters, values, strict=True):
            try:
                convert(value)
            except ArithmeticError:
                return Unfit(prefix + attribute, value, "a finite number")
            except ValueError as error:
                return Unfit(prefix + attribute, value, str(error))
        raise AssertionError("a row that failed now passes")


ORDER = Table(
    OrderIn,
    ("external_id", "order_id", text.key),
    ("number", "number", text.text),
    ("status", "status", text.one_of(OrderStatus)),
    ("source_status", "source_status", text.text),
    ("currency", "currency", text.currency),
    ("total", "total", text.number),
    ("refund_total", "refund_total", text.number),
    ("discount_total", "discount_total", text.number),
    ("shipping_total", "shipping_total", text.number),
    ("tax_total", "tax_total", text.number),
    ("placed_at", "placed_at", text.history),
    ("paid_at", "paid_at", text.history),
    ("fulfilled_at", "fulfilled_at", text.history),
    ("canceled_at", "canceled_at", text.history),
    ("source_updated_at", "updated_at", text.history),
    ("coupons", "coupons", text.words),
    ("tags", "tags", text.words),
    ("shipping_method", "shipping_method", text.text),
    ("payment_method", "payment_method", text.text),
    ("admin_url", "admin_url", text.text),
    ("cart_external_id", "cart_id", text.text),
)
CART = Table(
    CartIn,
    ("external_id", "cart_id", text.key),
    ("state", "state", text.one_of(CartState)),
    ("currency", "currency", text.currency),
    ("total", "total", text.number),
    ("started_at", "started_at", text.history),
    ("abandoned_at", "abandoned_at", text.history),
    ("source_updated_at", "updated_at", text.history),
    ("order_external_id", "order_id", text.text),
    ("url", "url", text.text),
)
LINE = Table(
    LineIn,
    ("quantity", "quantity", text.number),
    ("unit_price", "unit_price", text.number),
    ("total", "total", text.number),
    ("discount", "discount", text.number),
    ("name", "name", text.text),
    ("sku", "sku", text.text),
    ("variant_id", "variant_id", text.text),
    ("category", "category", text.text),
    ("image_url", "image_url", text.text),
)
REFUND = Table(
    RefundIn,
    ("external_id", "refund_id", text.key),
    ("amount", "amount", text.number),
    ("refunded_at", "refunded_at", text.history),
    ("reason", "reason", text.text),
)
PRODUCT = Table(
    ProductIn,
    ("external_id", "product_id", text.key),
    ("name", "name", text.text),
    ("sku", "sku", text.text),
    ("category", "category", text.text),
    ("kind", "kind", text.text),
    ("description", "description", text.text),
    ("price", "price", lambda price: text.NULL if price is None else text.number(price)),
    ("currency", "currency", lambda code: text.currency(code) if code else ""),
    ("image_url", "image_url", text.text),
    ("url", "url", text.text),
    ("archived", "archived", text.optional),
    ("source_updated_at", "updated_at", text.history),
)
CONTACT = Table(
    ContactIn,
    ("first_name", "first_name", text.text),
    ("last_name", "last_name", text.text),
    ("company", "company", text.text),
    ("language", "language", text.text),
    ("consent_at", "consent_at", text.history),
    ("consent_source", "consent_source", text.text),
    ("consent_proof", "consent_proof", text.text),
    ("customer_id", "customer_id", text.optional_key),
    ("email", "email", text.text),
    ("phone", "phone", text.text),
    ("accepts_marketing", "accepts_marketing", text.optional),
    ("tags", "tags", text.names),
    ("lists", "lists", text.names),
    ("fields", "fields", text.fields),
    ("source_updated_at", "updated_at", text.history),
)


@dataclass(slots=True)
class Row:
    """An order or cart ready to be written: the text of its own columns, of its lines and refunds.

    ``products`` are the shop's ids as they stand in the shape, "" for a line without; or, with ``is_packed``,
    what packed lines mention.
    """

    key: str
    columns: str
    products: Sequence[str]
    lines: Sequence[str]
    refunds: list[str]
    digest: bytes
    items: str
    is_packed: bool


def contact(shape: ContactIn | None, prefix: str) -> str:
    """Checks what is said of a person; the text that stands for it in a digest. Raises Unfit."""
    return "" if shape is None else CONTACT.encode(shape, prefix)


def line(shape: LineIn) -> str:
    """``LINE.encode``, unrolled: lines are nine of ten rows, and this is three times as fast."""
    number, said = text.plain, text.text
    discount = shape.discount
    return (
        f"{number(str(shape.quantity))}\t{number(str(shape.unit_price))}\t{number(str(shape.total))}\t"
        f"{number(str(discount)) if discount else '0'}\t"
        f"{said(shape.name) if shape.name else ''}\t{said(shape.sku) if shape.sku else ''}\t"
        f"{said(shape.variant_id) if shape.variant_id else ''}\t"
        f"{said(shape.category) if shape.category else ''}\t"
        f"{said(shape.image_url) if shape.image_url else ''}"
    )


def _row(table: Table, shape: OrderIn | CartIn, key: str, refunds: list[str]) -> Row:
    if len(shape.lines) > LINE_LIMIT:
        raise Unfit("lines", len(shape.lines), f"at most {LINE_LIMIT:,} lines")
    columns = table.encode(shape)
    products, product_keys, lines = _lines(shape.lines)
    person = contact(shape.contact, "contact.")
    said = "\n".join((columns, person, product_keys, *lines, "", *refunds))
    digest = blake2b(said.encode(), digest_size=16, key=installation.key("digest")).digest()
    is_packed = isinstance(shape.lines, PackedLines)
    return Row(key, columns, products, lines, refunds, digest, _items(shape.lines), is_packed)


def _lines(lines: Sequence[LineIn]) -> tuple[Sequence[str], str, Sequence[str]]:
    """The ids of the products, the same as one text, and the text of each line."""
    if isinstance(lines, PackedLines):
        return lines.mentions, "\t".join(lines.products), lines.texts
    try:
        texts = [line(each) for each in lines]
        products = [each.product_id for each in lines]
        return products, "\t".join(map(text.optional_key, products)), texts
    except (ValueError, ArithmeticError):
        raise _line_fault(lines) from None


def _line_fault(lines: Sequence[LineIn]) -> Unfit:
    for index, each in enumerate(lines):
        try:
            LINE.encode(each, f"lines.{index}.")
            text.optional_key(each.product_id)
        except Unfit as unfit:
            return unfit
        except ValueError as error:
            return Unfit(f"lines.{index}.product_id", each.product_id, str(error))
    raise AssertionError("a line that failed now passes")


def _items(lines: Sequence[LineIn]) -> str:
    """The number of things bought."""
    total = (
        lines.items if isinstance(lines, PackedLines) else sum((each.quantity for each in lines), Decimal(0))
    )
    try:
        return text.number(total)
    except ValueError as error:
        raise Unfit("lines", total, f"quantities that add up to {error}") from None


def order(shape: OrderIn) -> Row:
    """An order made ready; raises Unfit."""
    if len(shape.refunds) > LINE_LIMIT:
        raise Unfit("refunds", len(shape.refunds), f"at most {LINE_LIMIT:,} refunds")
    refunds = [REFUND.encode(refund, f"refunds.{index}.") for index, refund in enumerate(shape.refunds)]
    if len({refund.refund_id for refund in shape.refunds}) != len(refunds):
        raise Unfit("refunds", "two refunds with one refund_id", "a refund_id of its own for each refund")
    return _row(ORDER, shape, shape.order_id, refunds)


def cart(shape: CartIn) -> Row:
    """A cart made ready; raises Unfit."""
    return _row(CART, shape, shape.cart_id, [])


def product(shape: ProductIn) -> str:
    """A product's columns as text; raises Unfit."""
    return PRODUCT.encode(shape)

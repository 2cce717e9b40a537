"""Orders as they are sent."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from comanda.api.known_stores import KnownStore
from comanda.api.rest.fields import Body, Currency, Instant, Key, Money, Quantity, StoreKey, Text, Word
from comanda.api.rest.people import MOST_WORDS, Person
from comanda.ingest.csv_import.statuses import find_status
from comanda.shapes import ZERO, LineIn, OrderIn, OrderStatus, RefundIn

_PLACES = Decimal(1).scaleb(-6)
_LARGEST = Decimal(10) ** 14


class LineBody(Body):
    """One line, at the price paid."""

    product_id: Annotated[
        Text, Field(max_length=255, description="The shop's id of the product; empty for none.")
    ] = ""
    quantity: Quantity
    total: Annotated[Money, Field(description="What the line cost, after its discount.")]
    unit_price: Annotated[
        Money | None, Field(description="The price of one; left out: total / quantity.")
    ] = None
    discount: Money = ZERO
    name: Text = ""
    sku: Text = ""
    variant_id: Text = ""
    category: Text = ""
    image_url: Text = ""

    def shape(self) -> LineIn:
        """The shape that the door takes."""
        price = self.unit_price if self.unit_price is not None else price_of_one(self.total, self.quantity)
        return LineIn(
            self.product_id, self.quantity, price, self.total, self.name, self.sku, self.variant_id,
            self.category, self.image_url, self.discount,
        )  # fmt: skip


def price_of_one(total: Decimal, quantity: Decimal) -> Decimal:
    """``total / quantity`` to six places; the total where that is no price (of nothing, or too large)."""
    if not quantity:
        return total
    price = total / quantity
    return price.quantize(_PLACES) if abs(price) < _LARGEST else total


def status_of(word: str, store: KnownStore) -> OrderStatus:
    """What the shop's own word means: by the store's map, else as people use the word, else unknown."""
    if word in store.status_map:
        return OrderStatus(store.status_map[word])
    return find_status(word) or OrderStatus.UNKNOWN


class RefundBody(Body):
    """Money given back."""

    refund_id: Key
    amount: Annotated[Money, Field(description="Above zero.")]
    refunded_at: Instant | None = None
    reason: Text = ""

    def shape(self) -> RefundIn:
        """The shape that the door takes."""
        return RefundIn(self.refund_id, self.amount, self.refunded_at, self.reason)


Words = Annotated[list[Word], Field(max_length=MOST_WORDS)]
Lines = Annotated[list[LineBody], Field(max_length=10_000)]


class OrderFields(Body):
    """An order, but for the store that it belongs to."""

    order_id: Annotated[Key, Field(description="The shop's own id of the order.")]
    placed_at: Instant
    total: Annotated[Money, Field(description="What the buyer was asked to pay in all.")]
    currency: Annotated[Currency | None, Field(description="Left out: the store's.")] = None
    lines: Annotated[Lines, Field(default_factory=list)]
    status: Annotated[
        OrderStatus | None, Field(strict=False, description="Left out: told from source_status.")
    ] = None
    source_status: Annotated[Text, Field(description="The shop's own word.")] = ""
    contact: Annotated[Person | None, Field(description="Left out: a guest who left no address.")] = None
    number: Text = ""
    updated_at: Annotated[
        Instant | None, Field(description="The version: an older one never overwrites.")
    ] = None
    paid_at: Instant | None = None
    fulfilled_at: Instant | None = None
    canceled_at: Instant | None = None
    discount_total: Money = ZERO
    shipping_total: Money = ZERO
    tax_total: Money = ZERO
    refund_total: Annotated[Money | None, Field(description="Left out: the sum of refunds.")] = None
    refunds: Annotated[list[RefundBody], Field(max_length=99, default_factory=list)]
    coupons: Annotated[Words, Field(default_factory=list)]
    tags: Annotated[Words, Field(default_factory=list)]
    shipping_method: Text = ""
    payment_method: Text = ""
    admin_url: Text = ""
    cart_id: Annotated[Text, Field(max_length=255)] = ""

    def shape(self, store: KnownStore, raw: bytes | None = None) -> OrderIn:
        """The shape that the door takes."""
        refunds = [refund.shape() for refund in self.refunds]
        given_back = sum((refund.amount for refund in refunds), ZERO)
        return OrderIn(
            order_id=self.order_id,
            placed_at=self.placed_at,
            currency=self.currency or store.currency,
            total=self.total,
            lines=[line.shape() for line in self.lines],
            status=self.status or status_of(self.source_status, store),
            source_status=self.source_status,
            contact=self.contact.shape() if self.contact else None,
            number=self.number,
            updated_at=self.updated_at,
            paid_at=self.paid_at,
            fulfilled_at=self.fulfilled_at,
            canceled_at=self.canceled_at,
            discount_total=self.discount_total,
            shipping_total=self.shipping_total,
            tax_total=self.tax_total,
            refund_total=given_back if self.refund_total is None else self.refund_total,
            refunds=refunds,
            coupons=tuple(self.coupons),
            shipping_method=self.shipping_method,
            payment_method=self.payment_method,
            admin_url=self.admin_url,
            cart_id=self.cart_id,
            tags=tuple(self.tags),
            raw=raw,
        )


class OrderBody(OrderFields):
    """An order of a store. The same version again changes nothing; a newer one overwrites."""

    store: Annotated[StoreKey, Field(description="The store's key.")]

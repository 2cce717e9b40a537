"""Carts as they are sent and shown."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from comanda.api.known_stores import KnownStore
from comanda.api.rest.fields import Answer, Body, Currency, Instant, Key, Money, MoneyOut, StoreKey, Text
from comanda.api.rest.order_answers import LineOut, show_line
from comanda.api.rest.order_bodies import Lines
from comanda.api.rest.people import Person
from comanda.lib import money
from comanda.records import carts
from comanda.records.models import Cart
from comanda.shapes import CartIn, CartState


class CartBody(Body):
    """A purchase begun. The same version again changes nothing; a newer one overwrites."""

    store: Annotated[StoreKey, Field(description="The store's key.")]
    cart_id: Annotated[Key, Field(description="The shop's own id of the cart.")]
    started_at: Instant
    total: Money
    currency: Annotated[Currency | None, Field(description="Left out: the store's.")] = None
    lines: Annotated[Lines, Field(default_factory=list)]
    state: Annotated[CartState, Field(strict=False)] = CartState.ACTIVE
    contact: Person | None = None
    updated_at: Annotated[
        Instant | None, Field(description="The version: an older one never overwrites.")
    ] = None
    abandoned_at: Instant | None = None
    order_id: Annotated[Text, Field(max_length=255, description="The shop's id of the order it became.")] = ""
    url: Annotated[Text, Field(description="Where the buyer finds the cart again.")] = ""

    def shape(self, store: KnownStore, raw: bytes) -> CartIn:
        """The shape that the door takes."""
        return CartIn(
            cart_id=self.cart_id,
            started_at=self.started_at,
            currency=self.currency or store.currency,
            total=self.total,
            lines=[line.shape() for line in self.lines],
            state=self.state,
            contact=self.contact.shape() if self.contact else None,
            updated_at=self.updated_at,
            abandoned_at=self.abandoned_at,
            order_id=self.order_id,
            url=self.url,
            raw=raw,
        )


class CartOut(Answer):
    """A cart, without its lines."""

    id: int
    store: str
    cart_id: str
    contact_id: int | None
    state: CartState
    currency: str
    total: MoneyOut
    started_at: datetime
    abandoned_at: datetime | None
    updated_at: datetime | None
    order_id: str
    url: str


class CartDetails(CartOut):
    """A cart with what is in it."""

    lines: list[LineOut]


_AS_KEPT = ("id", "contact_id", "state", "currency", "started_at", "abandoned_at", "url")


def show(cart: Cart) -> CartOut:
    """A cart without its lines."""
    return CartOut(**_values(cart))


def show_details(cart: Cart) -> CartDetails:
    """A cart with what is in it."""
    return CartDetails(**_values(cart), lines=[show_line(line, cart.currency) for line in carts.lines(cart)])


def _values(cart: Cart) -> dict[str, Any]:
    return {
        **{column: getattr(cart, column) for column in _AS_KEPT},
        "store": cart.store.key,
        "cart_id": cart.external_id,
        "total": money.amount(cart.total, cart.currency),
        "updated_at": cart.source_updated_at,
        "order_id": cart.order_external_id,
    }

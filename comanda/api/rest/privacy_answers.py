"""All that is known of a person, as it is given out; and the certificate of an erasure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comanda.api.rest import cart_schemas, contact_answers, order_answers
from comanda.api.rest.cart_schemas import CartDetails
from comanda.api.rest.contact_answers import ConsentOut, ContactOut, IdentityOut
from comanda.api.rest.fields import Answer
from comanda.api.rest.order_answers import LineOut, OrderOut, RefundOut
from comanda.lib import money
from comanda.records.models import Cart, CartLine, Contact, Order, OrderLine, Product, Store

Row = Mapping[str, Any]


class OrderRecord(OrderOut):
    """An order with its lines and refunds."""

    lines: list[LineOut]
    refunds: list[RefundOut]


class Deed(Answer):
    """One thing that happened."""

    at: datetime
    kind: str
    order_id: int | None
    data: dict[str, Any]


class Payload(Answer):
    """What a shop or program sent, as it was received."""

    kind: str
    received_at: datetime
    body: str


class PersonRecord(Answer):
    """All that is known of a person. In ``activity``, ``order_id`` is the ``id`` of one of the orders."""

    exported_at: datetime
    contact: ContactOut
    identities: list[IdentityOut]
    consents: list[ConsentOut]
    tags: list[str]
    lists: list[str]
    orders: list[OrderRecord]
    carts: list[CartDetails]
    activity: list[Deed]
    payloads: list[Payload]


class Certificate(Answer):
    """That a person was erased, when, and how many things of each kind went. It names nobody."""

    contact_id: int
    erased_at: datetime
    removed: dict[str, int]


def show(told: Row) -> PersonRecord:
    """What ``privacy.export`` tells, its records as in the rest of the API."""
    kept = [*told["orders"], *told["carts"]]
    stores = Store.objects.in_bulk({row["store_id"] for row in (*kept, *told["identities"])})
    products = Product.objects.in_bulk({line["product_id"] for row in kept for line in row["lines"]} - {None})
    return PersonRecord(
        exported_at=told["exported_at"],
        contact=contact_answers.show(Contact(**told["contact"])),
        identities=[
            IdentityOut(kind=row["kind"], value=row["value"], store=_key_of(row, stores))
            for row in told["identities"]
        ],
        consents=[
            ConsentOut(**{name: row[name] for name in ConsentOut.model_fields}) for row in told["consents"]
        ],
        tags=told["tags"],
        lists=told["lists"],
        orders=[_order(row, stores, products) for row in told["orders"]],
        carts=[_cart(row, stores, products) for row in told["carts"]],
        activity=[Deed(**row) for row in told["activity"]],
        payloads=[Payload(**row) for row in told["payloads"]],
    )


def _key_of(identity: Row, stores: Mapping[int, Store]) -> str:
    store = stores.get(identity["store_id"])
    return store.key if store else ""


def _order(row: Row, stores: Mapping[int, Store], products: Mapping[int, Product]) -> OrderRecord:
    order = Order(**_without(row, "lines", "refunds"))
    order.store = stores[order.store_id]
    return OrderRecord(
        **order_answers.show(order).model_dump(),
        lines=[_line(OrderLine(**line), order.currency, products) for line in row["lines"]],
        refunds=[
            RefundOut(
                refund_id=refund["external_id"],
                amount=money.amount(refund["amount"], order.currency),
                refunded_at=refund["refunded_at"],
                reason=refund["reason"],
            )
            for refund in row["refunds"]
        ],
    )


def _cart(row: Row, stores: Mapping[int, Store], products: Mapping[int, Product]) -> CartDetails:
    cart = Cart(**_without(row, "lines"))
    cart.store = stores[cart.store_id]
    lines = [_line(CartLine(**line), cart.currency, products) for line in row["lines"]]
    return CartDetails(**cart_schemas.show(cart).model_dump(), lines=lines)


def _line(line: OrderLine | CartLine, currency: str, products: Mapping[int, Product]) -> LineOut:
    line.product = products.get(line.product_id) if line.product_id else None
    return order_answers.show_line(line, currency)


def _without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}

"""What happens in a shop, whatever platform it runs on: people, products, orders, and what becomes of them.

A world of the same seed is the same each time. ``truth`` says what must have come in: tests compare it with
what did.
"""

import itertools
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

CENT = Decimal("0.01")
_FIRST = ("Ana", "Élise", "João", "Lucía", "Maria", "Noël", "Oğuz", "Siân", "Thérèse", "Zoë")
_LAST = (
    "Almeida",
    "Bouchard",
    "Çelik",
    "da Silva",
    "García",
    "Lefèvre",
    "Müller",
    "O'Neill",
    "Peña",
    "Świątek",
)
_THINGS = (
    "Lantern",
    "Mug",
    "Linen shirt",
    "Doormat",
    "Garland",
    "Clock",
    "Teapot",
    "Cushion",
    "Apron",
    "Vase",
)
_CATEGORIES = ("Kitchen", "Garden", "Clothes", "Home")


class Stage(StrEnum):
    """How far an order is."""

    UNPAID = "unpaid"
    ON_HOLD = "on_hold"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELED = "canceled"
    REFUNDED = "refunded"


STATUS = {
    Stage.UNPAID: "created",
    Stage.ON_HOLD: "pending",
    Stage.PAID: "completed",
    Stage.SHIPPED: "completed",
    Stage.CANCELED: "canceled",
    Stage.REFUNDED: "canceled",
}
"""What each comes to in Comanda."""


@dataclass
class Item:
    """A product."""

    id: int
    name: str
    sku: str
    category: str
    price: Decimal
    image: str
    updated_at: datetime
    is_gone: bool = False


@dataclass
class Person:
    """A customer; ``id`` 0 is a guest. ``accepts`` is None where nobody asked."""

    id: int
    email: str
    first_name: str
    last_name: str
    phone: str
    company: str
    accepts: bool | None
    accepts_at: datetime | None
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    is_gone: bool = False


@dataclass
class Bought:
    """A line; ``price`` is what one cost in the end, tax included, ``before`` what it would have cost."""

    item: Item
    quantity: int
    price: Decimal
    before: Decimal

    @property
    def total(self) -> Decimal:
        """What the line cost."""
        return self.price * self.quantity


@dataclass
class Refund:
    """Money given back."""

    id: int
    amount: Decimal
    at: datetime
    reason: str


@dataclass
class Order:
    """An order; ``total`` is of its lines and shipping, tax included."""

    id: int
    number: str
    person: Person
    placed_at: datetime
    updated_at: datetime
    stage: Stage
    bought: list[Bought]
    currency: str
    shipping: Decimal
    shipping_method: str
    coupon: str
    cart_id: int
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    canceled_at: datetime | None = None
    refunds: list[Refund] = field(default_factory=list)
    is_gone: bool = False

    @property
    def total(self) -> Decimal:
        """What was to be paid."""
        return sum((line.total for line in self.bought), Decimal(0)) + self.shipping

    @property
    def discount(self) -> Decimal:
        """What the coupon took off."""
        return sum(((line.before - line.price) * line.quantity for line in self.bought), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """The part of the total that is tax, at 23 in the hundred."""
        return (self.total * 23 / 123).quantize(CENT)

    @property
    def refunded(self) -> Decimal:
        """What was given back in all."""
        return sum((refund.amount for refund in self.refunds), Decimal(0))


@dataclass
class Cart:
    """A purchase begun."""

    id: int
    person: Person
    bought: list[Bought]
    currency: str
    started_at: datetime
    updated_at: datetime
    order_id: int = 0
    is_gone: bool = False


@dataclass(frozen=True)
class Truth:
    """What must have come in: orders by id (status, total, refunds), and the e-mails of all who bought."""

    orders: dict[str, tuple[str, Decimal, Decimal]]
    emails: set[str]
    by_day: dict[str, tuple[int, Decimal]]


Listener = Callable[[str, str, int], None]
"""Told what (order, person, item, cart), what happened (created, updated, deleted) and the id."""


class World:
    """One shop. Every change may come from any thread, and tells the listeners."""

    def __init__(
        self,
        orders: int = 0,
        seed: int = 1,
        currency: str = "EUR",
        now: datetime | None = None,
        days: int = 400,
    ) -> None:
        self.random = random.Random(seed)
        self.currency = currency
        self.name = "Casa da Lanterna"
        self.tells_refunds = True
        """Whether the shop's platform says what was given back; else nothing of it can come in."""
        self.mutex = threading.RLock()
        self.listeners: list[Listener] = []
        self._ids = itertools.count(1001)
        self._fixed: datetime | None = (now or datetime.now(UTC)).replace(microsecond=0) - timedelta(
            days=days
        )
        began = self._fixed
        self.items = {number: self._item(number, began) for number in range(11, 51)}
        self.people = {
            number: self._person(number, began) for number in range(501, 501 + max(orders // 3, 20))
        }
        self.orders: dict[int, Order] = {}
        self.carts: dict[int, Cart] = {}
        step = timedelta(days=days - 1) / max(orders, 1)
        for number in range(orders):
            self._fixed = (began + step * number).replace(microsecond=0)
            self._history()
        self._fixed = None

    def __getstate__(self) -> dict[str, Any]:
        """All but who listens, and the lock."""
        return {name: value for name, value in self.__dict__.items() if name not in ("mutex", "listeners")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.mutex, self.listeners = threading.RLock(), []

    def now(self) -> datetime:
        """To the second, as shops have it."""
        return self._fixed or datetime.now(UTC).replace(microsecond=0)

    def _item(self, number: int, at: datetime) -> Item:
        price = Decimal(self.random.randrange(100, 20_000)).scaleb(-2)
        name = f"{self.random.choice(_THINGS)} {number}"
        image = f"https://cdn.shop.example/{number}.jpg"
        return Item(number, name, f"SKU-{number}", self.random.choice(_CATEGORIES), price, image, at)

    def _person(self, number: int, at: datetime) -> Person:
        first, last = self.random.choice(_FIRST), self.random.choice(_LAST)
        accepts = self.random.choice((True, False, None))
        return Person(
            number, f"Person.{number}@Example.TEST", first, last, f"+3519{number:08d}",
            "Lefèvre & Fils" if number % 7 == 0 else "", accepts, at if accepts is not None else None,
            ("vip",) if number % 5 == 0 else (), at, at,
        )  # fmt: skip

    def _guest(self) -> Person:
        number, at = self.random.randrange(1, 200), self.now()
        first, last = self.random.choice(_FIRST), self.random.choice(_LAST)
        return Person(0, f"guest.{number}@example.test", first, last, "", "", None, None, (), at, at)

    def _history(self) -> None:
        order = self.place()
        fate = self.random.random()
        if fate < 0.08:
            self.cancel(order)
        elif fate < 0.14:
            self.hold(order)
        elif fate > 0.2:
            self.pay(order)
            if fate > 0.4:
                self.ship(order)
            if fate > 0.97:
                self.refund(order, order.total)
            elif fate > 0.94:
                self.refund(order, (order.total / 3).quantize(CENT))

    # What people do.

    def begin(self) -> Cart:
        """Someone puts things into a cart."""
        with self.mutex:
            person = self.random.choice(list(self.people.values()))
            cart = Cart(
                next(self._ids), person, self._choose(Decimal(0)), self.currency, self.now(), self.now()
            )
            self.carts[cart.id] = cart
        self._tell("cart", "created", cart.id)
        return cart

    def place(self, cart: Cart | None = None) -> Order:
        """Someone orders, a guest now and then."""
        with self.mutex:
            at = self.now()
            is_guest = cart is None and self.random.random() < 0.2
            person = self._guest() if is_guest else self.random.choice(list(self.people.values()))
            cut = Decimal("0.1") if self.random.random() < 0.2 else Decimal(0)
            bought = cart.bought if cart else self._choose(cut)
            number = next(self._ids)
            shipping = self.random.choice((Decimal("0.00"), Decimal("4.90"), Decimal("9.50")))
            method = "Courier" if shipping else "Pick up"
            order = Order(
                number, str(number), cart.person if cart else person, at, at, Stage.UNPAID, bought,
                self.currency, shipping, method, "WELCOME10" if cut and not cart else "",
                cart.id if cart else number + 5_000_000,
            )  # fmt: skip
            self.orders[order.id] = order
            if cart:
                cart.order_id = order.id
        self._tell("order", "created", order.id)
        return order

    def _choose(self, cut: Decimal) -> list[Bought]:
        items = self.random.sample([item for item in self.items.values() if not item.is_gone], 2)
        found = []
        for item in items[: self.random.randrange(1, 3)]:
            price = (item.price * (1 - cut)).quantize(CENT)
            found.append(Bought(item, self.random.randrange(1, 4), price, item.price))
        return found

    def pay(self, order: Order) -> None:
        """The money came."""
        self._change(order, stage=Stage.PAID, paid_at=self.now())

    def hold(self, order: Order) -> None:
        """It is waited for."""
        self._change(order, stage=Stage.ON_HOLD)

    def ship(self, order: Order) -> None:
        """It left the house."""
        self._change(order, stage=Stage.SHIPPED, shipped_at=self.now())

    def cancel(self, order: Order) -> None:
        """Nothing came of it."""
        self._change(order, stage=Stage.CANCELED, canceled_at=self.now())

    def refund(self, order: Order, amount: Decimal) -> None:
        """Money goes back; all of it makes the order a refunded one."""
        with self.mutex:
            order.refunds.append(Refund(next(self._ids), amount, self.now(), "damaged"))
            whole = order.refunded >= order.total
        self._change(order, **({"stage": Stage.REFUNDED} if whole else {}))

    def delete(self, order: Order) -> None:
        """The shop owner deletes it."""
        with self.mutex:
            order.is_gone, order.updated_at = True, self.now()
        self._tell("order", "deleted", order.id)

    def rename(self, person: Person, first_name: str) -> None:
        """A customer edits the account."""
        with self.mutex:
            person.first_name, person.updated_at = first_name, self.now()
        self._tell("person", "updated", person.id)

    def _change(self, order: Order, **values: object) -> None:
        with self.mutex:
            for name, value in values.items():
                setattr(order, name, value)
            order.updated_at = self.now()
        self._tell("order", "updated", order.id)

    def _tell(self, what: str, event: str, number: int) -> None:
        if self._fixed is None:
            for listener in self.listeners:
                listener(what, event, number)

    # What there is.

    def present(self) -> Iterator[Order]:
        """Orders that were not deleted, by id."""
        with self.mutex:
            return iter([order for order in self.orders.values() if not order.is_gone])

    def told(self, refunded: Decimal) -> Decimal:
        """What of it the shop says."""
        return refunded if self.tells_refunds else Decimal(0)

    def truth(self) -> Truth:
        """What Comanda must hold, once all is in."""
        with self.mutex:
            there = list(self.present())
            days: dict[str, list[Decimal]] = defaultdict(list)
            for order in there:
                days[f"{order.placed_at:%Y-%m-%d}"].append(order.total)
            return Truth(
                {
                    str(order.id): (STATUS[order.stage], order.total, self.told(order.refunded))
                    for order in there
                },
                {order.person.email.lower() for order in there},
                {day: (len(totals), sum(totals, Decimal(0))) for day, totals in days.items()},
            )

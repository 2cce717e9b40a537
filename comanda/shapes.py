"""What every source must produce: one small dataclass for each kind of record.

Webhooks, pulls, CSV files and the API all end in these shapes, and hand batches of them to
``comanda.ingest.upsert``. Shapes hold what the source said, with types made right (``Decimal``
money, aware ``datetime``) and nothing looked up: no database id ever stands in one.

Money is ``Decimal`` in major units of ``currency`` (ISO 4217). Times are aware. Text is "" when
the source said nothing; ``None`` means "unknown", which is never the same as zero or "no".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class OrderStatus(StrEnum):
    """The five statuses; the shop's own word is kept beside it as ``source_status``."""

    CREATED = "created"
    PENDING = "pending"
    COMPLETED = "completed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


class CartState(StrEnum):
    """Where a purchase begun stands."""

    ACTIVE = "active"
    ABANDONED = "abandoned"
    RECOVERED = "recovered"
    ORDERED = "ordered"


@dataclass(slots=True)
class ContactIn:
    """A person, as a source describes them.

    At least one of ``email``, ``phone`` and ``customer_id`` (the shop's own id) is needed to find
    or make a contact. ``accepts_marketing`` is ``None`` when the source did not say.
    """

    email: str = ""
    phone: str = ""
    customer_id: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    language: str = ""
    accepts_marketing: bool | None = None
    consent_at: datetime | None = None
    consent_source: str = ""
    consent_proof: str = ""
    tags: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    updated_at: datetime | None = None


@dataclass(slots=True)
class LineIn:
    """One line of an order or cart, at the price paid.

    ``total`` is what the line cost after its own discount; ``unit_price`` the price of one.
    """

    product_id: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal
    name: str = ""
    sku: str = ""
    variant_id: str = ""
    category: str = ""
    image_url: str = ""
    discount: Decimal = ZERO


@dataclass(slots=True)
class RefundIn:
    """Money given back on an order; ``amount`` is positive."""

    refund_id: str
    amount: Decimal
    refunded_at: datetime | None = None
    reason: str = ""


@dataclass(slots=True)
class OrderIn:
    """An order, known by (store, ``order_id``): the shop's own id.

    ``updated_at`` is the shop's version of the order: an older one never overwrites a newer.
    ``refund_total`` is what was given back in all; ``refunds`` tells the parts when known.
    ``raw`` is the payload as received, kept in the inbox. ``fingerprint`` stands for the source's own text
    of the order, where reading that again is to be saved.
    """

    order_id: str
    placed_at: datetime
    currency: str
    total: Decimal
    lines: Sequence[LineIn]
    status: OrderStatus = OrderStatus.UNKNOWN
    source_status: str = ""
    contact: ContactIn | None = None
    number: str = ""
    updated_at: datetime | None = None
    paid_at: datetime | None = None
    fulfilled_at: datetime | None = None
    canceled_at: datetime | None = None
    discount_total: Decimal = ZERO
    shipping_total: Decimal = ZERO
    tax_total: Decimal = ZERO
    refund_total: Decimal = ZERO
    refunds: list[RefundIn] = field(default_factory=list)
    coupons: tuple[str, ...] = ()
    shipping_method: str = ""
    payment_method: str = ""
    admin_url: str = ""
    cart_id: str = ""
    tags: tuple[str, ...] = ()
    raw: bytes | None = None
    fingerprint: bytes = field(default=b"", compare=False)


@dataclass(slots=True)
class CartIn:
    """A purchase begun, known by (store, ``cart_id``); ``url`` brings the buyer back to it."""

    cart_id: str
    started_at: datetime
    currency: str
    total: Decimal
    lines: Sequence[LineIn]
    state: CartState = CartState.ACTIVE
    contact: ContactIn | None = None
    updated_at: datetime | None = None
    abandoned_at: datetime | None = None
    order_id: str = ""
    url: str = ""
    raw: bytes | None = None


@dataclass(slots=True)
class ProductIn:
    """An item of a store's catalogue, known by (store, ``product_id``)."""

    product_id: str
    name: str = ""
    sku: str = ""
    category: str = ""
    kind: str = ""
    description: str = ""
    price: Decimal | None = None
    currency: str = ""
    image_url: str = ""
    url: str = ""
    archived: bool = False
    updated_at: datetime | None = None


@dataclass(slots=True)
class Problem:
    """Why something was refused or doubted, and how to mend it.

    ``field`` is the shape's field or file's column (``lines.0.quantity``), ``value`` what stood
    there, ``expected`` what would have been right, ``mend`` what to do.
    """

    code: str
    field: str
    value: str
    expected: str
    mend: str


class Outcome(StrEnum):
    """What the door did with one shape."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(slots=True)
class Result:
    """The door's answer for one shape: the record's id, or why it was refused.

    ``note`` says why a different shape changed nothing (an older version, say).
    """

    outcome: Outcome
    id: int | None = None
    problems: list[Problem] = field(default_factory=list)
    note: str = ""

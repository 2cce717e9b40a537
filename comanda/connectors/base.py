"""What a platform is: the class that each connector fills in, and the small things it hands over.

A connector speaks with one shop over a client it is given. It knows neither Django nor the database: it
yields pages of what the shop said, and turns each record into shapes. What a platform does not have, its
connector does not write: absence is inherited, and shows in the capabilities.

A new platform is a folder here, with a package that names its class as ``CONNECTOR``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import httpx

from comanda.connectors.careful import UNREADABLE, careful
from comanda.connectors.errors import NeedsOwner, Unsupported
from comanda.connectors.http import Answer, Call, Http, Policy
from comanda.connectors.values import ZERO
from comanda.shapes import CartIn, ContactIn, OrderIn, OrderStatus, ProductIn

Raw = dict[str, Any]
"""One record as the shop sent it, with what had to be read beside it to understand it."""
Shape = OrderIn | CartIn | ProductIn | ContactIn
Cursor = Mapping[str, Any]
"""A place in a history, as JSON: only the connector that made it knows what it means."""


class Resource(StrEnum):
    """What a shop has, in the order in which it is read: products first, for lines name their category."""

    PRODUCTS = "products"
    CUSTOMERS = "customers"
    ORDERS = "orders"
    CARTS = "carts"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that the owner fills in to connect; ``label`` and ``help`` are marked for translation.

    ``pattern`` is a regular expression for the whole of it; a field with ``choices`` takes one of them.
    """

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    pattern: str = ""
    example: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """How to reach one shop: its address, the fields of its connection, and what its store says.

    ``status_map`` gives words of the shop's the status that the owner chose for them.
    """

    url: str
    fields: Mapping[str, str]
    currency: str = "EUR"
    timezone: str = "UTC"
    country: str = ""

    def need(self, name: str) -> str:
        """A field; raises NeedsOwner when it is empty."""
        value = self.fields.get(name, "")
        if not value:
            raise NeedsOwner("key_missing", field=name)
        return value


@dataclass(frozen=True, slots=True)
class Shop:
    """What a shop says of itself; "" where it does not.

    ``id`` is the platform's own, ``version`` of the platform's software or API, ``skew`` how many seconds the
    shop's clock is ahead of ours. ``remarks`` are codes of sentences about rights that are missing but can be
    done without, with their facts.
    """

    name: str
    url: str
    currency: str = ""
    timezone: str = ""
    country: str = ""
    id: str = ""
    version: str = ""
    skew: float = 0.0
    remarks: tuple[tuple[str, Mapping[str, str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """One of the shop's own statuses: the word that orders carry, what people call it, and what it means."""

    word: str
    label: str
    status: OrderStatus


@dataclass(frozen=True, slots=True)
class Page:
    """Some records. A history begun again at ``after`` goes on behind them.

    ``total`` is how many there are in all, where the shop says. ``lost`` are records that the shop could not
    give, by their id, with the reason.
    """

    items: list[Raw]
    after: Cursor
    total: int | None = None
    lost: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Digest:
    """As little of an order as tells whether ours is the same: what an audit reads.

    ``word`` is the raw status as ``OrderIn.source_status`` holds it. Where ``is_test`` is true the shop's
    figures leave the order out, and so do we.
    """

    order_id: str
    placed_at: datetime
    currency: str
    total: Decimal
    word: str = ""
    updated_at: datetime | None = None
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook as it came: raw bytes, headers by lower-case name, and the query of its address."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)


class Verdict(StrEnum):
    """Whether a delivery comes from the shop.

    A ``ping`` says nothing and is answered; ``unsigned`` ones are protected by their secret address alone.
    """

    GENUINE = "genuine"
    PING = "ping"
    UNSIGNED = "unsigned"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Changed:
    """A webhook says that a record is new, other or gone; ``raw`` if it is complete and signed."""

    resource: Resource
    id: str
    raw: Raw | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A webhook says that the shop took the app out, or suspended it; ``code`` is a sentence's."""

    code: str


class PrivacyKind(StrEnum):
    """What privacy laws have platforms ask of apps."""

    EXPORT = "export"
    ERASE = "erase"
    ERASE_SHOP = "erase_shop"


@dataclass(frozen=True, slots=True)
class Privacy:
    """A webhook asks to give out or to forget a person, or all that a shop brought."""

    kind: PrivacyKind
    email: str = ""
    phone: str = ""
    customer_id: str = ""
    order_ids: tuple[str, ...] = ()


Event = Changed | Closed | Privacy


@dataclass(frozen=True, slots=True)
class Subscription:
    """A webhook that the shop keeps for us."""

    id: str
    topic: str
    url: str
    is_active: bool = True


class Vault(Protocol):
    """Where the fields of a connection are kept, so that tokens that rotate can be renewed."""

    def renew(
        self, stale: Mapping[str, str], ask: Callable[[Mapping[str, str]], Mapping[str, str]]
    ) -> Config:
        """The connection with fresh fields.

        Under a lock that all processes share: if the fields are no longer the ``stale`` ones, somebody
        renewed them already, and those are given; else ``ask`` is called with them, and what it gives is
        kept at once.
        """


_ASKING = frozenset(
    {"shop", "history", "changes", "read", "digests", "statuses", "subscriptions", "subscribe", "unsubscribe"}
)


class Connector(ABC):
    """One shop of one platform. Everything that asks the shop raises ShopError.

    So it does of an answer whose form nobody foresaw: whatever reading it raises is turned into one.
    """

    platform: ClassVar[str]
    """The name in commands, the API and the database."""
    title: ClassVar[str]
    """What people call it."""
    fields: ClassVar[tuple[Field, ...]] = ()
    steps: ClassVar[tuple[str, ...]] = ()
    """What to click in the shop to get what ``fields`` ask for, marked for translation."""
    resources: ClassVar[tuple[Resource, ...]] = (Resource.PRODUCTS, Resource.CUSTOMERS, Resource.ORDERS)
    policy: ClassVar[Policy] = Policy()
    address_help: ClassVar[str] = ""
    """Which of a shop's addresses is asked for, where that is not the one people open."""

    # Capabilities, each with the question it answers.
    asks_for_url: ClassVar[bool] = True
    """Does the owner give the shop's address?"""
    has_webhooks: ClassVar[bool] = False
    """Does the shop tell of changes by itself?"""
    signs_webhooks: ClassVar[bool] = False
    """Can it be proven that a webhook comes from the shop?"""
    makes_webhooks: ClassVar[bool] = False
    """Can webhooks be made over the API, so that the owner need not?"""
    lists_statuses: ClassVar[bool] = False
    """Does the shop list its own statuses?"""
    tells_refunds: ClassVar[bool] = False
    """Does the shop tell how much of an order was given back, also in part?"""
    has_privacy_webhooks: ClassVar[bool] = False
    """Does the platform pass on requests of people about their data?"""
    has_authorise_page: ClassVar[bool] = False
    """Can the owner allow access on a page of the shop, with no keys to copy?"""
    sends_keys: ClassVar[bool] = False
    """Does the shop send what the page allowed by a call of its own, for which it must reach us by https?"""
    authoriser: ClassVar["Authoriser | None"] = None
    """The way over that page."""

    interval: ClassVar[timedelta] = timedelta(minutes=1)
    """How often what changed is asked for: the shortest that the platform's limits bear."""
    overlap: ClassVar[timedelta] = timedelta(minutes=5)
    """How far behind the last time each pull begins anew."""

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        for name in _ASKING & vars(cls).keys():
            setattr(cls, name, careful(vars(cls)[name]))

    def __init__(self, config: Config, http: Http, vault: Vault | None = None) -> None:
        self.config, self.http, self.vault = config, http, vault
        http.judge = self.judge
        self.prepare()

    def prepare(self) -> None:  # noqa: B027  # most need nothing
        """Called once, before anything is asked."""

    def close(self) -> None:
        """Closes the connections to the shop."""
        self.http.close()

    @classmethod
    def base(cls, config: Config) -> str:
        """Where the API of this shop is; ``Http`` puts it before each path."""
        return config.url.rstrip("/")

    @classmethod
    def shared_budgets(cls, config: Config) -> list[tuple[str, float, float]]:
        """Budgets that this shop shares with others: name (of the app), requests a second, and at once."""
        return []

    def judge(self, answer: Answer) -> None:  # noqa: B027  # the table is enough for some
        """What the platform means by an answer that the table of ``http`` does not know; raises ShopError."""

    # What every platform must have.

    @abstractmethod
    def shop(self) -> Shop:
        """What the shop says of itself; also proves that address, key, rights and version are right."""

    @abstractmethod
    def history(self, resource: Resource, after: Cursor | None, until: datetime) -> Iterator[Page]:
        """All there is of a resource up to about ``until``, oldest first where the platform can.

        ``after`` is the cursor of the last page that was kept, None to begin.
        """

    @abstractmethod
    def changes(self, resource: Resource, since: datetime, until: datetime) -> Iterator[Page]:
        """All that changed in this time, refunds included; more does no harm.

        Where the platform cannot tell what changed, the whole is given: see ``rereads``.
        """

    @abstractmethod
    def read(self, resource: Resource, ids: Sequence[str]) -> list[Raw]:
        """These records as they are now; those that are gone are left out."""

    @abstractmethod
    def shapes(self, resource: Resource, raw: Raw) -> list[Shape]:
        """The record as shapes, pure; ``OrderIn.status`` by ``status_of``.

        Raises SkipRecord, or any ValueError, LookupError, TypeError, AttributeError or ArithmeticError that a
        record makes which cannot be read.
        """

    @abstractmethod
    def digests(self, since: datetime, until: datetime) -> Iterator[list[Digest]]:
        """The orders placed in this time, ``since`` included, ``until`` not: ids, totals and dates alone."""

    @classmethod
    @abstractmethod
    def usual(cls, word: str) -> OrderStatus:
        """What the platform's own word means when the owner says nothing else, by its table alone."""

    # What some have.

    def status_of(self, word: str) -> OrderStatus:
        """The same, by what the shop itself tells of its statuses, where it does."""
        return self.usual(word)

    def id_of(self, resource: Resource, raw: Raw) -> str:
        """The shop's own id of a record, also of one that cannot be read; "" when there is none."""
        return str(raw.get("id") or "")

    def digests_of(self, raws: Iterable[Raw], digest: Callable[[Raw], Digest], at: datetime) -> list[Digest]:
        """For ``digests``: an order of which none can be made lies at ``at``, with no money.

        So the audit finds that it is missing, reads it, and says what is wrong; the others are compared.
        """

        def one(raw: Raw) -> Digest:
            try:
                return digest(raw)
            except UNREADABLE:
                return Digest(self.id_of(Resource.ORDERS, raw), at, "", ZERO)

        return [one(raw) for raw in raws]

    gone_words: ClassVar[tuple[str, ...]] = ()
    """Statuses of orders that the shop deleted, and of which its figures know nothing."""
    hook_headers: ClassVar[tuple[str, ...]] = ()
    """Headers of a webhook, lower-case, that ``events`` needs: they are stored with its body."""
    rereads: ClassVar[tuple[Resource, ...]] = ()
    """Resources of which ``changes`` gives the whole, so that they are asked for seldom."""

    def statuses(self) -> list[Status]:
        """The shop's own statuses where it lists them; else those that the platform is known to have."""
        return []

    def verify(self, delivery: Delivery, secret: str) -> Verdict:
        """Whether a webhook is genuine, in constant time; ``secret`` is the store's own for hooks."""
        return Verdict.UNSIGNED

    def events(self, delivery: Delivery) -> list[Event]:
        """What a verified delivery says; none for a ping. Raises SkipRecord for what cannot be read."""
        raise Unsupported("webhooks")

    def subscriptions(self) -> list[Subscription]:
        """The webhooks that the shop keeps, ours and others'."""
        raise Unsupported("webhooks")

    def subscribe(self, url: str, secret: str) -> None:
        """Makes the webhooks that are missing and mends those that are off; what is right stays."""
        raise Unsupported("webhooks")

    def unsubscribe(self, url: str) -> None:
        """Takes away the webhooks that lead to ``url``."""
        raise Unsupported("webhooks")


class Authoriser(Protocol):
    """The way over an authorise page: ``authoriser`` of connectors that have one."""

    def address(self, config: Config, back: str, state: str) -> str:
        """The page of the shop to send the owner to; ``back`` is our address to come back to."""

    def fields(
        self, config: Config, answer: Delivery, state: str, back: str, transport: httpx.BaseTransport
    ) -> Mapping[str, str]:
        """The connection's fields, from what came back with the owner or in a call of the shop's own.

        Raises NeedsOwner for an answer that is forged, stale or a refusal.
        """


__all__ = [
    "Answer",
    "Authoriser",
    "Call",
    "Changed",
    "Closed",
    "Config",
    "Connector",
    "Cursor",
    "Delivery",
    "Digest",
    "Event",
    "Field",
    "Http",
    "Page",
    "Policy",
    "Privacy",
    "PrivacyKind",
    "Raw",
    "Resource",
    "Shape",
    "Shop",
    "Status",
    "Subscription",
    "Vault",
    "Verdict",
]

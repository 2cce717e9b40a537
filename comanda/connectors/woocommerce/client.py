"""One shop of WooCommerce: what is asked, and how.

Dates are asked for as bare UTC with ``dates_are_gmt``: with a ``Z`` the shop would shift them by its zone.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from comanda.connectors import oauth1, pages
from comanda.connectors.base import (
    Answer,
    Connector,
    Cursor,
    Delivery,
    Digest,
    Event,
    Field,
    Page,
    Policy,
    Raw,
    Resource,
    Shape,
    Shop,
    Status,
    Subscription,
    Verdict,
)
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.connectors.pages import Place, Size
from comanda.connectors.sentences import _
from comanda.connectors.values import amount, child, children, first, text
from comanda.connectors.woocommerce import normalise, webhooks
from comanda.connectors.woocommerce.authorise import WooCommerceAuthoriser
from comanda.shapes import OrderStatus

API = "wp-json/wc/v3"
_MOST = 100
_SECOND = timedelta(seconds=1)
_SLIM = "id,status,total,currency,date_created_gmt,date_modified_gmt"
_HIDDEN = ("trash",)
"""Statuses that ``any`` leaves out, and that hold orders nevertheless."""
_PATHS = {Resource.ORDERS: "orders", Resource.CUSTOMERS: "customers", Resource.PRODUCTS: "products"}
_FILTERS: dict[Resource, list[tuple[str, str]]] = {
    Resource.ORDERS: [("status", "any")],
    Resource.CUSTOMERS: [("role", "all")],
    Resource.PRODUCTS: [("status", "any")],
}
Pairs = list[tuple[str, str]]


class WooCommerce(Connector):
    """REST API v3. Customers cannot be asked for by when they changed: they are gone through now and then."""

    platform = "woocommerce"
    title = "WooCommerce"
    fields = (
        Field(
            "consumer_key",
            _("Consumer key"),
            _("Begins with ck_."),
            secret=True,
            pattern="ck_[0-9A-Za-z]{8,64}",
            example="ck_…",
        ),
        Field(
            "consumer_secret",
            _("Consumer secret"),
            _("Begins with cs_; the shop shows it once."),
            secret=True,
            pattern="cs_[0-9A-Za-z]{8,64}",
            example="cs_…",
        ),
    )
    steps = (
        _("In WordPress, open WooCommerce > Settings > Advanced > REST API and press “Add key”."),
        _("Description: Comanda. User: an administrator. Permissions: Read/Write, to make webhooks."),
        _("Press “Generate API key” and copy both keys here: the shop shows them once."),
    )
    resources = (Resource.PRODUCTS, Resource.CUSTOMERS, Resource.ORDERS, Resource.CARTS)
    rereads = (Resource.CUSTOMERS,)
    gone_words = _HIDDEN
    hook_headers = ("x-wc-webhook-topic",)
    policy = Policy(
        rate=20.0, burst=10.0, secrets=("consumer_key", "consumer_secret", "oauth_consumer_key",
                                        "oauth_signature", "oauth_nonce"),
        headers={"Cache-Control": "no-cache"},
    )  # fmt: skip
    has_webhooks = True
    signs_webhooks = True
    makes_webhooks = True
    lists_statuses = True
    tells_refunds = True
    has_authorise_page = True
    sends_keys = True
    authoriser: ClassVar = WooCommerceAuthoriser()

    def prepare(self) -> None:
        """Basic authentication over TLS; without it, each request is signed."""
        self._site = self.config.url.rstrip("/")
        self._in_query = False

    def judge(self, answer: Answer) -> None:
        """WordPress says most in ``code``."""
        if answer.status in (400, 401, 403, 404) and answer.body[:1] == b"{":
            code = text(child(answer.json()).get("code"))
            if code == "woocommerce_rest_authentication_error":
                raise NeedsOwner("key_refused", status=f"{answer.status} {code}")
            if code == "rest_no_route":
                raise NeedsOwner("no_api", url=str(answer.url.copy_with(query=None)))
            if code == "rest_invalid_param":
                raise _Refused(answer)
            if code.endswith("_invalid_id"):
                raise _Gone("no_api", url=str(answer.url.copy_with(query=None)))

    # Asking.

    def _ask(
        self, path: str, query: Sequence[tuple[str, str]] = (), method: str = "GET", json: Any = None
    ) -> Answer:
        """One request with the key, in whichever way this shop takes it."""
        key, secret = self.config.need("consumer_key"), self.config.need("consumer_secret")
        url = f"{self._site}/{API}/{path}"
        if not self._site.startswith("https:"):
            signed = oauth1.sign(method, url, query, oauth1.Keys(key, secret))
            return self.http.ask(method, url, [*query, *signed.items()], json=json)
        if self._in_query:
            pairs = [*query, ("consumer_key", key), ("consumer_secret", secret)]
            return self.http.ask(method, url, pairs, json=json)
        try:
            return self.http.ask(method, url, query, {"Authorization": _basic(key, secret)}, json=json)
        except NeedsOwner as error:
            if error.code != "key_refused" or "authentication_error" in error.facts["status"]:
                raise
        self._in_query = True  # the web server may have taken the header away
        return self._ask(path, query, method, json)

    def _list(self, path: str, query: Pairs, count: int, offset: int) -> list[Raw]:
        return _rows(self._part(path, query, count, offset))

    def _part(self, path: str, query: Pairs, count: int, offset: int) -> Answer:
        asked = [*query, ("per_page", str(count)), *([("offset", str(offset))] if offset else [])]
        return self._ask(path, asked)

    # What the shop is.

    def shop(self) -> Shop:
        """Also asks for one order, customer and product each, which the key must be allowed to read."""
        site = child(self.http.get(f"{self._site}/wp-json/").json())
        if "wc/v3" not in children(site.get("namespaces")):
            raise NeedsOwner("no_api", url=f"{self._site}/{API}")
        for resource, path in _PATHS.items():
            self._ask(path, [*_FILTERS[resource], ("per_page", "1"), ("_fields", "id")])
        currency = child(self._ask("data/currencies/current").json())
        return Shop(
            name=text(site.get("name")),
            url=first(site.get("home"), site.get("url"), self._site),
            currency=text(currency.get("code")),
            timezone=_zone(site),
            skew=self.http.skew,
        )

    def statuses(self) -> list[Status]:
        """Those the shop lists; older ones do not, and have those that are known."""
        listed = {word: word.replace("-", " ").capitalize() for word in normalise.STATUSES}
        try:
            for each in self._ask("orders/statuses").json():
                listed[text(each["slug"]).removeprefix("wc-")] = text(each["name"])
        except NeedsOwner as error:
            if error.code not in ("no_api", "right_missing"):
                raise
        listed.pop(normalise.DRAFT, None)
        return [Status(word, label, self.status_of(word)) for word, label in listed.items()]

    @classmethod
    def usual(cls, word: str) -> OrderStatus:
        """By the platform's own table."""
        return normalise.STATUSES.get(word, OrderStatus.UNKNOWN)

    # What the shop has.

    def history(self, resource: Resource, after: Cursor | None, until: datetime) -> Iterator[Page]:
        """By id, which only grows: with orders, first those of ``any`` status, then the hidden ones."""
        if resource is Resource.CARTS:
            yield from self._walk(resource, [("status", normalise.DRAFT)], after, {})
            return
        path_filters = [_FILTERS[resource]]
        if resource is Resource.ORDERS:
            path_filters += [[("status", word)] for word in _HIDDEN]
        begun = int((after or {}).get("pass", 0))
        for number, filters in enumerate(path_filters[begun:], begun):
            yield from self._walk(resource, filters, after if number == begun else None, {"pass": number})

    def _walk(
        self, resource: Resource, filters: Pairs, after: Cursor | None, more: dict[str, Any]
    ) -> Iterator[Page]:
        path = _PATHS.get(resource, "orders")
        total: list[int | None] = [None]
        query = [*filters, ("orderby", "id"), ("order", "asc")]

        def ask(count: int, offset: int) -> list[Raw]:
            answer = self._part(path, query, count, offset)
            said = answer.headers.get("x-wp-total", "")
            total[0] = int(said) if said.isdigit() else total[0]
            return _rows(answer)

        begun = after or {}
        start = Place(int(begun.get("offset", 0)), begun.get("last"))
        for items, place in pages.by_offset(ask, _id, Size(_MOST), start):
            cursor = {**more, "offset": place.offset, "last": place.last}
            yield Page(self._with_refunds(resource, items), cursor, total[0])

    def changes(self, resource: Resource, since: datetime, until: datetime) -> Iterator[Page]:
        """By when they changed; customers, who cannot be asked for so, all."""
        if resource is Resource.CUSTOMERS:
            yield from self.history(resource, None, until)
            return
        path = _PATHS.get(resource, "orders")
        filters = [("status", normalise.DRAFT)] if resource is Resource.CARTS else _FILTERS[resource]

        def ask(count: int, since: datetime, offset: int) -> list[Raw]:
            times = [("modified_after", _bare(since)), ("dates_are_gmt", "true")]
            query = [*filters, *times, ("orderby", "modified"), ("order", "asc")]
            try:
                return self._list(path, query, count, offset)
            except _Refused:  # shops before 5.8 cannot sort so
                by_id = [*filters, *times, ("orderby", "id"), ("order", "asc")]
                return sorted(self._list(path, by_id, count, offset), key=normalise.changed_at)

        walk = pages.by_time(ask, normalise.changed_at, _key, Size(_MOST), since - _SECOND)
        for items in walk:
            yield Page(self._with_refunds(resource, items), {})

    def _with_refunds(self, resource: Resource, items: list[Raw]) -> list[Raw]:
        """Refunds of an order carry no date there; they do in a list of their own."""
        if resource is Resource.ORDERS:
            for raw in items:
                if children(raw.get("refunds")):
                    raw["_refunds"] = self._list(f"orders/{raw['id']}/refunds", [], _MOST, 0)
        return items

    def read(self, resource: Resource, ids: Sequence[str]) -> list[Raw]:
        """By a list of ids, the hidden ones too."""
        path = _PATHS.get(resource, "orders")
        found: list[Raw] = []
        for start in range(0, len(ids), _MOST):
            some = ids[start : start + _MOST]
            include: Pairs = [("include[]", each) for each in some]
            for filters in [_FILTERS.get(resource, [("status", normalise.DRAFT)]), *_hidden(resource)]:
                if len(found) < start + len(some):
                    found += self._list(path, [*filters, *include], _MOST, 0)
        return self._with_refunds(resource, found)

    def shapes(self, resource: Resource, raw: Raw) -> list[Shape]:
        """An order that is not paid is a cart too; a draft is a cart only."""
        match resource:
            case Resource.ORDERS | Resource.CARTS:
                begun = normalise.cart(raw) if "line_items" in raw else None
                if text(raw.get("status")) == normalise.DRAFT:
                    return [begun] if begun else []
                made = normalise.order(raw, f"{self._site}/wp-admin")
                return [begun, made] if begun else [made]
            case Resource.CUSTOMERS:
                return [normalise.customer(raw)]
            case Resource.PRODUCTS:
                return [normalise.product(raw, self.config.currency)]

    def digests(self, since: datetime, until: datetime) -> Iterator[list[Digest]]:
        """A hundred orders a request, six fields each."""
        query: Pairs = [
            ("after", _bare(since - _SECOND)), ("before", _bare(until)), ("dates_are_gmt", "true"),
            ("orderby", "id"), ("order", "asc"), ("_fields", _SLIM), ("status", "any"),
        ]  # fmt: skip

        def ask(count: int, offset: int) -> list[Raw]:
            return self._list("orders", query, count, offset)

        for items, _place in pages.by_offset(ask, _id, Size(_MOST), Place()):
            real = (raw for raw in items if text(raw.get("status")) != normalise.DRAFT)
            yield self.digests_of(real, normalise.digest, since)

    # Webhooks.

    def verify(self, delivery: Delivery, secret: str) -> Verdict:
        """Signed with the secret that was given when the webhook was made."""
        return webhooks.verify(delivery, secret, self._site)

    def events(self, delivery: Delivery) -> list[Event]:
        """What is told is read again: a delivery is late, and says how the record stood when it was sent."""
        return webhooks.events(delivery)

    def subscriptions(self) -> list[Subscription]:
        """All that the shop keeps."""
        return [
            Subscription(
                text(each["id"]), text(each["topic"]), text(each["delivery_url"]), each["status"] == "active"
            )
            for each in self._list("webhooks", [], _MOST, 0)
        ]

    def subscribe(self, url: str, secret: str) -> None:
        """One webhook a topic; those that the shop switched off after failures are switched on."""
        there = {each.topic: each for each in self.subscriptions() if each.url == url}
        for topic in webhooks.TOPICS:
            if topic not in there:
                made = {"name": f"Comanda {topic}", "topic": topic, "delivery_url": url, "secret": secret}
                self._ask("webhooks", method="POST", json={**made, "status": "active"})
            elif not there[topic].is_active:
                self._ask(
                    f"webhooks/{there[topic].id}", method="PUT", json={"status": "active", "secret": secret}
                )

    def unsubscribe(self, url: str) -> None:
        """For good; without ``force`` the shop refuses."""
        for each in self.subscriptions():
            if each.url == url:
                self._ask(f"webhooks/{each.id}", [("force", "true")], method="DELETE")


class _Refused(NeedsOwner):
    """A parameter that this version of the shop does not know."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("odd_answer", host=answer.url.host, what=answer.start)


class _Gone(NeedsOwner):
    """The record is not there."""


def _rows(answer: Answer) -> list[Raw]:
    found = answer.json()
    if not isinstance(found, list):
        raise RetryLater("not_json", host=answer.url.host, start=answer.start)
    return found


def _hidden(resource: Resource) -> list[Pairs]:
    return [[("status", word)] for word in _HIDDEN] if resource is Resource.ORDERS else []


def _basic(key: str, secret: str) -> str:
    return f"Basic {b64encode(f'{key}:{secret}'.encode()).decode()}"


def _is_active(hook: Raw) -> bool:
    return bool(hook["status"] == "active")


def _id(raw: Raw) -> int:
    return int(raw["id"])


def _key(raw: Raw) -> str:
    return text(raw["id"])


def _bare(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _zone(site: Any) -> str:
    """An IANA name; a shop that chose a bare offset has one of the zones named after it, signs turned."""
    named = text(site.get("timezone_string"))
    if named:
        return named
    hours = amount(site.get("gmt_offset"))
    return f"Etc/GMT{-int(hours):+d}" if hours == int(hours) and hours else "UTC"

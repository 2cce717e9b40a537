"""One shop of Nuvemshop or Tiendanube: what is asked, and how.

Lists cannot be sorted by change, and rows move while one pages. So a list is cut by time into windows that
hold no more than the shop shows, and each is read from its last page to its first: what is deleted or changes
meanwhile moves rows only towards pages that are still to be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from comanda.connectors import pages
from comanda.connectors.base import (
    Answer,
    Config,
    Connector,
    Cursor,
    Delivery,
    Digest,
    Event,
    Field,
    Page,
    Policy,
    Privacy,
    PrivacyKind,
    Raw,
    Resource,
    Shape,
    Shop,
    Status,
    Subscription,
    Verdict,
)
from comanda.connectors.errors import NeedsOwner, RetryLater, SkipRecord
from comanda.connectors.nuvemshop import normalise, webhooks
from comanda.connectors.nuvemshop.authorise import NuvemshopAuthoriser
from comanda.connectors.pages import Size
from comanda.connectors.sentences import _
from comanda.connectors.values import amount, child, children, text
from comanda.shapes import OrderStatus

VERSION = "2025-03"
_MOST = 200
_CAP = 10_000
"""Orders that one question can show, however many pages are asked for."""
_BEGINNING = datetime(2010, 1, 1, tzinfo=UTC)
"""Before the platform was there."""
_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_LATE = timedelta(hours=8)
"""A checkout shows up to six hours after it was begun."""
_SLIM = "id,status,payment_status,gateway,currency,total,created_at,updated_at"
_HIDDEN = ("abandoned", "refunded", "voided")
"""States of payment that the documentation has ``any`` leave out."""
_PATHS = {
    Resource.ORDERS: "orders",
    Resource.CUSTOMERS: "customers",
    Resource.PRODUCTS: "products",
    Resource.CARTS: "checkouts",
}
Pairs = list[tuple[str, str]]


class Nuvemshop(Connector):
    """REST API with a token for one shop; ``api`` is where it is."""

    platform = "nuvemshop"
    title = "Nuvemshop"
    api: ClassVar[str] = "https://api.nuvemshop.com.br"
    language: ClassVar[str] = "pt"
    fields = (
        Field(
            "store_id", _("Store number"), _("Your shop's number at the platform."), pattern="[0-9]{1,20}"
        ),
        Field(
            "access_token",
            _("Access token"),
            _("What the app was given when it was installed in your shop."),
            secret=True,
            pattern="[!-~]{8,200}",
        ),
        Field(
            "client_secret",
            _("Client secret of the app"),
            _("Proves that messages are genuine. Without it, their secret address alone protects them."),
            secret=True,
            required=False,
            pattern="[!-~]{8,200}",
        ),
        Field(
            "app_id",
            _("App number"),
            _("Only to connect over the authorise page of your own app."),
            required=False,
            pattern="[0-9]{1,20}",
        ),
        Field(
            "api_url",
            _("Address of the API"),
            _("Leave it empty, unless the platform gave you an address of your own."),
            required=False,
            pattern="https?://.+",
        ),
    )  # fmt: skip
    steps = (
        _("With your own app: in the partners' portal make an app “for your clients” that may read orders, "
          "customers and products, and give it this installation's address to come back to."),
        _("Copy the app's number and client secret here, then press “Authorise” and say yes in your shop."),
        _("Without an app: in the shop's admin, look under “Apps” for custom apps, make one that may read "
          "orders, customers and products, and copy its token and your store number here."),
    )  # fmt: skip
    resources = (Resource.PRODUCTS, Resource.CUSTOMERS, Resource.ORDERS, Resource.CARTS)
    policy = Policy(rate=2.0, burst=36.0)
    overlap = timedelta(minutes=10)
    has_webhooks = True
    signs_webhooks = True
    makes_webhooks = True
    has_privacy_webhooks = True
    has_authorise_page = True
    authoriser: ClassVar = NuvemshopAuthoriser("https://www.nuvemshop.com.br")

    @classmethod
    def base(cls, config: Config) -> str:
        """The number of the store is part of the address."""
        api = config.fields.get("api_url") or cls.api
        return f"{api.rstrip('/')}/{VERSION}/{config.fields.get('store_id', '')}"

    def prepare(self) -> None:
        """The address of the front page leads to the pages of admin too."""
        self._site = self.config.url.rstrip("/")

    def judge(self, answer: Answer) -> None:
        """A list that is past its end, or empty, is said as not found."""
        if answer.status == 429 and "x-rate-limit-reset" in answer.headers:
            seconds = float(amount(answer.headers["x-rate-limit-reset"])) / 1000
            raise RetryLater("busy", after=seconds, status=429, seconds=int(seconds) or 1)
        if answer.status == 404 and answer.body[:1] == b"{":
            raise _NotThere(answer)
        if answer.status < 300 and answer.headers.get("x-rate-limit-remaining") == "0":
            self.http.own.hold(1.0)

    # Asking.

    def _ask(
        self, path: str, query: Sequence[tuple[str, str]] = (), method: str = "GET", json: Any = None
    ) -> Answer:
        headers = {
            "Authentication": f"bearer {self.config.need('access_token')}",
            "User-Agent": f"Comanda ({self._site or 'order sync'})",
        }
        return self.http.ask(method, path, query, headers, json=json)

    def _page(self, path: str, query: Pairs, number: int, count: int) -> tuple[list[Raw], int]:
        """One page, and how many records there are in all."""
        asked = [*query, ("page", str(number)), ("per_page", str(count))]
        try:
            answer = self._ask(path, asked)
        except _NotThere as error:
            if not error.is_end:
                raise
            return [], 0
        found = answer.json()
        if not isinstance(found, list):
            raise RetryLater("not_json", host=answer.url.host, start=answer.start)
        total = answer.headers.get("x-total-count", "")
        if not total.isdigit():
            raise NeedsOwner("odd_answer", host=answer.url.host, what="a list without x-total-count")
        return found, int(total)

    def _one(self, path: str) -> Raw | None:
        try:
            return dict(child(self._ask(path).json()))
        except _NotThere:
            return None

    # What the shop is.

    def shop(self) -> Shop:
        """Also asks for one record of each kind, which the token must be allowed to read."""
        said = child(self._ask("store").json())
        if "main_currency" not in said:
            raise NeedsOwner("odd_answer", host=self.http.base, what="a store without a currency")
        for path in _PATHS.values():
            self._page(path, [("fields", "id")], 1, 1)
        country = text(said.get("country")).upper()
        return Shop(
            name=normalise.said(said.get("name"), text(said.get("main_language"))),
            url=normalise.front(children(said.get("domains")), said.get("original_domain")),
            currency=text(said["main_currency"]),
            timezone=normalise.zone(country),
            country=country,
            id=text(said.get("id")),
            version=VERSION,
            skew=self.http.skew,
        )

    def statuses(self) -> list[Status]:
        """The platform's own; shops cannot add any."""
        return [
            Status(word, word.replace("/", ", ").replace("_", " ").capitalize(), self.usual(word))
            for word in normalise.WORDS
        ]

    @classmethod
    def usual(cls, word: str) -> OrderStatus:
        """By the platform's own table."""
        return normalise.usual(word)

    # What the shop has.

    def history(self, resource: Resource, after: Cursor | None, until: datetime) -> Iterator[Page]:
        """Window after window, the oldest first; checkouts, which are kept for a month, in one."""
        if resource is Resource.CARTS:
            query = [("created_at_max", _iso(until))]
            for rows, place in self._within("checkouts", query, after or {}):
                yield Page(rows, place, int(place["total"]))
            return
        for rows, cursor in self._passes(resource, "created_at", _BEGINNING, until, [], after or {}):
            yield Page(rows, cursor, None if cursor["pass"] else cursor["all"])

    def changes(self, resource: Resource, since: datetime, until: datetime) -> Iterator[Page]:
        """By when they changed."""
        if resource is Resource.CARTS:
            yield from self._late_carts(since, until)
            return
        for rows, cursor in self._passes(resource, "updated_at", since, until, [], {}):
            yield Page(rows, cursor)

    def _late_carts(self, since: datetime, until: datetime) -> Iterator[Page]:
        """Checkouts know no ``since``: the newest of them, and once an hour all."""
        whole_hour = until.replace(minute=0, second=0, microsecond=0)
        if since + self.overlap < whole_hour:
            yield from self.history(Resource.CARTS, None, until)
            return
        for number in range(1, _CAP // _MOST):
            rows, _total = self._page("checkouts", [], number, _MOST)
            yield Page(rows, {})
            begun = [normalise.begun_at(raw) for raw in rows]
            if len(rows) < _MOST or min(begun) < since - _LATE:
                return

    def _passes(
        self, resource: Resource, stamp: str, since: datetime, until: datetime, more: Pairs, begun: Cursor
    ) -> Iterator[tuple[list[Raw], dict[str, Any]]]:
        """Orders of any payment, then those that ``any`` did not show; other records in one pass."""
        filters: list[Pairs] = [[]]
        if resource is Resource.ORDERS:
            any_status = ("status", "any")
            filters = [[any_status, ("payment_status", each)] for each in ("any", *_HIDDEN)]
        seen: set[str] = set()
        first = int(begun.get("pass", 0))
        for number, query in enumerate(filters[first:], first):
            if number and query[-1][1] in seen:
                continue
            place = begun if number == first else {}
            for rows, cursor in self._windows(resource, stamp, [*query, *more], since, until, place):
                seen |= {text(raw.get("payment_status")) for raw in rows}
                yield rows, {**cursor, "pass": number}

    def _windows(
        self, resource: Resource, stamp: str, query: Pairs, since: datetime, until: datetime, begun: Cursor
    ) -> Iterator[tuple[list[Raw], dict[str, Any]]]:
        """Spans of time that hold few enough records, narrower where there are many, wider again after."""
        start = datetime.fromisoformat(begun["min"]) if "min" in begun else since
        width = datetime.fromisoformat(begun["max"]) - start if "max" in begun else until - start
        everything = begun.get("all")
        while start < until:
            end = min(start + width, until)
            times = [(f"{stamp}_min", _iso(start - _SECOND)), (f"{stamp}_max", _iso(end + _SECOND))]
            span = {"min": start.isoformat(), "max": end.isoformat()}
            total = 0
            try:
                for rows, place in self._within(_PATHS[resource], [*query, *times], begun, _most(width)):
                    total = int(place["total"])
                    everything = everything or total
                    yield rows, {**span, **place, "all": everything}
            except _TooMany as error:
                everything = everything or error.total
                width /= 2
                continue
            begun, start = {}, end
            width = width * 2 if total < _CAP // 4 else width

    def _within(
        self, path: str, query: Pairs, begun: Cursor, most: int = 1 << 60
    ) -> Iterator[tuple[list[Raw], dict[str, Any]]]:
        """All pages of one question, the last one first; the place says how many records are left before it.

        Should more have come since, as many more are left. The first page tells how many there are; behind
        others it is read once more, for it has by then what moved on to it.
        """
        size = Size(_MOST)
        first, total = pages.lighter(size, lambda count: self._page(path, query, 1, count))
        if total >= most:
            raise _TooMany(total)
        left = total
        if "left" in begun:
            left = min(int(begun["left"]) + max(total - int(begun["total"]), 0), total)
        last: list[Raw] = []
        while left > 0:

            def page(count: int, left: int = left, last: list[Raw] = last) -> tuple[list[Raw], int]:
                start = (left - 1) // count * count
                is_known = not start and not last
                return first if is_known else self._page(path, query, start // count + 1, count)[0], start

            rows, start = pages.lighter(size, page)
            if rows and rows == last:
                raise RetryLater("loop", after=600)
            yield rows[::-1], {"left": start, "total": total}
            last, left = rows, start

    def read(self, resource: Resource, ids: Sequence[str]) -> list[Raw]:
        """One after another: there is no list of them by id."""
        found = (self._one(f"{_PATHS[resource]}/{each}") for each in ids if each.isdigit())
        return [raw for raw in found if raw is not None]

    def shapes(self, resource: Resource, raw: Raw) -> list[Shape]:
        """Customers who stand for nobody make none."""
        match resource:
            case Resource.ORDERS:
                return [normalise.order(raw, self._site)]
            case Resource.CARTS:
                return [normalise.cart(raw)]
            case Resource.CUSTOMERS:
                person = normalise.customer(raw)
                return [person] if person else []
            case Resource.PRODUCTS:
                return [normalise.product(raw, self.config.currency, self.language, self._site)]

    def digests(self, since: datetime, until: datetime) -> Iterator[list[Digest]]:
        """Two hundred orders a request, eight fields each."""
        told: set[str] = set()
        slim: Pairs = [("fields", _SLIM)]
        for rows, _cursor in self._passes(Resource.ORDERS, "created_at", since, until, slim, {}):
            found = self.digests_of(rows, normalise.digest, since)
            yield [each for each in found if each.order_id not in told and since <= each.placed_at < until]
            told |= {each.order_id for each in found}

    # Webhooks.

    def verify(self, delivery: Delivery, secret: str) -> Verdict:
        """Signed with the client secret of the app, not with one that we choose."""
        fields = self.config.fields
        return webhooks.verify(delivery, fields.get("client_secret", ""), fields.get("store_id", ""))

    def events(self, delivery: Delivery) -> list[Event]:
        """All is read again. A whole shop is forgotten only if it really took the app out."""
        found = webhooks.events(delivery)
        if any(isinstance(each, Privacy) and each.kind is PrivacyKind.ERASE_SHOP for each in found):
            self._expect_removed()
        return found

    def _expect_removed(self) -> None:
        try:
            self._ask("store", [("fields", "id")])
        except NeedsOwner as error:
            if error.code == "key_refused":
                return
            raise
        raise SkipRecord("still_connected")

    def subscriptions(self) -> list[Subscription]:
        """All that the shop keeps for this app."""
        rows = [raw for found, _place in self._within("webhooks", [], {}) for raw in found]
        return [Subscription(text(each["id"]), text(each["event"]), text(each["url"])) for each in rows]

    def subscribe(self, url: str, secret: str) -> None:
        """One webhook a topic: the platform would take a second one, and tell everything twice."""
        there: set[str] = set()
        for each in self.subscriptions():
            if each.url == url and each.topic in there:
                self._ask(f"webhooks/{each.id}", method="DELETE")
            elif each.url == url:
                there.add(each.topic)
        for topic in webhooks.TOPICS:
            if topic not in there:
                self._ask("webhooks", method="POST", json={"event": topic, "url": url})

    def unsubscribe(self, url: str) -> None:
        """For good."""
        for each in self.subscriptions():
            if each.url == url:
                self._ask(f"webhooks/{each.id}", method="DELETE")


class _NotThere(NeedsOwner):
    """A record that is not there, or a page past the end of a list (``is_end``)."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("no_api", url=str(answer.url.copy_with(query=None)))
        said: Mapping[str, Any] = child(answer.json())
        self.is_end = "last page" in text(said.get("description")).lower()


class _TooMany(Exception):
    """A question that would not show all it has."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        self.total = total


def _most(width: timedelta) -> int:
    """How many records a window may have; what cannot be cut finer is read as far as it shows."""
    return _CAP if width > _MINUTE else 1 << 60


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""One shop of Tray: what is asked, and how.

A day's 10,000 requests are the scarce thing: an order that is complete costs one of its own. Lists that can
be asked for by day only are read newest first, and left where they become old.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import orjson

from comanda.connectors import budget, pages
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
    Raw,
    Resource,
    Shape,
    Shop,
    Status,
    Verdict,
)
from comanda.connectors.errors import NeedsOwner, RetryLater, ShopError
from comanda.connectors.pages import Place, Size
from comanda.connectors.sentences import _
from comanda.connectors.tray import authorise, normalise, webhooks
from comanda.connectors.tray.normalise import ZONE
from comanda.connectors.values import child, children, first, key, text
from comanda.shapes import OrderStatus

_LIMIT = 50
"""Rows that a page of a list has at most."""
_TOGETHER = 25
"""Orders of a list that are read one by one."""
_AT_A_TIME = 5
"""Of these, so many before a place in the history is kept: with a day's share used up that takes a minute."""
_MOST_PAGES = 2_000
_SECOND = timedelta(seconds=1)
_SETTLED = timedelta(minutes=30)
"""After so long a cart is read once more: most people say who they are after they filled it."""
_CART_AGE = timedelta(days=30)
_KINDS = {
    Resource.ORDERS: ("orders", "Orders", "Order"),
    Resource.CUSTOMERS: ("customers", "Customers", "Customer"),
    Resource.PRODUCTS: ("products", "Products", "Product"),
    Resource.CARTS: ("carts", "Carts", "Cart"),
}
_POLICY = Policy(
    rate=100.0, burst=100.0, secrets=("access_token", "refresh_token", "consumer_secret", "code")
)
"""What counts is the budget that an app has for all its shops."""
_A_DAY, _AT_ONCE = 6_000, 1_000.0
"""Orders of the history that are read: the rest of the 10,000 requests of a day is left to what changes."""


class Tray(Connector):
    """The API of a store; refunds of a part are not told by it."""

    platform = "tray"
    title = "Tray"
    fields = (
        Field("consumer_key", _("Consumer key"), _("Tray gives it when it has made your app.")),
        Field("consumer_secret", _("Consumer secret"), _("Comes with the consumer key."), secret=True),
        Field(
            "access_token",
            _("Access token"),
            _("Left empty: it comes by itself when you allow access on the shop's page."),
            secret=True,
            required=False,
        ),
        Field(
            "refresh_token",
            _("Refresh token"),
            _("Left empty: it comes by itself when you allow access on the shop's page."),
            secret=True,
            required=False,
        ),
        Field(
            "api_address",
            _("Address of the API"),
            _("Left empty: the shop says it when you allow access."),
            required=False,
            example="https://www.shop.example/web_api",
        ),
        Field(
            "store_id",
            _("Number of the shop"),
            _("Left empty: the shop says it when you allow access."),
            required=False,
            pattern="[0-9]*",
        ),
    )
    steps = (
        _("Ask Tray for an app of your own at partners.tray.com.br; it gets a consumer key and a secret."),
        _("Have the app's notifications of orders, customers and products sent to this store's address."),
        _("Copy key and secret here, then allow access on the page of your shop."),
    )
    resources = (Resource.PRODUCTS, Resource.CUSTOMERS, Resource.ORDERS, Resource.CARTS)
    policy = _POLICY
    has_webhooks = True
    lists_statuses = True
    has_authorise_page = True
    authoriser: ClassVar = authorise.TrayAuthoriser(_POLICY)
    interval = timedelta(minutes=2)
    overlap = timedelta(minutes=2)

    @classmethod
    def base(cls, config: Config) -> str:
        """Tray says where it is when the shop is connected."""
        return authorise.api(config)

    @classmethod
    def shared_budgets(cls, config: Config) -> list[tuple[str, float, float]]:
        """An app has 180 requests a minute, over all the shops that have it."""
        return [(f"tray {config.fields.get('consumer_key', '')}", 2.8, 12.0)]

    def prepare(self) -> None:
        """What the shop's own statuses are filed under is learned from its list and from its orders."""
        self._filed: dict[str, str] = {}

    def judge(self, answer: Answer) -> None:
        """Tray numbers what is wrong with a token; of its limits it says nothing but 429."""
        code = _code(answer) if answer.status in (401, 404) else None
        if answer.status == 401 and code in ("1001", "1002", "1003"):
            raise NeedsOwner("unpaid", status=f"401 {code}")
        if answer.status == 401 and code is not None:
            raise _Stale("key_refused", status=f"401 {code}".strip())
        if answer.status == 404 and code is not None:
            raise _Gone("no_api", url=str(answer.url.copy_with(query=None)))
        if answer.status == 429 and "retry-after" not in answer.headers:
            self.http.own.hold(60.0)
            raise RetryLater("busy", after=60.0, status=429, seconds=60)

    # Asking.

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """One object, asked for with the token; with a fresh one when that has run out."""
        used = self.config
        try:
            answer = self._with_token(used, path, query or {})
        except _Stale as stale:
            if self.vault is None:
                raise
            self.config = self.vault.renew(used.fields, self._renewed)
            if self.config.fields == used.fields:
                raise stale from None
            answer = self._with_token(self.config, path, query or {})
        return _object(answer)

    def _with_token(self, config: Config, path: str, query: Mapping[str, str]) -> Answer:
        return self.http.get(path, {**query, "access_token": config.need("access_token")})

    def _renewed(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        """Both tokens are new after this, and both old ones worth nothing."""
        try:
            return authorise.tokens(self.http.get("auth", {"refresh_token": fields.get("refresh_token", "")}))
        except _Stale:
            raise NeedsOwner("key_expired") from None

    def _page(
        self, resource: Resource, number: int, sort: str, filters: Mapping[str, str]
    ) -> tuple[list[Raw], int | None]:
        """A page of a list, and how many rows there are in all. A filter that is ignored is an error."""
        path, many, one = _KINDS[resource]
        query = {**filters, "limit": str(_LIMIT), "page": str(number), "sort": sort}
        said = self._get(path, query)
        if many not in said:
            raise NeedsOwner("odd_answer", host=self._host, what=f"{path} without {many}")
        applied = _named(said.get("appliedFilters"))
        for name in filters:
            if name not in applied:
                raise NeedsOwner(
                    "odd_answer", host=self._host, what=f"the filter {name} of {path} is ignored"
                )
        total = text(child(said.get("paging")).get("total"))
        return normalise.rows(said[many], one), int(total) if total.isdigit() else None

    @property
    def _host(self) -> str:
        return urlsplit(self.http.base).netloc

    @staticmethod
    def _newest(
        page: Callable[[int], list[Raw]], moment: Callable[[Raw], datetime], since: datetime
    ) -> Iterator[list[Raw]]:
        """Rows since then, of pages that have the newest first.

        What changes meanwhile comes to the front and moves the others on: they are seen twice, and none is
        missed. A list that is not sorted as was asked is read to its end.
        """
        before: list[Raw] = []
        for number in range(1, _MOST_PAGES):
            found = page(number)
            if found and found == before:
                raise RetryLater("loop", after=600)
            before = found
            times = [moment(row) for row in found]
            if fresh := [row for row, at in zip(found, times, strict=True) if at >= since]:
                yield fresh
            is_sorted = times == sorted(times, reverse=True)
            if len(found) < _LIMIT or (is_sorted and times[-1] < since):
                return

    # What the shop is.

    def shop(self) -> Shop:
        """Also asks for a row of each list, which the app must be allowed to read."""
        said = self._get("info")
        if not text(said.get("name")):  # without a token that it takes, the shop says but its address
            raise NeedsOwner("key_refused", status="the shop did not say its name")
        for resource in (Resource.ORDERS, Resource.CUSTOMERS, Resource.PRODUCTS):
            self._page(resource, 1, "id_desc", {})
        self._get("orders/statuses")
        return Shop(
            name=text(said["name"]),
            url=first(said.get("secure_uri"), said.get("uri"), self.config.url),
            currency=normalise.CURRENCY,
            timezone=str(ZONE),
            country="BR",
            id=text(said.get("id")),
            skew=self.http.skew,
            remarks=self._remarks(),
        )

    def _remarks(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        """Lists of carts are not open to every app."""
        try:
            self._carts_page(1)
        except _NoCarts:
            return (("part_missing", {"what": "carts"}),)
        return ()

    def _carts_page(self, number: int) -> list[Raw]:
        """Raises _NoCarts where this is not open to the app, or is none that can be read."""
        try:
            found, _total = self._page(Resource.CARTS, number, "date_desc", {})
        except NeedsOwner as error:
            if error.code in ("no_api", "right_missing", "odd_answer"):
                raise _NoCarts(error.code, **error.facts) from None
            raise
        for row in found:
            if not text(row.get("session_id")) or not text(row.get("date")):
                raise _NoCarts("odd_answer", host=self._host, what="carts without session_id or date")
        return found

    def statuses(self) -> list[Status]:
        """Owners rename them and make their own."""
        listed = normalise.rows(self._get("orders/statuses").get("OrderStatuses"), "OrderStatus")
        found = {first(each.get("status"), each.get("name")): text(each.get("type")) for each in listed}
        self._filed.update(found)
        return [Status(word, word.capitalize(), self.status_of(word)) for word in found if word]

    @classmethod
    def usual(cls, word: str) -> OrderStatus:
        """By the names that Tray gives."""
        return normalise.status_of(word)

    def status_of(self, word: str) -> OrderStatus:
        """A name that the owner gave is judged by the kind under which it is filed."""
        known = self.usual(word)
        if known is OrderStatus.UNKNOWN:
            return normalise.status_by_kind(self._filed.get(word, ""))
        return known

    # What the shop has.

    def history(self, resource: Resource, after: Cursor | None, until: datetime) -> Iterator[Page]:
        """By id, which only grows. Of carts, those of the last weeks: older ones are past saving."""
        if resource is Resource.CARTS:
            yield from self._carts([(until - _CART_AGE, until + timedelta(hours=1))])
            return
        begun = after or {}
        total: list[int | None] = [None]

        def page(number: int) -> list[Raw]:
            found, total[0] = self._page(resource, number, "id_asc", {})
            is_behind = total[0] is not None and (number - 1) * _LIMIT >= total[0]
            return [] if is_behind else found

        size = Size(_TOGETHER if resource is Resource.ORDERS else _LIMIT)
        start = Place(int(begun.get("offset", 0)), begun.get("last"))
        for items, place in pages.by_offset(pages.window(page, _LIMIT), _id, size, start):
            left = len(items)
            for some in pages.parts(items, _AT_A_TIME if resource is Resource.ORDERS else _LIMIT):
                left -= len(some)
                cursor = {"offset": place.offset - left, "last": _id(some[-1])}
                yield Page(self._completed(resource, some), cursor, total[0])

    def changes(self, resource: Resource, since: datetime, until: datetime) -> Iterator[Page]:
        """Asked for by the day, of which the hours before ``since`` are left out here."""
        if resource is Resource.CARTS:
            yield from self._carts([(since, until), (since - _SETTLED, until - _SETTLED)])
            return
        since = since.replace(microsecond=0) - _SECOND
        for day in _days(since, until):

            def page(number: int, day: date = day) -> list[Raw]:
                return self._page(resource, number, "modified_desc", {"modified": day.isoformat()})[0]

            for some in self._newest(page, normalise.changed_at, since):
                for items in pages.parts(some, _TOGETHER):
                    yield Page(self.read(resource, [text(each["id"]) for each in items]), {})

    def _completed(self, resource: Resource, items: list[Raw]) -> list[Raw]:
        """Orders of a list lack nearly all; customers but a phone, which their orders have."""
        if resource is not Resource.ORDERS:
            return items
        name = f"tray history {self.config.fields.get('store_id', '')} {self.http.base}"
        budget.shared(name, _A_DAY / 86_400, _AT_ONCE).take(len(items))
        return self.read(resource, [text(each["id"]) for each in items])

    def read(self, resource: Resource, ids: Sequence[str]) -> list[Raw]:
        """One by one: Tray knows no other way."""
        found = (self._one(resource, each) for each in ids)
        return [raw for raw in found if raw is not None]

    def _one(self, resource: Resource, record: str) -> Raw | None:
        path, many, one = _KINDS[resource]
        name = quote(record, safe="")
        try:
            said = self._get(f"{path}/{name}/complete" if resource is Resource.ORDERS else f"{path}/{name}")
        except _Gone:
            if resource is Resource.CARTS or not self._page(resource, 1, "id_asc", {"id": record})[0]:
                return None
            raise
        if resource is Resource.CARTS:
            return {"id": record, "lines": said.get(many) or [said]}
        return normalise.unwrap(said, one)

    def _carts(self, spans: list[tuple[datetime, datetime]]) -> Iterator[Page]:
        """Carts of people who are known, filled in one of these times, each read whole.

        Where the shop does not open the list to the app there are none: the check says so.
        """
        done: set[str] = set()
        try:
            for some in self._newest(self._carts_page, normalise.placed_at, min(spans)[0]):
                fresh = [text(row["session_id"]) for row in some if _is_told(row, spans)]
                ids = [each for each in dict.fromkeys(fresh) if each not in done]
                done.update(ids)
                for each in pages.parts(ids, _TOGETHER):
                    yield Page(self.read(Resource.CARTS, each), {"last": each[-1]})
        except _NoCarts:
            return

    def shapes(self, resource: Resource, raw: Raw) -> list[Shape]:
        """Each record is one shape."""
        match resource:
            case Resource.ORDERS:
                word = normalise.word_of(raw)
                if kind := normalise.kind_of(raw):
                    self._filed[word] = kind
                return [normalise.order(raw, self.status_of(word))]
            case Resource.CUSTOMERS:
                return [normalise.customer(raw)]
            case Resource.PRODUCTS:
                return [normalise.product(raw, datetime.now(ZONE).date())]
            case Resource.CARTS:
                return [normalise.cart(raw)]

    def digests(self, since: datetime, until: datetime) -> Iterator[list[Digest]]:
        """Fifty orders a request. Of a day that is asked for in part, the orders are read for their hour."""
        for day in _days(since, until - _SECOND):
            begins, ends = (_midnight(day + timedelta(days=number)) for number in (0, 1))
            for number in range(1, _MOST_PAGES):
                found, _total = self._page(Resource.ORDERS, number, "id_asc", {"date": day.isoformat()})
                if begins < since or ends > until:
                    whole = self.read(Resource.ORDERS, [text(each["id"]) for each in found])
                    made = self.digests_of(whole, normalise.digest, since)
                    yield [each for each in made if since <= each.placed_at < until]
                else:
                    yield self.digests_of(found, normalise.digest, since)
                if len(found) < _LIMIT:
                    break

    # Webhooks.

    def verify(self, delivery: Delivery, secret: str) -> Verdict:
        """Tray signs nothing."""
        return webhooks.verify(delivery, self.config.fields.get("store_id", ""))

    def events(self, delivery: Delivery) -> list[Event]:
        """Hints, often several of one change."""
        return webhooks.events(delivery)


class _Stale(NeedsOwner):
    """The token is not taken: it ran out, or was replaced."""


class _Gone(NeedsOwner):
    """The record is not there, says the API itself."""


class _NoCarts(NeedsOwner):
    """The list of carts is not open to this app, or is none that is known."""


def _object(answer: Answer) -> Mapping[str, Any]:
    """The object of an answer; some shops write it in Windows-1252."""
    try:
        said = answer.json()
    except RetryLater:
        try:
            said = orjson.loads(answer.body.decode("cp1252").encode())
        except ValueError:
            said = None
        if said is None:
            raise
    if not isinstance(said, Mapping):
        raise RetryLater("not_json", host=answer.url.host, start=answer.start)
    return said


def _code(answer: Answer) -> str | None:
    """The number of an error; "" when there is none, None where it is not the API that speaks."""
    try:
        return text(_object(answer).get("error_code"))
    except ShopError:
        return None


def _named(applied: object) -> set[str]:
    """The filters that a list says it applied, given as names or as objects whose keys they are."""
    found: set[str] = set()
    for each in [applied] if isinstance(applied, Mapping) else children(applied):
        found.update(each if isinstance(each, Mapping) else [text(each)])
    return found


def _is_told(row: Raw, spans: list[tuple[datetime, datetime]]) -> bool:
    """Whether somebody who is known filled this cart in one of these times."""
    if not text(row.get("email")) and not key(row.get("customer_id")):
        return False
    return any(begins <= normalise.placed_at(row) < ends for begins, ends in spans)


def _id(raw: Raw) -> int:
    return int(raw["id"])


def _days(since: datetime, until: datetime) -> Iterator[date]:
    """The days of Brasília that lie in this time."""
    day, last = since.astimezone(ZONE).date(), until.astimezone(ZONE).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZONE)

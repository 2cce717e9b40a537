"""One shop of Magento: what is asked, and how.

Lists are gone through by what they are sorted by, never by a page's number.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from comanda.connectors import pages
from comanda.connectors.base import (
    Answer,
    Config,
    Connector,
    Cursor,
    Digest,
    Field,
    Page,
    Policy,
    Raw,
    Resource,
    Shape,
    Shop,
    Status,
)
from comanda.connectors.errors import NeedsOwner, ShopError, SkipRecord
from comanda.connectors.magento import normalise, rest
from comanda.connectors.magento.beside import Beside
from comanda.connectors.magento.rest import Filter, Rest, id_of
from comanda.connectors.pages import Size
from comanda.connectors.sentences import _
from comanda.connectors.values import first, key, moment, text
from comanda.shapes import OrderStatus

_MOST = 100
_SLIM = "entity_id,state,status,grand_total,order_currency_code,created_at,updated_at"
_PATHS = {
    Resource.ORDERS: "orders",
    Resource.CUSTOMERS: "customers/search",
    Resource.PRODUCTS: "products",
    Resource.CARTS: "carts/search",
}
_ALSO = ("invoices", "creditmemos", "shipments", "categories/list")
"""What else the integration must be allowed to read."""
_ALL_PEOPLE = timedelta(hours=6)
"""How often all customers are read: an address or the newsletter changes, and their date does not."""
_LIVE_CARTS = timedelta(days=30)
"""Carts are looked for behind those of the oldest orders of this time: there is no index by date."""
_FEW = 20
_FUTURE = timedelta(minutes=10)
_NAMES = {
    "new": "Pending",
    "pending_payment": "Pending payment",
    "payment_review": "Payment review",
    "processing": "Processing",
    "processing/fraud": "Suspected fraud",
    "complete": "Complete",
    "closed": "Closed",
    "canceled": "Canceled",
    "holded": "On hold",
}


class Magento(Connector):
    """REST V1. Open Source has no webhooks: what changed is asked for each minute."""

    platform = "magento"
    title = "Magento 2 / Adobe Commerce"
    fields = (
        Field("consumer_key", _("Consumer key"), secret=True, required=False, pattern="[0-9a-zA-Z]{32}"),
        Field("consumer_secret", _("Consumer secret"), secret=True, required=False,
              pattern="[0-9a-zA-Z]{32}"),
        Field("access_token", _("Access token"), secret=True, pattern="[0-9a-zA-Z]{32}"),
        Field("access_token_secret", _("Access token secret"),
              _("With the access token alone, the shop must allow it as a standalone Bearer token."),
              secret=True, required=False, pattern="[0-9a-zA-Z]{32}"),
        Field("store_ids", _("Numbers of the store views"),
              _("Only to take the orders of some store views: their numbers, parted by commas."),
              required=False, pattern="[0-9]{1,5}(,[0-9]{1,5}){0,50}", example="1,2"),
        Field("admin", _("Address of the admin pages"),
              _("Only for links from orders here to the shop: their path has a secret name."),
              required=False, pattern="https?://[^ ]{1,300}", example="https://shop.example/admin_1abc"),
    )  # fmt: skip
    steps = (
        _("In the admin pages, open System > Extensions > Integrations and press “Add New Integration”."),
        _("Name: Comanda. Leave both addresses empty, and give your password."),
        _(
            "On the tab API choose Custom, and tick all of Sales, Catalog, Customers and Carts, and "
            "Stores > Settings > All Stores."
        ),
        _("Save, press “Activate” beside it, then “Allow”. Copy all four values here."),
    )
    resources = (Resource.PRODUCTS, Resource.CUSTOMERS, Resource.ORDERS, Resource.CARTS)
    tells_refunds = True
    policy = Policy(rate=20.0, burst=20.0, timeout=120.0, headers={"Cache-Control": "no-cache"})

    def prepare(self) -> None:
        """Each request is signed anew."""
        self.config.need("access_token")
        self.http.sign = rest.signer(self.config.fields, self.http)
        self._site = self.config.url.rstrip("/")
        self._store_ids = self.config.fields.get("store_ids", "")
        self._rest = Rest(self.http)
        self._beside = Beside(self.http, self._rest, self._store_ids)

    @classmethod
    def base(cls, config: Config) -> str:
        """For reading, all store views at once."""
        return f"{config.url.rstrip('/')}/rest/all/V1"

    def judge(self, answer: Answer) -> None:
        """By the messages of Magento."""
        rest.judge(answer, self.http.skew)

    # What the shop is.

    def shop(self) -> Shop:
        """Also asks for one record of each kind. A token that opens none of them was not taken at all."""
        refusals: list[NeedsOwner] = []
        asked = ("store/storeConfigs", "store/websites", *_PATHS.values(), *_ALSO)
        for path in asked:
            try:
                if path.startswith("store/"):
                    self.http.get(path)
                else:
                    self._rest.rows(path, [], 1)
            except NeedsOwner as error:
                if error.code != "right_missing":
                    raise
                refusals.append(error)
        if len(refusals) == len(asked):
            code = "key_refused" if self.config.fields.get("consumer_key") else "token_alone"
            raise NeedsOwner(code, status=refusals[0].facts["status"])
        if refusals:
            raise refusals[0]
        view = self._beside.view
        return Shop(
            name=self._name(),
            url=first(view.get("secure_base_url"), view.get("base_url"), self._site).rstrip("/"),
            currency=first(view.get("default_display_currency_code"), view.get("base_currency_code")),
            timezone=text(view.get("timezone")),
            id=text(view.get("id")),
            version=self._version(),
            skew=self.http.skew,
            remarks=self._remarks(),
        )

    def _name(self) -> str:
        """The website's; by default all are called the same, and then the address says more."""
        website = text(self._beside.view.get("website_id"))
        sites = {text(each["id"]): text(each.get("name")) for each in self.http.get("store/websites").json()}
        name = sites.get(website, "")
        return name if name not in ("", "Main Website") else self._site.partition("://")[2]

    def _version(self) -> str:
        """As a public page tells it, where it is not switched off."""
        try:
            said = self.http.get(f"{self._site}/magento_version").start
        except ShopError:
            return ""
        return said[:40] if "/" in said and "<" not in said else ""

    def _remarks(self) -> tuple[tuple[str, dict[str, str]], ...]:
        """A database that does not keep UTC is seen by orders of the future."""
        now = datetime.now(UTC) + timedelta(seconds=self.http.skew)
        ahead = [("updated_at", "gt", _bare(now + _FUTURE))]
        found = self._rest.rows("orders", [ahead], 1, ("updated_at",), "entity_id,updated_at")
        dates = filter(None, (moment(raw.get("updated_at")) for raw in found))
        minutes = [str(int((date - now).total_seconds() // 60)) for date in dates]
        return (("dates_ahead", {"minutes": minutes[0]}),) if minutes else ()

    def statuses(self) -> list[Status]:
        """Those that each shop has; it does not list its own."""
        return [Status(word, name, self.usual(word)) for word, name in _NAMES.items()]

    @classmethod
    def usual(cls, word: str) -> OrderStatus:
        """The state decides, whatever statuses the owner made."""
        return normalise.meaning(word)

    # What the shop has.

    def _filters(self, resource: Resource) -> list[list[Filter]]:
        """Orders and carts of the chosen store views; carts with something in them that are still open."""
        found: list[list[Filter]] = []
        if resource is Resource.CARTS:
            found += [[("is_active", "eq", "1")], [("items_count", "gt", "0")]]
        if self._store_ids and resource in (Resource.ORDERS, Resource.CARTS):
            found.append([("store_id", "in", self._store_ids)])
        return found

    def _whole(self, resource: Resource, found: list[Raw], *, exactly: bool = True) -> list[Raw]:
        """Records with what must be read beside them."""
        match resource:
            case Resource.ORDERS:
                return self._beside.orders(found)
            case Resource.CUSTOMERS:
                return self._beside.customers(found)
            case Resource.PRODUCTS:
                return self._beside.products(found)
            case Resource.CARTS:
                return self._beside.carts(found, exactly=exactly)

    def history(self, resource: Resource, after: Cursor | None, until: datetime) -> Iterator[Page]:
        """By id, which only grows. Old carts are history at the prices that they hold."""
        begun = after or {}
        seen, last = int(begun.get("seen", 0)), str(begun.get("last", "0"))
        if resource is Resource.CARTS and after is None:
            last = self._first_cart(until)
        filters = self._filters(resource)

        def ask(count: int, behind: str) -> list[Raw]:
            return self._rest.rows_past(_PATHS[resource], [*filters, [("entity_id", "gt", behind)]], count)

        for found in pages.by_key(ask, id_of, Size(_MOST), last):
            total = None if self._rest.total is None else seen + self._rest.total
            seen += len(found)
            last = id_of(found[-1])
            whole = self._whole(resource, found, exactly=False) + self._rest.lost()
            yield Page(whole, {"last": last, "seen": seen}, total)
        if lost := self._rest.lost():
            yield Page(lost, {"last": last, "seen": seen})

    def changes(self, resource: Resource, since: datetime, until: datetime) -> Iterator[Page]:
        """By when they changed; orders of credit memos too, and all customers now and then."""
        if resource is Resource.CUSTOMERS and _turn(since + self.overlap) != _turn(until):
            yield from self.history(resource, None, until)
            return
        filters = self._filters(resource)
        if resource is Resource.CARTS:
            filters.append([("entity_id", "gt", self._first_cart(until))])
        seen: set[str] = set()
        for found in self._changed(_PATHS[resource], filters, since):
            seen.update(map(id_of, found))
            yield Page(self._whole(resource, found) + self._rest.lost(), {})
        if lost := self._rest.lost():
            yield Page(lost, {})
        if resource is Resource.ORDERS:
            yield from self._refunded(since, seen)

    def _changed(self, path: str, filters: list[list[Filter]], since: datetime) -> Iterator[list[Raw]]:
        """Sorted by date and id: behind a record is what is later, or as late with a higher id."""

        def ask(count: int, behind: str) -> list[Raw]:
            at, _, last = behind.partition("|")
            later: list[list[Filter]] = [
                [("updated_at", "gteq", at)],
                [("updated_at", "gt", at), ("entity_id", "gt", last)],
            ]
            return self._rest.rows_past(path, [*filters, *later], count, ("updated_at", "entity_id"))

        def place(raw: Raw) -> str:
            return f"{text(raw.get('updated_at'))}|{id_of(raw)}"

        return pages.by_key(ask, place, Size(_MOST), f"{_bare(since)}|0")

    def _refunded(self, since: datetime, seen: set[str]) -> Iterator[Page]:
        """Orders of new credit memos that some module left with their old date."""
        groups: list[list[Filter]] = [[("created_at", "gteq", _bare(since))]]

        def ask(count: int, behind: str) -> list[Raw]:
            asked = [*groups, [("entity_id", "gt", behind)]]
            return self._rest.rows("creditmemos", asked, count, fields="entity_id,order_id")

        for found in pages.by_key(ask, id_of, Size(_MOST), "0"):
            fresh = {key(each.get("order_id")) for each in found} - seen - {""}
            seen |= fresh
            if fresh:
                yield Page(self.read(Resource.ORDERS, sorted(fresh)), {})

    def _first_cart(self, until: datetime) -> str:
        """Behind which id the carts of the last weeks are."""
        recent: list[list[Filter]] = [[("created_at", "gteq", _bare(until - _LIVE_CARTS))]]
        oldest = self._rest.rows("orders", recent, _FEW, ("created_at", "entity_id"), "entity_id,quote_id")
        carts = [int(key(each.get("quote_id")) or 0) for each in oldest]
        return str(min(filter(None, carts), default=0))

    def read(self, resource: Resource, ids: Sequence[str]) -> list[Raw]:
        """Many a request. What makes the shop stumble is there nevertheless: it is not gone."""
        known = ",".join(dict.fromkeys(each for each in ids if each.isdigit()))
        groups = [*self._filters(resource), [("entity_id", "in", known)]]

        def ask(count: int, behind: str) -> list[Raw]:
            return self._rest.rows_past(_PATHS[resource], [*groups, [("entity_id", "gt", behind)]], count)

        walk = pages.by_key(ask, id_of, Size(_MOST), "0") if known else iter(())
        found = [raw for some in walk for raw in some]
        self._rest.lost()
        return self._whole(resource, found) + self._rest.stumbled(_PATHS[resource], known.split(","))

    def id_of(self, resource: Resource, raw: Raw) -> str:
        """Orders have another name for it."""
        return id_of(raw)

    def shapes(self, resource: Resource, raw: Raw) -> list[Shape]:
        """One each; none for carts that are empty. Of what makes the shop stumble the id alone is known."""
        if "_error" in raw:
            raise SkipRecord("stumbled", what=text(raw["_error"]))
        shape: Shape | None
        match resource:
            case Resource.ORDERS:
                shape = normalise.order(raw, self.config.fields.get("admin", "").rstrip("/"))
            case Resource.CARTS:
                shape = normalise.cart(raw)
            case Resource.CUSTOMERS:
                shape = normalise.customer(raw)
            case Resource.PRODUCTS:
                shape = normalise.product(raw, self._site, self.config.currency)
        return [shape] if shape else []

    def digests(self, since: datetime, until: datetime) -> Iterator[list[Digest]]:
        """A hundred orders a request, seven fields each."""
        groups: list[list[Filter]] = [
            *self._filters(Resource.ORDERS),
            [("created_at", "gteq", _bare(since))],
            [("created_at", "lt", _bare(until))],
        ]

        def ask(count: int, behind: str) -> list[Raw]:
            asked = [*groups, [("entity_id", "gt", behind)]]
            return self._rest.rows_past("orders", asked, count, fields=_SLIM)

        for found in pages.by_key(ask, id_of, Size(_MOST), "0"):
            yield self.digests_of(found, normalise.digest, since)
        self._rest.lost()


def _turn(at: datetime) -> int:
    return int(at.timestamp() // _ALL_PEOPLE.total_seconds())


def _bare(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

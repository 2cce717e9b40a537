"""One shop of Shopify: what is asked, and how.

Histories go by id, which only grows: no place in a list is kept that might run out. Large ones are read from
the file that a bulk operation makes.
"""

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from comanda.connectors import pages
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
from comanda.connectors.pages import Size
from comanda.connectors.sentences import _
from comanda.connectors.shopify import bulk, normalise, queries, refusals, webhooks
from comanda.connectors.shopify.authorise import SCOPES, ShopifyAuthoriser
from comanda.connectors.shopify.graph import Graph
from comanda.connectors.values import child, children, text
from comanda.shapes import OrderStatus

FEW = 2_000
"""Records that are read page by page; more are asked for in bulk."""
STEP = 3.0
"""Seconds between two looks at a bulk operation."""
_PATIENCE = 60.0
_LATE = timedelta(hours=6)
"""A checkout shows some time after the buyer left it, as of then."""
_DEEP = 20_000
"""Records after which a list is begun anew: the shop shows no more than 25,000 of one."""
_ROOTS = {
    Resource.ORDERS: "orders",
    Resource.CUSTOMERS: "customers",
    Resource.PRODUCTS: "products",
    Resource.CARTS: "abandonedCheckouts",
}
_ALWAYS = {Resource.PRODUCTS: "(status:active OR status:archived OR status:draft)"}
"""Without it, only active products might be told."""
_MOST = {Resource.ORDERS: 25, Resource.CUSTOMERS: 100, Resource.PRODUCTS: 40, Resource.CARTS: 25}
"""Records a page that keep a question within 1,000 points."""


class Shopify(Connector):
    """Admin GraphQL API, with a token that stays or with one that is renewed."""

    platform = "shopify"
    title = "Shopify"
    fields = (
        Field(
            "access_token",
            _("Access token"),
            _("Begins with shpat_. Leave it empty if you give the client ID and secret of your own app."),
            secret=True,
            required=False,
            pattern="[!-~]{8,200}",
            example="shpat_…",
        ),
        Field(
            "client_id",
            _("Client ID of the app"),
            _("From the Dev Dashboard, under the app's settings."),
            required=False,
            pattern="[!-~]{8,100}",
        ),
        Field(
            "client_secret",
            _("Client secret of the app"),
            _("From the same place. It also proves that messages come from Shopify."),
            secret=True,
            required=False,
            pattern="[!-~]{8,200}",
        ),
    )
    address_help = _("The one that ends in .myshopify.com, such as https://shop.myshopify.com")
    steps = (
        _("Give the address that ends in .myshopify.com, not that of your own domain."),
        _("In the Dev Dashboard of your organisation make an app with the scopes read_orders, "
          "read_all_orders, read_customers and read_products, release it, and install it in your shop."),
        _("Copy its client ID and client secret here. Tokens are fetched and renewed by themselves."),
        _("If your shop still has a custom app of its admin, its access token (shpat_…) will do instead; "
          "give its API secret key as client secret too, so that messages can be proven."),
    )  # fmt: skip
    resources = (Resource.PRODUCTS, Resource.CUSTOMERS, Resource.ORDERS, Resource.CARTS)
    hook_headers = ("x-shopify-topic", "shopify-topic")
    policy = Policy(
        rate=10.0,
        burst=10.0,
        secrets=("Signature", "GoogleAccessId", "X-Goog-Signature", "X-Goog-Credential"),
    )
    has_webhooks = True
    signs_webhooks = True
    makes_webhooks = True
    tells_refunds = True
    has_privacy_webhooks = True
    has_authorise_page = True
    authoriser: ClassVar = ShopifyAuthoriser()

    def prepare(self) -> None:
        """Questions go through one place, which knows the token."""
        self._site = self.config.url.rstrip("/")
        self._graph = Graph(self.config, self.http, self.vault)

    def judge(self, answer: Answer) -> None:
        """Errors come with status 200, too."""
        refusals.judge(answer)

    # What the shop is.

    def shop(self) -> Shop:
        """Also looks at the rights of the token, and whether people can be seen by it."""
        said = self._graph.ask(queries.SHOP)
        shop = child(said.get("shop"))
        granted = {
            text(child(each).get("handle"))
            for each in children(child(said.get("currentAppInstallation")).get("accessScopes"))
        }
        for scope in SCOPES:
            if scope not in granted and scope != "read_all_orders":
                raise NeedsOwner("right_missing", what=scope, status=200)
        return Shop(
            name=text(shop.get("name")),
            url=text(child(shop.get("primaryDomain")).get("url")) or self._site,
            currency=text(shop.get("currencyCode")),
            timezone=text(shop.get("ianaTimezone")),
            id=normalise.number(shop.get("id")),
            version=self._graph.version,
            skew=self.http.skew,
            remarks=tuple(self._remarks(granted)),
        )

    def _remarks(self, granted: set[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
        if "read_all_orders" not in granted:
            yield "history_short", {"days": "60", "right": "read_all_orders"}
        if self._graph.version and self._graph.version != queries.VERSION:
            yield "version_other", {"version": self._graph.version, "wanted": queries.VERSION}
        if refusals.hides_people(self._graph.ask(queries.SAMPLE)):
            yield "people_hidden", {}
        try:
            self._graph.ask(queries.CARTS_SAMPLE)
        except NeedsOwner as error:
            if error.code != "right_missing":
                raise
            yield error.code, error.facts

    def statuses(self) -> list[Status]:
        """The platform's own; shops cannot add any."""
        return [
            Status(word, word.replace("_", " ").capitalize(), status)
            for word, status in normalise.STATUSES.items()
        ]

    @classmethod
    def usual(cls, word: str) -> OrderStatus:
        """By the platform's own table."""
        return normalise.STATUSES.get(word, OrderStatus.UNKNOWN)

    # What the shop has.

    def history(self, resource: Resource, after: Cursor | None, until: datetime) -> Iterator[Page]:
        """In bulk where there is much, if the shop does it; else by id.

        A token is fetched before the first page is asked for, by whoever asks: pages are often read ahead.
        """
        self._graph.refresh()
        return self._history(resource, after)

    def _history(self, resource: Resource, after: Cursor | None) -> Iterator[Page]:
        place = dict(after or {})
        total = self._count(resource)
        if not place and total > FEW and (started := self._start_bulk(resource)):
            place = {"bulk": started, "at": 0}
            yield Page([], place, total)
        if "bulk" in place:
            done = yield from self._from_file(resource, str(place["bulk"]), int(place["at"]), total)
            if done:
                return
            place = {}
        try:
            yield from self._by_id(resource, text(place.get("after")), total)
        except NeedsOwner as error:  # without the right to see them there are none; shop() remarks on it
            if resource is not Resource.CARTS or error.code != "right_missing":
                raise

    def _count(self, resource: Resource) -> int:
        if resource is Resource.CARTS:
            return 0
        root = _ROOTS[resource]
        return int(child(self._graph.ask(queries.count(root)).get(f"{root}Count")).get("count") or 0)

    def _by_id(self, resource: Resource, after: str, total: int) -> Iterator[Page]:
        root = _ROOTS[resource]
        query = queries.listing(root, "ID")

        def ask(count: int, behind: str) -> list[Raw]:
            words = _words(f"id:>{behind or 0}", _ALWAYS.get(resource, ""))
            rows = self._nodes(self._graph.ask(query, {"first": count, "query": words}), root)
            if rows and int(_key(rows[0])) <= int(behind or 0):
                raise NeedsOwner("odd_answer", host=self.http.base, what="the filter by id was passed over")
            return rows

        for rows in pages.by_key(ask, _key, Size(_MOST[resource]), after):
            yield Page(self._completed(resource, rows), {"after": _key(rows[-1])}, total or None)

    @staticmethod
    def _nodes(data: Mapping[str, Any], root: str) -> list[Raw]:
        return [dict(each) for each in children(child(data.get(root)).get("nodes"))]

    # In bulk.

    def _start_bulk(self, resource: Resource) -> str:
        """The id of the operation; "" where the shop does none now."""
        asked = queries.bulk(_ROOTS[resource], _ALWAYS.get(resource, ""))
        try:
            done = self._graph.change(queries.START_BULK, "bulkOperationRunQuery", {"query": asked})
        except NeedsOwner as error:
            if error.code != "odd_answer":
                raise
            return ""
        return text(child(done.get("bulkOperation")).get("id"))

    def _from_file(
        self, resource: Resource, operation: str, at: int, total: int
    ) -> Generator[Page, None, bool]:
        """All pages of the file; gives False where there is none to be had, for the walk by id."""
        state = self._await_bulk(operation)
        if state.get("status") != "COMPLETED":
            return False
        url, size = text(state.get("url")), int(state.get("fileSize") or 0)
        if not url:  # nothing was found
            return True

        def read(start: int, end: int) -> bytes:
            answer = self.http.get(url, headers={"Range": f"bytes={start}-{end - 1}"})
            return answer.body if answer.status == 206 else answer.body[start:end]

        for batch in bulk.batches(read, at, size):
            rows = [*batch.records, *self.read(resource, sorted(map(normalise.number, batch.scattered)))]
            yield Page(rows, {"bulk": operation, "at": batch.after}, total)
        return True

    def _await_bulk(self, operation: str) -> Mapping[str, Any]:
        """How it ended. Raises RetryLater while it goes on for longer than one waits."""
        began = time.monotonic()
        while True:
            state = child(self._graph.ask(queries.BULK_STATE, {"id": operation}).get("node"))
            if state.get("status") not in ("CREATED", "RUNNING", "CANCELING"):
                return state
            if time.monotonic() - began > _PATIENCE:
                raise RetryLater("preparing", after=30, count=text(state.get("objectCount")) or "0")
            time.sleep(STEP)

    # What changed, and single records.

    def changes(self, resource: Resource, since: datetime, until: datetime) -> Iterator[Page]:
        """By when they changed; carts, which show only once they were left, only where they may be seen."""
        sort = "UPDATED_AT"
        if resource is Resource.CARTS:
            sort, since = "ID", since - _LATE
        words = [f"updated_at:>='{_iso(since)}'", _ALWAYS.get(resource, "")]
        try:
            for rows in self._walk(resource, sort, words):
                yield Page(self._completed(resource, rows), {})
        except NeedsOwner as error:
            if resource is not Resource.CARTS or error.code != "right_missing":
                raise

    def _walk(
        self, resource: Resource, sort: str, words: list[str], fields: str = "", most: int = 0
    ) -> Iterator[list[Raw]]:
        """Pages of one question; behind what a list shows, a new one begins where the last ended."""
        root, size = _ROOTS[resource], Size(most or _MOST[resource])
        query = queries.listing(root, sort, fields)
        cursor: str | None = None
        seen = 0
        while True:
            asked = {"after": cursor, "query": _words(*words)}

            def ask(count: int, asked: Mapping[str, Any] = asked) -> Mapping[str, Any]:
                return self._graph.ask(query, {**asked, "first": count})

            data = pages.lighter(size, ask)
            rows, info = self._nodes(data, root), child(child(data.get(root)).get("pageInfo"))
            if rows:
                yield rows
            seen += len(rows)
            if not info.get("hasNextPage"):
                return
            if text(info.get("endCursor")) == cursor:
                raise RetryLater("loop", after=600)
            cursor = text(info.get("endCursor"))
            if seen >= _DEEP and sort == "UPDATED_AT":
                words, cursor, seen = [f"updated_at:>='{text(rows[-1]['updatedAt'])}'", *words[1:]], None, 0

    def _completed(self, resource: Resource, rows: list[Raw]) -> list[Raw]:
        """With all lines of long orders, and with the order of a checkout that was finished."""
        for raw in rows:
            if resource is Resource.ORDERS:
                self._complete_lines(raw)
            elif resource is Resource.CARTS and raw.get("completedAt"):
                raw["orderId"] = self._order_of(normalise.token_of(raw))
        return rows

    def _complete_lines(self, raw: Raw) -> None:
        info = child(child(raw.get("lineItems")).get("pageInfo"))
        while info.get("hasNextPage"):
            after = text(info.get("endCursor"))
            data = self._graph.ask(queries.MORE_LINES, {"id": raw["id"], "after": after})
            more = child(child(data.get("order")).get("lineItems"))
            raw["lineItems"]["nodes"] += children(more.get("nodes"))
            info = child(more.get("pageInfo"))
            if text(info.get("endCursor")) == after:
                raise RetryLater("loop", after=600)

    def _order_of(self, token: str) -> str:
        if not token:
            return ""
        found = self._nodes(
            self._graph.ask(queries.ORDER_OF, {"query": f"checkout_token:'{token}'"}), "orders"
        )
        return normalise.number(found[0]["id"]) if len(found) == 1 else ""

    def read(self, resource: Resource, ids: Sequence[str]) -> list[Raw]:
        """Some at a time; those that are gone are null."""
        root, most = _ROOTS[resource], _MOST[resource]
        kind = queries.TYPES[root]
        known = [each for each in ids if each.isdigit()]
        found: list[Raw] = []
        for start in range(0, len(known), most):
            asked = [f"gid://shopify/{kind}/{each}" for each in known[start : start + most]]
            nodes = children(self._graph.ask(queries.by_ids(root), {"ids": asked}).get("nodes"))
            found += [dict(each) for each in nodes if each]
        return self._completed(resource, found)

    def id_of(self, resource: Resource, raw: Raw) -> str:
        """The number at the end of the address."""
        return normalise.number(raw.get("id"))

    def shapes(self, resource: Resource, raw: Raw) -> list[Shape]:
        """Test orders make none. Checkouts come in two shapes."""
        match resource:
            case Resource.ORDERS:
                return [] if raw.get("test") else [normalise.order(raw, f"{self._site}/admin")]
            case Resource.CARTS:
                seen = webhooks.as_graphql(raw) if "line_items" in raw else raw
                return [normalise.cart(seen, self.config.currency)]
            case Resource.CUSTOMERS:
                return [normalise.customer(raw)]
            case Resource.PRODUCTS:
                return [normalise.product(raw, self.config.currency, self._site)]

    def digests(self, since: datetime, until: datetime) -> Iterator[list[Digest]]:
        """A hundred orders a request, a few fields each."""
        words = [f"processed_at:>='{_iso(since)}'", f"processed_at:<='{_iso(until)}'"]
        for rows in self._walk(Resource.ORDERS, "PROCESSED_AT", words, queries.SLIM, 100):
            found = self.digests_of(rows, normalise.digest, since)
            yield [each for each in found if since <= each.placed_at < until]

    # Webhooks.

    def verify(self, delivery: Delivery, secret: str) -> Verdict:
        """Signed with the client secret of the app, not with one that we choose."""
        own = self.config.fields.get("client_secret", "")
        return webhooks.verify(delivery, own, urlsplit(self._site).netloc)

    def events(self, delivery: Delivery) -> list[Event]:
        """A whole shop is forgotten only if the app was really taken out."""
        found = webhooks.events(delivery, is_proven=bool(self.config.fields.get("client_secret")))
        if any(isinstance(each, Privacy) and each.kind is PrivacyKind.ERASE_SHOP for each in found):
            self._expect_removed()
        return found

    def _expect_removed(self) -> None:
        try:
            self._graph.ask(queries.SHOP)
        except NeedsOwner as error:
            if error.code == "key_refused":
                return
            raise
        raise SkipRecord("still_connected")

    def subscriptions(self) -> list[Subscription]:
        """All that the shop keeps for this app."""
        found: list[Subscription] = []
        cursor: str | None = None
        while True:
            listed = child(self._graph.ask(queries.HOOKS, {"after": cursor}).get("webhookSubscriptions"))
            for each in map(child, children(listed.get("nodes"))):
                found.append(Subscription(text(each["id"]), text(each["topic"]), text(each.get("uri"))))
            info = child(listed.get("pageInfo"))
            if not info.get("hasNextPage") or text(info.get("endCursor")) == cursor:
                return found
            cursor = text(info.get("endCursor"))

    def subscribe(self, url: str, secret: str) -> None:
        """One webhook a topic; the shop deletes those that failed too often, and they are made again."""
        there = {each.topic for each in self.subscriptions() if each.url == url}
        for topic in map(webhooks.enum, webhooks.TOPICS):
            if topic not in there:
                hook = {"uri": url, "format": "JSON"}
                self._graph.change(
                    queries.MAKE_HOOK, "webhookSubscriptionCreate", {"topic": topic, "hook": hook}
                )

    def unsubscribe(self, url: str) -> None:
        """For good."""
        for each in self.subscriptions():
            if each.url == url:
                self._graph.change(queries.DROP_HOOK, "webhookSubscriptionDelete", {"id": each.id})


def _words(*parts: str) -> str:
    return " AND ".join(filter(None, parts))


def _key(raw: Raw) -> str:
    return normalise.number(raw["id"])


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

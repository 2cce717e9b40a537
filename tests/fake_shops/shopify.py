"""Shopify's Admin API, version 2026-10, as its documentation says it answers."""

import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from tests.fake_shops import graphql
from tests.fake_shops.graphql import Refused, Selection
from tests.fake_shops.server import FakeShop, Hook, Request, Response
from tests.fake_shops.world import Bought, Cart, Item, Order, Person, Stage

CLIENT, SECRET, STATIC = "client-1f2e", "shpss_" + "5e" * 16, "shpat_" + "3d" * 16
CODE = "a-code"
SCOPES = ("read_orders", "read_all_orders", "read_customers", "read_products")
VERSION = "2026-10"
_FINANCIAL = {
    Stage.UNPAID: "PENDING",
    Stage.ON_HOLD: "PENDING",
    Stage.PAID: "PAID",
    Stage.SHIPPED: "PAID",
    Stage.CANCELED: "VOIDED",
    Stage.REFUNDED: "REFUNDED",
}
_NAMES = {"order": "orders", "person": "customers", "item": "products", "cart": "checkouts"}
_EVENTS = {"created": "create", "updated": "update", "deleted": "delete"}
_SORTS = {"ID": "id", "CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt", "PROCESSED_AT": "processedAt"}
_FILTER = re.compile(r"(\w+):(>=|<=|>|<)?('[^']*'|[\w-]+)")
Rows = list[dict[str, Any]]


class Fake(FakeShop):
    """Options: ``scopes``, ``version`` (in which it answers), ``taxes_apart``, ``scatter`` (of bulk files),
    ``tests`` (ids of test orders), ``no_bulk``, ``ignore_id`` (the filter), ``hide_people``,
    ``most`` (points).
    """

    platform = "shopify"
    key = "client_secret"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tokens: dict[str, bool] = {STATIC: True}
        self.files: dict[str, bytes] = {}
        self.looks = 0
        """How often a bulk operation says that it is running."""
        self._numbers = count(1)

    def fields(self) -> dict[str, str]:
        """The app's own, by which tokens are asked for."""
        return {"client_id": CLIENT, "client_secret": SECRET}

    def expire(self) -> None:
        """All tokens that were given out are over."""
        self.tokens = {STATIC: True}

    def answer(self, request: Request) -> Response:
        """By path."""
        if request.path == "/admin/oauth/access_token":
            return self._give_token(request)
        if request.path.startswith("/files/"):
            return self._file(request)
        if request.path != f"/admin/api/{VERSION}/graphql.json":
            return Response(301, b"", {"Location": "https://elsewhere.myshopify.com/"})
        if not self.tokens.get(request.headers.get("x-shopify-access-token", "")):
            return Response.json({"errors": "[API] Invalid API key or access token"}, 401)
        asked = request.json()
        headers = {"X-Shopify-API-Version": self.options.get("version", VERSION)}
        with self.world.mutex:
            try:
                selections = graphql.parse(asked["query"], asked.get("variables") or {})
                cost = _cost(selections)
                if cost > self.options.get("most", 1000):
                    return Response.json(
                        _error("MAX_COST_EXCEEDED", f"Query cost is {cost}"), headers=headers
                    )
                data = graphql.pick(self._schema(), selections, "QueryRoot")
            except Refused as error:
                return Response.json({"errors": [{"message": str(error)}]}, headers=headers)
            except _Denied as error:
                return Response.json(
                    _error("ACCESS_DENIED", f"Access denied for {error} field."), headers=headers
                )
        left = {"maximumAvailable": 2000.0, "currentlyAvailable": 1900, "restoreRate": 100.0}
        told = {"requestedQueryCost": cost, "actualQueryCost": cost, "throttleStatus": left}
        return Response.json({"data": data, "extensions": {"cost": told}}, headers=headers)

    def _give_token(self, request: Request) -> Response:
        asked = dict(parse_qsl(request.body.decode()))
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            return Response.json({"error": "invalid_client", "error_description": "Unknown client"}, 401)
        if asked.get("grant_type") != "client_credentials" and asked.get("code") != CODE:
            return Response.json({"error": "invalid_request"}, 400)
        token = f"shpua_{next(self._numbers):032x}"
        self.tokens[token] = True
        lives = {} if "code" in asked else {"expires_in": 86399}
        return Response.json({"access_token": token, "scope": ",".join(SCOPES), **lives})

    # What can be asked.

    def _schema(self) -> dict[str, Any]:
        lists: dict[str, Callable[[], Rows]] = {
            "orders": lambda: [self._order(each) for each in self.world.present()],
            "customers": lambda: [self._customer(p) for p in self.world.people.values() if not p.is_gone],
            "products": lambda: [self._product(i) for i in self.world.items.values() if not i.is_gone],
            "abandonedCheckouts": lambda: [self._cart(c) for c in self.world.carts.values() if not c.is_gone],
        }
        return {
            "shop": {
                "id": "gid://shopify/Shop/77", "name": self.world.name, "currencyCode": self.world.currency,
                "myshopifyDomain": urlsplit(self.url).netloc, "ianaTimezone": "Europe/Lisbon",
                "primaryDomain": {"url": "https://casa.example"},
            },
            "currentAppInstallation": {
                "accessScopes": [{"handle": each} for each in self.options.get("scopes", SCOPES)]
            },
            **{name: self._connection(name, rows) for name, rows in lists.items()},
            **{f"{name}Count": _counted(rows) for name, rows in lists.items()},
            "order": lambda **asked: next(
                (row for row in lists["orders"]() if row["id"] == asked["id"]), None
            ),
            "node": self._node,
            "nodes": lambda ids: [
                next((row for rows in lists.values() for row in rows() if row["id"] == each), None)
                for each in ids
            ],
            "webhookSubscriptions": lambda **_: _connect(
                [{"id": f"gid://shopify/WebhookSubscription/{h.id}", "topic": h.topic, "uri": h.url}
                 for h in self.hooks.values() if h.is_active]
            ),
            "webhookSubscriptionCreate": self._make_hook,
            "webhookSubscriptionDelete": self._drop_hook,
            "bulkOperationRunQuery": lambda query, groupObjects: self._run_bulk(query, lists),  # noqa: N803
        }  # fmt: skip

    def _connection(self, name: str, rows: Callable[[], Rows]) -> Callable[..., Any]:
        def listed(
            first: int = 50, after: str | None = None, query: str | None = None, sortKey: str = "ID"  # noqa: N803
        ) -> dict[str, Any]:  # fmt: skip
            if name == "abandonedCheckouts" and not self.options.get("carts", True):
                raise _Denied(name)
            if name == "abandonedCheckouts" and sortKey == "UPDATED_AT":
                raise Refused("Argument 'sortKey' has an invalid value (UPDATED_AT)")
            if not 1 <= first <= 250:
                raise Refused("first must be at most 250")
            found = [row for row in rows() if self._is_wanted(name, row, query or "")]
            sort = _SORTS[sortKey]
            found.sort(key=lambda row: (row[sort] if sort != "id" else 0, _number(row["id"])))
            return _connect(found, first, int(after or 0))

        return listed

    def _is_wanted(self, name: str, row: dict[str, Any], query: str) -> bool:
        """Products that are not active are told only when asked for; unknown filters are passed over."""
        statuses = re.findall(r"status:(\w+)", query) or ["active"]
        if name == "products" and row["status"].lower() not in statuses:
            return False
        for field, sign, said in _FILTER.findall(query):
            asked = said.strip("'")
            if field == "id" and self.options.get("ignore_id"):
                continue
            values: dict[str, Any] = {
                "id": _number(row["id"]), "created_at": row.get("createdAt"),
                "updated_at": row.get("updatedAt"),
                "processed_at": row.get("processedAt"), "checkout_token": row.get("checkoutToken"),
            }  # fmt: skip
            if field not in values:
                continue
            value, other = values[field], int(asked) if field == "id" else asked
            if not {">=": value >= other, "<=": value <= other, ">": value > other, "<": value < other,
                    "": value == other}[sign]:  # fmt: skip
                return False
        return True

    # Bulk operations.

    def _run_bulk(self, query: str, lists: Mapping[str, Callable[[], Rows]]) -> dict[str, Any]:
        if self.options.get("no_bulk"):
            refused = {
                "field": None,
                "message": "A bulk query operation for this app and shop is already running",
            }
            return {"bulkOperation": None, "userErrors": [refused]}
        (asked,) = graphql.parse(query, {})
        rows = [
            row
            for row in lists[asked.name]()
            if self._is_wanted(asked.name, row, asked.arguments.get("query", ""))
        ]
        node = asked.inner[0].inner[0]
        nested = [each.name for each in node.inner if each.inner and each.inner[0].name == "edges"]
        lines: list[bytes] = []
        strays: list[bytes] = []
        for row in sorted(rows, key=lambda row: _number(row["id"])):
            plain = [each for each in node.inner if each.name not in nested]
            lines.append(orjson.dumps(graphql.pick(row, plain, asked.name)))
            for name in nested:
                inner = next(each for each in node.inner if each.name == name).inner[0].inner[0].inner
                for part in row[name](first=10_000)["nodes"]:
                    made = orjson.dumps({**graphql.pick(part, inner, name), "__parentId": row["id"]})
                    (
                        strays if self.options.get("scatter") and _number(row["id"]) % 50 == 0 else lines
                    ).append(made)
        number = f"gid://shopify/BulkOperation/{next(self._numbers)}"
        self.files[number] = b"\n".join([*lines, *strays]) + b"\n" if lines else b""
        return {"bulkOperation": {"id": number, "status": "CREATED"}, "userErrors": []}

    def _node(self, id: str) -> dict[str, Any] | None:  # noqa: A002
        body = self.files.get(id)
        if body is None:
            return None
        is_running, self.looks = self.looks > 0, max(self.looks - 1, 0)
        url = f"{self.url}/files/{_number(id)}?Expires=9&Signature=s3cret"
        return {
            "__typename": "BulkOperation", "id": id, "errorCode": None,
            "status": "RUNNING" if is_running else self.options.get("bulk_ends", "COMPLETED"),
            "url": url if body and not is_running else None,
            "fileSize": str(len(body)), "objectCount": str(body.count(b"\n")),
        }  # fmt: skip

    def _file(self, request: Request) -> Response:
        """Parts of it, by the header Range; the token has no business here."""
        if "x-shopify-access-token" in request.headers:
            return Response(400, b"", {})
        body = self.files[f"gid://shopify/BulkOperation/{request.path.rpartition('/')[2]}"]
        start, end = map(int, request.headers["range"].removeprefix("bytes=").split("-"))
        if self.options.get("no_ranges"):
            return Response(200, body, {"Content-Type": "application/jsonl"})
        return Response(206, body[start : end + 1], {"Content-Type": "application/jsonl"})

    # Webhooks.

    def _make_hook(self, topic: str, webhookSubscription: dict[str, str]) -> dict[str, Any]:  # noqa: N803
        number = max(self.hooks, default=0) + 1
        self.hooks[number] = Hook(number, topic, webhookSubscription["uri"])
        return {"userErrors": []}

    def _drop_hook(self, id: str) -> dict[str, Any]:  # noqa: A002
        del self.hooks[_number(id)]
        return {"userErrors": []}

    def deliveries(self, what: str, event: str, number: int) -> Iterator[tuple[Hook, bytes, dict[str, str]]]:
        """The record in the older shape, signed in base64."""
        name = _NAMES[what]
        word = "updated" if name == "orders" and event == "updated" else _EVENTS[event]
        body = orjson.dumps(self.checkout(self.world.carts[number]) if what == "cart" else {"id": number})
        for hook in list(self.hooks.values()):
            if hook.topic == f"{name}_{word}".upper():
                yield hook, body, self.signed(f"{name}/{word}", body)

    def signed(self, topic: str, body: bytes) -> dict[str, str]:
        """The headers of a delivery."""
        return {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode(),
            "X-Shopify-Shop-Domain": urlsplit(self.url).netloc,
            "X-Shopify-API-Version": VERSION,
            "X-Shopify-Webhook-Id": f"{next(self._numbers):036x}",
        }

    def checkout(self, cart: Cart) -> dict[str, Any]:
        """A checkout as webhooks tell it, in the time of the shop."""
        person = cart.person
        return {
            "id": cart.id, "token": self.cart_key(cart.id), "email": person.email, "phone": None,
            "currency": cart.currency, "total_price": f"{_sum(cart.bought):.2f}",
            "created_at": cart.started_at.isoformat(), "updated_at": cart.updated_at.isoformat(),
            "completed_at": cart.updated_at.isoformat() if cart.order_id else None,
            "abandoned_checkout_url": f"{self.url}/77/checkouts/ac/{self.cart_key(cart.id)}/recover?key=1",
            "buyer_accepts_marketing": False, "customer_locale": "pt-PT",
            "customer": {"id": person.id, "email": person.email, "first_name": person.first_name,
                         "last_name": person.last_name},
            "line_items": [
                {"product_id": b.item.id, "variant_id": b.item.id, "title": b.item.name, "sku": b.item.sku,
                 "quantity": b.quantity, "price": f"{b.price:.2f}"}
                for b in cart.bought
            ],
        }  # fmt: skip

    # Records.

    def cart_key(self, number: int) -> str:
        """The token of a checkout."""
        return f"{number:032x}"

    def _money(self, amount: Decimal) -> dict[str, Any]:
        money = {"amount": f"{amount:.2f}".rstrip("0"), "currencyCode": self.world.currency}
        return {"shopMoney": money, "presentmentMoney": {"amount": "1.0", "currencyCode": "JPY"}}

    def _order(self, order: Order) -> dict[str, Any]:
        """A canceled order of this shop keeps its lines; a test order looks like any other."""
        financial = _FINANCIAL[order.stage]
        if order.refunds and financial == "PAID":
            financial = "PARTIALLY_REFUNDED"
        paid = [_transaction(order, "SALE", order.paid_at)] if order.paid_at else []
        address = _address(order.person)
        return {
            "__typename": "Order",
            "id": f"gid://shopify/Order/{order.id}", "legacyResourceId": str(order.id),
            "name": f"#{order.number}",
            "checkoutToken": self.cart_key(order.cart_id),
            "createdAt": _at(order.placed_at), "processedAt": _at(order.placed_at),
            "updatedAt": _at(order.updated_at),
            "cancelledAt": _at(order.canceled_at) if order.stage is Stage.CANCELED else None,
            "test": order.id in self.options.get("tests", ()),
            "displayFinancialStatus": financial,
            "displayFulfillmentStatus": "FULFILLED" if order.shipped_at else "UNFULFILLED",
            "currencyCode": order.currency, "taxesIncluded": not self.options.get("taxes_apart"),
            "totalPriceSet": self._money(order.total),
            "totalDiscountsSet": self._money(order.discount),
            "totalShippingPriceSet": self._money(order.shipping),
            "totalTaxSet": self._money(order.tax),
            "totalRefundedSet": self._money(order.refunded),
            "discountCodes": [order.coupon] if order.coupon else [],
            "shippingLine": {"title": order.shipping_method, "code": "std", "taxLines": [],
                             "discountedPriceSet": self._money(order.shipping)} if order.shipping else None,
            "paymentGatewayNames": [] if order.stage is Stage.UNPAID else ["shopify_payments"],
            "email": order.person.email, "phone": None, "customerLocale": "pt-PT",
            "customerAcceptsMarketing": bool(order.person.accepts), "sourceName": "web",
            "tags": list(order.person.tags),
            "customer": self._customer(order.person) if order.person.id else None,
            "billingAddress": address, "shippingAddress": address,
            "transactions": paid,
            "fulfillments": [{"createdAt": _at(order.shipped_at), "status": "SUCCESS"}]
            if order.shipped_at else [],
            "refunds": [
                {"id": f"gid://shopify/Refund/{r.id}", "createdAt": _at(r.at), "note": r.reason,
                 "totalRefundedSet": self._money(r.amount)} for r in order.refunds
            ],
            "lineItems": lambda first=10, after=None: _connect(
                [self._line(order.id * 100 + n, each) for n, each in enumerate(order.bought)],
                first, int(after or 0),
            ),
        }  # fmt: skip

    def _line(self, number: int, line: Bought) -> dict[str, Any]:
        item, cut = line.item, (line.before - line.price) * line.quantity
        return {
            "id": f"gid://shopify/LineItem/{number}", "name": item.name, "title": item.name, "sku": item.sku,
            "quantity": line.quantity, "originalUnitPriceSet": self._money(line.before),
            "discountAllocations": [{"allocatedAmountSet": self._money(cut)}] if cut else [],
            "taxLines": [], "variant": {"id": f"gid://shopify/ProductVariant/{item.id}"},
            "product": self._product(item), "image": {"url": item.image},
            "discountedTotalPriceSet": self._money(line.total),
        }  # fmt: skip

    def _cart(self, cart: Cart) -> dict[str, Any]:
        return {
            "__typename": "AbandonedCheckout",
            "id": f"gid://shopify/AbandonedCheckout/{cart.id}",
            "abandonedCheckoutUrl": f"{self.url}/77/checkouts/ac/{self.cart_key(cart.id)}/recover?key=1",
            "createdAt": _at(cart.started_at), "updatedAt": _at(cart.updated_at),
            "completedAt": _at(cart.updated_at) if cart.order_id else None,
            "customer": self._customer(cart.person),
            "billingAddress": None, "shippingAddress": _address(cart.person),
            "totalPriceSet": self._money(_sum(cart.bought)),
            "lineItems": lambda first=10, after=None: _connect(
                [self._line(cart.id * 100 + n, each) for n, each in enumerate(cart.bought)], first
            ),
        }  # fmt: skip

    def _customer(self, person: Person) -> dict[str, Any]:
        hidden = bool(self.options.get("hide_people"))
        state = {True: "SUBSCRIBED", False: "UNSUBSCRIBED", None: "PENDING"}[person.accepts]
        email = {
            "emailAddress": person.email,
            "marketingState": state,
            "marketingUpdatedAt": _at(person.accepts_at),
        }
        return {
            "__typename": "Customer",
            "id": f"gid://shopify/Customer/{person.id}",
            "firstName": None if hidden else person.first_name,
            "lastName": None if hidden else person.last_name,
            "locale": "pt-PT", "tags": list(person.tags), "createdAt": _at(person.created_at),
            "updatedAt": _at(person.updated_at),
            "defaultEmailAddress": None if hidden else email, "defaultPhoneNumber": None,
            "defaultAddress": _address(person),
        }  # fmt: skip

    def _product(self, item: Item) -> dict[str, Any]:
        price = {"amount": f"{item.price:.2f}", "currencyCode": self.world.currency}
        variants = [{"id": f"gid://shopify/ProductVariant/{item.id}", "sku": item.sku}]
        return {
            "__typename": "Product",
            "id": f"gid://shopify/Product/{item.id}", "legacyResourceId": str(item.id), "title": item.name,
            "handle": f"item-{item.id}", "descriptionHtml": f"<p>{item.name}</p>", "vendor": "Casa",
            "productType": item.category if item.id % 2 else "", "category": {"name": item.category},
            "tags": [], "status": ("ACTIVE", "DRAFT", "ARCHIVED")[item.id % 3],
            "createdAt": _at(item.updated_at),
            "updatedAt": _at(item.updated_at), "onlineStoreUrl": None,
            "featuredMedia": {"preview": {"image": {"url": item.image}}},
            "priceRangeV2": {"minVariantPrice": price},
            "variants": lambda first=10, after=None: _connect(variants, first),
        }  # fmt: skip


class _Denied(Exception):
    """A right is missing for this field."""


def _cost(asked: list[Selection]) -> int:
    """What is requested: a list as often as it may have records."""
    total = 0
    for each in asked:
        most = each.arguments.get("first")
        inner = _cost(each.inner)
        total += int(most) * (1 + inner // 20) if isinstance(most, int) else inner + (1 if each.inner else 0)
    return total


def _connect(rows: Rows, first: int = 100, start: int = 0) -> dict[str, Any]:
    end = start + first
    return {"nodes": rows[start:end], "pageInfo": {"hasNextPage": end < len(rows), "endCursor": str(end)}}


def _counted(rows: Callable[[], Rows]) -> Callable[..., Any]:
    return lambda **_: {"count": min(len(rows()), 10_000), "precision": "EXACT"}


def _transaction(order: Order, kind: str, at: datetime | None) -> dict[str, Any]:
    gid = f"gid://shopify/OrderTransaction/{order.id}"
    return {"id": gid, "kind": kind, "status": "SUCCESS", "processedAt": _at(at)}


def _address(person: Person) -> dict[str, Any]:
    return {
        "firstName": person.first_name, "lastName": person.last_name, "company": person.company or None,
        "phone": person.phone or None,
    }  # fmt: skip


def _sum(bought: list[Bought]) -> Decimal:
    return sum((each.total for each in bought), Decimal(0))


def _number(gid: str) -> int:
    return int(gid.rpartition("/")[2])


def _at(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _error(code: str, message: str) -> dict[str, Any]:
    return {"data": None, "errors": [{"message": message, "path": ["x"], "extensions": {"code": code}}]}

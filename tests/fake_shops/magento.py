"""Magento Open Source 2.4.7, its REST V1 as real servers were seen to answer."""

import hmac
import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

from tests.fake_shops.server import FakeShop, Request, Response
from tests.fake_shops.world import Bought, Cart, Item, Order, Person, Stage, World

KEYS = {
    "consumer_key": "c1" * 16,
    "consumer_secret": "c2" * 16,
    "access_token": "a3" * 16,
    "access_token_secret": "a4" * 16,
}
API = "/rest/all/V1/"
STATES = {
    Stage.UNPAID: ("new", "pending"),
    Stage.ON_HOLD: ("holded", "holded"),
    Stage.PAID: ("processing", "processing"),
    Stage.SHIPPED: ("complete", "complete"),
    Stage.CANCELED: ("canceled", "canceled"),
    Stage.REFUNDED: ("closed", "closed"),
}
_ACL = {"orders": "Magento_Sales::actions_view", "creditmemos": "Magento_Sales::sales_creditmemo"}
_FILTER = re.compile(r"searchCriteria\[filter_groups\]\[(\d+)\]\[filters\]\[(\d+)\]\[(\w+)\]")
_SORT = re.compile(r"searchCriteria\[sortOrders\]\[(\d+)\]\[(\w+)\]")
_GUESTS = 0
_CENT = Decimal("0.01")
Row = dict[str, Any]


class Fake(FakeShop):
    """Options: ``bearer`` (tokens are taken alone), ``denied`` (a path that the integration may not read),
    ``most`` (records of a page), ``ahead`` (seconds that the shop's clock is ahead), ``broken`` (ids of
    orders that make every list fail which has one of them)."""

    platform = "magento"
    prices_carts_late = True

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        self._nonces: set[str] = set()
        self.broken: set[int] = set(options.get("broken", ()))
        self._made: dict[int, tuple[Any, Row]] = {}

    def fields(self) -> dict[str, str]:
        """All four values of the integration."""
        return dict(KEYS)

    def answer(self, request: Request) -> Response:
        """By path."""
        if request.path == "/magento_version":
            return Response(200, b"Magento/2.4 (Community)", {"Content-Type": "text/plain"})
        if not request.path.startswith(API):
            return Response.html("404 Not Found", 404)
        if refused := self._refusal(request):
            return refused
        path = request.path.removeprefix(API)
        if path == self.options.get("denied"):
            return _unauthorised(_ACL.get(path, "Magento_Backend::store"))
        with self.world.mutex:
            if path == "store/storeConfigs":
                return Response.json([self._view(0, "admin"), self._view(1, "default")])
            if path == "store/websites":
                return Response.json([{"id": 0, "name": "Admin"}, {"id": 1, "name": self.world.name}])
            if match := re.fullmatch(r"carts/(\d+)/totals", path):
                return self._totals(int(match[1]))
            lists = self._lists()
            if path in lists:
                return self._list(lists[path], request)
        return _error(404, "Request does not match any route.")

    def _view(self, number: int, code: str) -> Row:
        return {
            "id": number, "code": code, "website_id": number, "locale": "pt_PT",
            "base_currency_code": self.world.currency, "timezone": "Europe/Lisbon",
            "default_display_currency_code": self.world.currency,
            "base_url": f"{self.url}/", "secure_base_url": f"{self.url}/",
            "base_media_url": f"{self.url}/media/", "secure_base_media_url": f"{self.url}/media/",
        }  # fmt: skip

    # Keys.

    def _refusal(self, request: Request) -> Response | None:
        given = request.headers.get("authorization", "")
        if given.startswith("Bearer "):
            right = self.options.get("bearer") and given == f"Bearer {KEYS['access_token']}"
            return None if right else _unauthorised("Magento_Sales::actions_view")
        parts = dict(re.findall(r'(\w+)="([^"]*)"', given.removeprefix("OAuth ")))
        said = {name: unquote(value) for name, value in parts.items()}
        if said.get("oauth_consumer_key") != KEYS["consumer_key"]:
            return _problem("consumer_key_rejected")
        if said.get("oauth_token") != KEYS["access_token"]:
            return _problem("token_rejected")
        if abs(time.time() + self.options.get("ahead", 0) - int(said["oauth_timestamp"])) > 600:
            return _problem("timestamp_refused")
        if said["oauth_nonce"] in self._nonces:
            return _problem("nonce_used")
        self._nonces.add(said["oauth_nonce"])
        return None if _is_signed(request, said) else _problem("signature_invalid")

    def respond(self, request: Request) -> Response:
        """With the clock of the shop."""
        response = super().respond(request)
        if ahead := self.options.get("ahead"):
            at = datetime.fromtimestamp(time.time() + ahead, UTC)
            response.headers["Date"] = at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return response

    # Lists.

    def _list(self, rows: Callable[[], Iterable[Row]], request: Request) -> Response:
        if not any(name.startswith("searchCriteria") for name, _ in request.query):
            return _error(400, '"%fieldName" is required. Enter and try again.')
        count = int(request.get("searchCriteria[pageSize]") or 1_000_000)
        if count > self.options.get("most", 300):
            return _error(400, "Maximum SearchCriteria pageSize is %max")
        try:
            found = _sorted(_filtered(list(rows()), request), request)
        except KeyError:
            return _error(500, "Internal Error. Details are available in Magento log file.")
        page = max(int(request.get("searchCriteria[currentPage]") or 1), 1)
        last = max(-(-len(found) // count), 1)
        start = (min(page, last) - 1) * count  # behind the last page stands the last page again
        shown: list[Row] | None = found[start : start + count]
        if any(row.get("increment_id") and row["entity_id"] in self.broken for row in shown or []):
            return _error(500, "Internal Error. Details are available in Magento log file. Report ID: x")
        if fields := request.get("fields"):
            wanted = _wanted(fields)
            shown = [{k: v for k, v in row.items() if k in wanted} for row in shown or []] or None
        return Response.json({"items": shown, "search_criteria": {}, "total_count": len(found)})

    def _lists(self) -> dict[str, Callable[[], Iterable[Row]]]:
        return {
            "orders": lambda: map(self._remembered, self.world.present()),
            "invoices": self._invoices,
            "creditmemos": self._creditmemos,
            "shipments": self._shipments,
            "customers/search": lambda: [
                self._customer(p) for p in self.world.people.values() if not p.is_gone
            ],
            "customerGroups/search": lambda: [
                {"id": number, "customer_group_id": number, "code": code, "entity_id": number}
                for number, code in enumerate(("NOT LOGGED IN", "General", "vip"))
            ],
            "products": lambda: [self._product(i) for i in self.world.items.values() if not i.is_gone],
            "categories/list": lambda: [
                {"id": number, "entity_id": number, "name": name}
                for name, number in self._categories().items()
            ],
            "carts/search": lambda: [self._cart(c) for c in self.world.carts.values()],
        }

    def _categories(self) -> dict[str, int]:
        names = sorted({item.category for item in self.world.items.values()})
        return {"Default Category": 2} | {name: number for number, name in enumerate(names, 3)}

    # Sales.

    def _remembered(self, order: Order) -> Row:
        """The row of an order as it is now; made anew only when the order changed."""
        state = (order.updated_at, order.stage, len(order.refunds))
        known = self._made.get(order.id)
        if known is None or known[0] != state:
            known = self._made[order.id] = (state, self._order(order))
        return known[1]

    def _order(self, order: Order) -> Row:
        person, (state, status) = order.person, STATES[order.stage]
        with_tax = sum((line.before * line.quantity for line in order.bought), Decimal(0))
        row = {
            "entity_id": order.id,
            "increment_id": f"{order.number:0>9}",
            "state": state,
            "status": status,
            "store_id": 1,
            "created_at": _at(order.placed_at),
            "updated_at": _at(order.updated_at),
            "base_currency_code": order.currency,
            "order_currency_code": order.currency,
            "grand_total": float(order.total),
            "subtotal_incl_tax": float(with_tax),
            "tax_amount": float(order.tax),
            "discount_amount": -float(order.discount),
            "coupon_code": order.coupon or None,
            "shipping_amount": float(order.shipping),
            "shipping_incl_tax": float(order.shipping),
            "shipping_discount_amount": 0,
            "shipping_description": order.shipping_method,
            "total_paid": float(order.total) if order.paid_at else None,
            "total_refunded": float(order.refunded) if order.refunds else None,
            "customer_is_guest": int(person.id == _GUESTS),
            "customer_id": person.id or None,
            "customer_email": person.email,
            "customer_firstname": person.first_name if person.id else None,
            "customer_lastname": person.last_name if person.id else None,
            "customer_group_id": 0 if not person.id else 2 if person.tags else 1,
            "quote_id": order.cart_id % 5_000_000,
            "billing_address": _address(person),
            "payment": {"method": "checkmo", "additional_information": ["Check / Money order"]},
            "items": [row for index, line in enumerate(order.bought) for row in _lines(order, index, line)],
            "status_histories": [],
            "extension_attributes": {
                "shipping_assignments": [{"shipping": {"address": _address(person)}, "items": []}]
            },
        }
        return {name: value for name, value in row.items() if value is not None}

    def _invoices(self) -> Iterable[Row]:
        for order in self.world.present():
            if order.paid_at:
                at = _at(order.paid_at)
                yield {"entity_id": order.id, "order_id": order.id, "state": 2, "created_at": at}

    def _shipments(self) -> Iterable[Row]:
        for order in self.world.present():
            if order.shipped_at:
                yield {"entity_id": order.id, "order_id": order.id, "created_at": _at(order.shipped_at)}

    def _creditmemos(self) -> Iterable[Row]:
        for order in self.world.present():
            for refund in order.refunds:
                yield {
                    "entity_id": refund.id, "order_id": order.id, "state": 2, "created_at": _at(refund.at),
                    "grand_total": float(refund.amount), "comments": [{"comment": refund.reason}],
                }  # fmt: skip

    # People, catalogue, carts.

    def _customer(self, person: Person) -> Row:
        told = {} if person.accepts is None else {"is_subscribed": person.accepts}
        return {
            "id": person.id,
            "entity_id": person.id,
            "group_id": 2 if person.tags else 1,
            "email": person.email,
            "firstname": person.first_name,
            "lastname": person.last_name,
            "created_at": _at(person.created_at),
            "updated_at": _at(person.updated_at),
            "addresses": [_address(person) | {"default_billing": True}],
            "extension_attributes": told,
        }

    def _product(self, item: Item) -> Row:
        linked = [2, self._categories()[item.category]]
        return {
            "id": item.id,
            "entity_id": item.id,
            "sku": item.sku,
            "name": item.name,
            "price": float(item.price),
            "status": 1,
            "visibility": 4,
            "type_id": "simple",
            "created_at": _at(item.updated_at),
            "updated_at": _at(item.updated_at),
            "media_gallery_entries": [
                {"id": item.id, "media_type": "image", "position": 1, "disabled": False,
                 "types": ["image"], "file": f"/l/a/{item.id}.jpg"}
            ],
            "extension_attributes": {
                "category_links": [{"position": 0, "category_id": str(each)} for each in linked]
            },
            "custom_attributes": [
                {"attribute_code": "url_key", "value": f"item-{item.id}"},
                {"attribute_code": "short_description", "value": f"<p>{item.name}</p>"},
            ],
        }  # fmt: skip

    def _cart(self, cart: Cart) -> Row:
        person = cart.person
        return {
            "id": cart.id,
            "entity_id": cart.id,
            "created_at": _at(cart.started_at),
            "updated_at": _at(cart.updated_at),
            "is_active": int(not cart.order_id and not cart.is_gone),
            "items_count": len(cart.bought),
            "store_id": 1,
            "customer_is_guest": int(person.id == _GUESTS),
            "currency": {"quote_currency_code": cart.currency},
            "customer": {"id": person.id, "email": person.email, "firstname": person.first_name}
            if person.id
            else {"email": None},
            "billing_address": {"email": person.email, "telephone": person.phone or None},
            "items": [
                {"item_id": cart.id * 10 + index, "sku": each.item.sku, "qty": each.quantity,
                 "name": each.item.name, "price": float(each.before / Decimal("1.23")),
                 "product_type": "simple"}
                for index, each in enumerate(cart.bought)
            ],
        }  # fmt: skip

    def _totals(self, number: int) -> Response:
        cart = self.world.carts.get(number)
        if cart is None:
            return _error(404, "No such entity with %fieldName = %fieldValue")
        total = sum((each.total for each in cart.bought), Decimal(0))
        items = [
            {"item_id": cart.id * 10 + index, "row_total_incl_tax": float(each.total), "discount_amount": 0}
            for index, each in enumerate(cart.bought)
        ]
        return Response.json({"grand_total": float(total), "items": items})


def _lines(order: Order, index: int, line: Bought) -> list[Row]:
    """Every second line is a variant: two rows, of which one counts."""
    number, before = order.id * 10 + index * 2, line.before * line.quantity
    cut = before - line.total
    net = (before / Decimal("1.23")).quantize(_CENT)
    tax = (line.total * 23 / 123).quantize(_CENT)
    row = {
        "item_id": number,
        "order_id": order.id,
        "product_id": line.item.id,
        "product_type": "configurable" if index else "simple",
        "sku": line.item.sku,
        "name": line.item.name,
        "qty_ordered": line.quantity,
        "price": float(net / line.quantity),
        "row_total": float(net),
        "row_total_incl_tax": float(before),
        "discount_amount": float(cut),
        "tax_amount": float(tax),
        "discount_tax_compensation_amount": float(line.total - net - tax + cut),
    }
    if not index:
        return [row]
    child = {
        "item_id": number + 1, "parent_item_id": number, "product_id": line.item.id + 900,
        "product_type": "simple", "sku": line.item.sku, "name": f"{line.item.name}-M",
        "qty_ordered": line.quantity, "price": 0, "row_total": 0, "discount_amount": 0,
        "parent_item": dict(row),
    }  # fmt: skip
    return [row, child]


def _address(person: Person) -> Row:
    row = {
        "firstname": person.first_name, "lastname": person.last_name, "company": person.company or None,
        "telephone": person.phone or None, "email": person.email, "country_id": "PT", "street": ["Rua 1"],
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def _at(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _wanted(fields: str) -> set[str]:
    """The names directly in items[…]: what they hold is shown whole."""
    inner = fields.removeprefix("items[").rpartition("]")[0]
    while "[" in inner:
        inner = re.sub(r"\[[^\[\]]*\]", "", inner)
    return set(inner.split(","))


def _error(status: int, message: str) -> Response:
    return Response.json({"message": message}, status)


def _unauthorised(resource: str) -> Response:
    message = "The consumer isn't authorized to access %resources."
    return Response.json({"message": message, "parameters": {"resources": resource}}, 401)


def _problem(name: str) -> Response:
    return Response.json({"message": f"oauth_problem={name}"}, 401)


def _is_signed(request: Request, said: dict[str, str]) -> bool:
    """Magento reads the query by rawurldecode: a ``+`` is a plus there."""
    if said.get("oauth_signature_method") != "HMAC-SHA256":
        return False
    query = [tuple(map(unquote, pair.split("=", 1))) for pair in request.raw_query.split("&") if pair]
    signed = [*query, *((k, v) for k, v in said.items() if k != "oauth_signature")]
    pairs = sorted((quote(k, safe="-._~"), quote(v, safe="-._~")) for k, v in signed)
    joined = "&".join(f"{k}={v}" for k, v in pairs)
    base = f"{request.method}&{quote(request.url, safe='-._~')}&{quote(joined, safe='-._~')}"
    key = f"{KEYS['consumer_secret']}&{KEYS['access_token_secret']}"
    made = b64encode(hmac.digest(key.encode(), base.encode(), "sha256")).decode()
    return hmac.compare_digest(made, said.get("oauth_signature", ""))


def _filtered(rows: list[Row], request: Request) -> list[Row]:
    """Groups must all hold, of each group one filter; an unknown field raises KeyError."""
    groups: dict[str, dict[str, dict[str, str]]] = {}
    for name, value in request.query:
        if match := _FILTER.fullmatch(name):
            groups.setdefault(match[1], {}).setdefault(match[2], {})[match[3]] = value
    for group in groups.values():
        fits = [_fitting(each) for each in group.values()]
        rows = [row for row in rows if any(fit(row) for fit in fits)]
    return rows


def _fitting(said: dict[str, str]) -> Callable[[Row], bool]:
    field, kind, value = said["field"], said.get("condition_type", "eq"), said["value"]
    if kind == "nin":
        barred = set(value.split(","))
        return lambda row: str(row[field]) not in barred
    if kind in ("eq", "in"):
        wanted = set(value.split(",")) if kind == "in" else {value}
        return lambda row: str(row[field]) in wanted
    number = int(value) if value.isdigit() else None

    def measured(row: Row) -> Any:
        return int(row[field]) if number is not None else str(row[field])

    against: Any = value if number is None else number
    tests: dict[str, Callable[[Row], bool]] = {
        "gt": lambda row: measured(row) > against,
        "gteq": lambda row: measured(row) >= against,
        "lt": lambda row: measured(row) < against,
        "lteq": lambda row: measured(row) <= against,
    }
    return tests[kind]


def _sorted(rows: list[Row], request: Request) -> list[Row]:
    """Falling, unless it is said otherwise; without a sort in no order to be relied on."""
    sorts: dict[str, dict[str, str]] = {}
    for name, value in request.query:
        if match := _SORT.fullmatch(name):
            sorts.setdefault(match[1], {})[match[2]] = value
    if not sorts:
        return rows[::-1]
    for said in reversed([sorts[index] for index in sorted(sorts)]):
        falling = said.get("direction", "DESC") == "DESC"
        rows = sorted(rows, key=lambda row, field=said["field"]: row[field], reverse=falling)  # type: ignore[misc]
    return rows

"""Nuvemshop, API version 2025-03, as its documentation and those who use it say it answers."""

import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from tests.fake_shops.server import FakeShop, Hook, Request, Response
from tests.fake_shops.world import Bought, Cart, Item, Order, Person, Stage

STORE, TOKEN, SECRET, APP = "5500123", "t0ken" + "7f" * 16, "s3cret" + "c0" * 16, "1234"
CODE = "a-code-for-five-minutes"
_STATES = {
    Stage.UNPAID: ("open", "pending", None),
    Stage.ON_HOLD: ("open", "pending", "offline"),
    Stage.PAID: ("open", "paid", "nuvem_pago"),
    Stage.SHIPPED: ("closed", "paid", "nuvem_pago"),
    Stage.CANCELED: ("cancelled", "voided", "nuvem_pago"),
    Stage.REFUNDED: ("open", "refunded", "nuvem_pago"),
}
_HIDDEN = ("abandoned", "refunded", "voided")
_NAMES = {"order": "order", "person": "customer", "item": "product"}


class Fake(FakeShop):
    """Options: ``cap`` (how many orders a question shows), ``any_is_all`` (the filter hides nothing)."""

    platform = "nuvemshop"
    currency = "BRL"
    country = "BR"
    language = "pt"
    tells_refunds = False
    shares_discounts = True

    def fields(self) -> dict[str, str]:
        """The token of an installed app, with the app's secret."""
        return {
            "store_id": STORE, "access_token": TOKEN, "client_secret": SECRET, "app_id": APP,
            "api_url": self.url,
        }  # fmt: skip

    def answer(self, request: Request) -> Response:
        """By path."""
        if request.path == "/apps/authorize/token":
            return _exchange(request)
        if not request.headers.get("user-agent", "").endswith(")"):
            return _error(400, "Bad Request", "User-Agent must say who you are")
        start = f"/2025-03/{STORE}/"
        if not request.path.startswith(start):
            return _error(404, "Not Found", "")
        if request.headers.get("authentication") != f"bearer {TOKEN}":
            return _error(401, "Unauthorized", "Invalid access token")
        name, *rest = request.path.removeprefix(start).split("/")
        with self.world.mutex:
            if name == "store":
                return self._limited(Response.json(self._store()))
            if name == "webhooks":
                return self._webhooks(request, rest)
            rows = self._rows(name)
            if rows is None:
                return _error(404, "Not Found", "")
            if rest:
                found = next((row for row in rows if str(row["id"]) == rest[0]), None)
                return Response.json(found) if found else _error(404, "Not Found", f"{name} not found")
            return self._list(name, rows, request)

    def _limited(self, response: Response) -> Response:
        response.headers |= {
            "x-rate-limit-limit": "40", "x-rate-limit-remaining": "39", "x-rate-limit-reset": "500",
        }  # fmt: skip
        return response

    def _store(self) -> dict[str, Any]:
        return {
            "id": int(STORE), "name": {self.language: self.world.name}, "country": self.country,
            "main_currency": self.world.currency, "main_language": self.language, "admin_language": "es",
            "domains": ["loja.example"], "original_domain": "loja.lojavirtualnuvem.example",
        }  # fmt: skip

    # Lists.

    def _rows(self, name: str) -> list[dict[str, Any]] | None:
        """Newest first, as the platform always sorts."""
        world = self.world
        made: dict[str, Callable[[], list[dict[str, Any]]]] = {
            "orders": lambda: [self._order(each) for each in world.present()],
            "customers": lambda: [_customer(p) for p in world.people.values() if not p.is_gone],
            "products": lambda: [self._product(i) for i in world.items.values() if not i.is_gone],
            "checkouts": lambda: [self._cart(c) for c in world.carts.values() if not c.order_id],
        }
        if name not in made:
            return None
        return sorted(made[name](), key=lambda row: (row["created_at"], row["id"]), reverse=True)

    def _list(self, name: str, rows: list[dict[str, Any]], request: Request) -> Response:
        count, page = int(request.get("per_page", "30")), int(request.get("page", "1"))
        fields = request.get("fields").split(",") if request.get("fields") else None
        if not 1 <= count <= 200:
            return Response.json({"per_page": ["must be at most 200"]}, 422)
        if fields and set(fields) - set(self._known(name)):
            return Response.json({"fields": ["contains unknown fields"]}, 422)
        try:
            found = [row for row in rows if self._is_wanted(name, row, request)]
        except ValueError:
            return Response.json({"date": ["is not a valid date"]}, 422)
        shown = found[: int(self.options.get("cap", 10_000))] if name == "orders" else found
        some = shown[(page - 1) * count : page * count]
        if not some:
            last = -(-len(shown) // count)
            return _error(404, "Not Found", f"Last page is {last}")
        slim = [{k: v for k, v in row.items() if fields is None or k in fields} for row in some]
        headers = {"x-total-count": str(len(found)), "x-main-language": self.language}
        if page * count < len(shown):
            headers["Link"] = f'<{request.url}?page={page + 1}&per_page={count}>; rel="next"'
        return self._limited(Response.json(slim, headers=headers))

    def _known(self, name: str) -> list[str]:
        rows = self._rows(name)
        return list(rows[0]) if rows else ["id", "token", "created_at"]

    def _is_wanted(self, name: str, row: dict[str, Any], request: Request) -> bool:
        """Checkouts know no lower bound: what they do not know is passed over without a word."""
        for stamp in ("created_at", "updated_at"):
            at = datetime.strptime(row[stamp], "%Y-%m-%dT%H:%M:%S%z")
            least, most = request.get(f"{stamp}_min"), request.get(f"{stamp}_max")
            if least and name != "checkouts" and at < datetime.fromisoformat(least):
                return False
            if most and at > datetime.fromisoformat(most):
                return False
        if name != "orders":
            return True
        asked = request.get("payment_status", "any")
        if asked == "any":
            return bool(self.options.get("any_is_all")) or row["payment_status"] not in _HIDDEN
        return bool(row["payment_status"] == asked)

    # Webhooks.

    def _webhooks(self, request: Request, rest: list[str]) -> Response:
        if request.method == "GET":
            rows = [{"id": h.id, "event": h.topic, "url": h.url} for h in self.hooks.values()]
            total = {"x-total-count": str(len(rows))}
            return Response.json(rows, headers=total) if rows else _error(404, "Not Found", "Last page is 0")
        if request.method == "POST":
            asked = request.json()
            if not asked["url"].startswith(("https://", "http://127.0.0.1")) or "/" not in asked["event"]:
                return Response.json({"url": ["is invalid"]}, 422)
            hook = Hook(max(self.hooks, default=0) + 1, asked["event"], asked["url"])
            self.hooks[hook.id] = hook
            return Response.json({"id": hook.id, **asked}, 201)
        del self.hooks[int(rest[0])]
        return Response.json({})

    def deliveries(self, what: str, event: str, number: int) -> Iterator[tuple[Hook, bytes, dict[str, str]]]:
        """Only which record it is, signed in hexadecimal."""
        topic = f"{_NAMES.get(what, what)}/{event}"
        body = orjson.dumps({"store_id": int(STORE), "event": topic, "id": number})
        for hook in list(self.hooks.values()):
            if hook.topic == topic:
                signed = hmac.digest(SECRET.encode(), body, "sha256").hex()
                yield hook, body, {"Content-Type": "application/json", "x-linkedstore-hmac-sha256": signed}

    # Records.

    def cart_key(self, number: int) -> str:
        """What a checkout and its order share."""
        return hmac.digest(b"cart", str(number).encode(), "sha256").hex()[:40]

    def _order(self, order: Order) -> dict[str, Any]:
        status, payment, gateway = _STATES[order.stage]
        if order.refunds and payment == "paid":
            payment = "partially_refunded"
        before = sum((each.before * each.quantity for each in order.bought), Decimal(0))
        return {
            "id": order.id,
            "token": self.cart_key(order.cart_id),
            "store_id": STORE,
            "number": order.number,
            "status": status,
            "payment_status": payment,
            "shipping_status": "shipped" if order.shipped_at else "unpacked",
            "currency": order.currency,
            "language": self.language,
            "subtotal": f"{before:.2f}",
            "discount": f"{order.discount:.2f}",
            "discount_coupon": f"{order.discount:.2f}",
            "discount_gateway": "0.00",
            "promotional_discount": [],
            "total": f"{order.total:.2f}",
            "coupon": [{"id": 1, "code": order.coupon, "type": "percentage"}] if order.coupon else [],
            "gateway": gateway,
            "gateway_name": "Nuvem Pago" if gateway else None,
            "shipping": "correios",
            "shipping_option": order.shipping_method,
            "shipping_cost_customer": f"{order.shipping:.2f}",
            "contact_email": order.person.email,
            "contact_name": _name(order.person),
            "contact_phone": order.person.phone or None,
            "billing_business_name": order.person.company or None,
            "shipping_address": {"name": _name(order.person), "phone": order.person.phone, "customs": None},
            "customer": _customer(order.person, order.person.id or order.id),
            "products": [self._line(order.id * 10_000_000 + n, each) for n, each in enumerate(order.bought)],
            "storefront": "store",
            "extra": [],
            "created_at": _at(order.placed_at),
            "updated_at": _at(order.updated_at),
            "paid_at": _at(order.paid_at),
            "completed_at": {
                "date": f"{order.placed_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}.000000", "timezone_type": 3,
                "timezone": "UTC",
            },
            "cancelled_at": _at(order.canceled_at),
            "shipped_at": _at(order.shipped_at),
        }  # fmt: skip

    def _line(self, number: int, line: Bought) -> dict[str, Any]:
        return {
            "id": number,
            "product_id": line.item.id,
            "variant_id": str(line.item.id + 100_000),
            "name": line.item.name,
            "sku": line.item.sku,
            "quantity": str(line.quantity),
            "price": f"{line.before:.2f}",
            "image": {"id": 1, "src": line.item.image.removeprefix("https:"), "alt": []},
            "properties": [],
        }

    def _cart(self, cart: Cart) -> dict[str, Any]:
        total = sum((each.total for each in cart.bought), Decimal(0))
        lines = [self._line(cart.id * 10_000_000 + n, each) for n, each in enumerate(cart.bought)]
        return {
            "id": cart.id,
            "token": self.cart_key(cart.id),
            "store_id": int(STORE),
            "abandoned_checkout_url": f"{self.url}/checkout/v3/proxy/{cart.id}/{self.cart_key(cart.id)}",
            "contact_email": cart.person.email,
            "contact_name": _name(cart.person),
            "contact_phone": cart.person.phone,
            "contact_accepts_marketing": cart.person.accepts,
            "shipping_address": "Rua das Amoreiras",
            "shipping_phone": cart.person.phone,
            "currency": cart.currency,
            "discount": "0.00",
            "subtotal": f"{total:.2f}",
            "total": f"{total:.2f}",
            "coupon": [],
            "gateway": None,
            "created_at": _at(cart.started_at),
            "updated_at": _at(cart.updated_at),
            "completed_at": None,
            "products": [{**each, "quantity": int(each["quantity"])} for each in lines],
        }

    def _product(self, item: Item) -> dict[str, Any]:
        return {
            "id": item.id,
            "name": {self.language: item.name, "en": ""},
            "description": {self.language: f"<p>{item.name}</p>"},
            "handle": {self.language: f"item-{item.id}"},
            "published": True,
            "canonical_url": f"{self.url}/produtos/item-{item.id}/",
            "categories": [{"id": 1, "name": {self.language: item.category}, "subcategories": []}],
            "images": [{"id": item.id, "src": item.image, "alt": []}],
            "variants": [{"id": item.id + 100_000, "sku": item.sku, "promotional_price": None,
                          "price": f"{item.price:.2f}", "stock": None, "values": []}],
            "tags": "",
            "created_at": _at(item.updated_at - timedelta(days=1)),
            "updated_at": _at(item.updated_at),
        }  # fmt: skip


def _customer(person: Person, number: int = 0) -> dict[str, Any]:
    """Guests get a number too; where nobody asked for consent, its fields are not there."""
    asked = {
        "accepts_marketing": person.accepts,
        "accepts_marketing_updated_at": _at(person.accepts_at),
    }
    return {
        "id": number or person.id,
        "name": _name(person),
        "email": person.email,
        "phone": person.phone or None,
        "default_address": {"phone": person.phone},
        "business_name": person.company or None,
        "active": bool(person.id),
        "extra": [],
        "created_at": _at(person.created_at),
        "updated_at": _at(person.updated_at),
        **(asked if person.accepts is not None else {}),
    }


def _name(person: Person) -> str:
    return f"{person.first_name} {person.last_name}"


def _at(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000") if at else None


def _error(status: int, message: str, description: str) -> Response:
    return Response.json({"code": status, "message": message, "description": description}, status)


def _exchange(request: Request) -> Response:
    """Refusals come with 200 too."""
    asked = request.json()
    right = {"client_id": APP, "client_secret": SECRET, "grant_type": "authorization_code", "code": CODE}
    if asked != right:
        return Response.json(
            {"error": "invalid_grant", "error_description": "The authorization code expired"}
        )
    scope = "read_orders,read_customers,read_products"
    return Response.json(
        {"access_token": TOKEN, "token_type": "bearer", "scope": scope, "user_id": int(STORE)}
    )

"""WooCommerce 11 on WordPress, as real servers were seen to answer."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson

from tests.fake_shops.server import FakeShop, Hook, Request, Response
from tests.fake_shops.world import Bought, Item, Order, Person, Stage

KEY, SECRET = "ck_" + "1a" * 20, "cs_" + "2b" * 20
API = "/wp-json/wc/v3/"
SLUGS = {
    Stage.UNPAID: "pending",
    Stage.ON_HOLD: "on-hold",
    Stage.PAID: "processing",
    Stage.SHIPPED: "completed",
    Stage.CANCELED: "cancelled",
    Stage.REFUNDED: "refunded",
}
_NAMES = {"orders": "shop_order", "customers": "user", "products": "product"}
_TAX = Decimal(23) / 123
_BAD_KEY = "woocommerce_rest_authentication_error"


class Fake(FakeShop):
    """Options: ``zone`` of the site, ``strip`` (the web server takes the header Authorization away)."""

    platform = "woocommerce"

    def fields(self) -> dict[str, str]:
        """The key with all rights."""
        return {"consumer_key": KEY, "consumer_secret": SECRET}

    @property
    def zone(self) -> ZoneInfo:
        """The site's."""
        return ZoneInfo(self.options.get("zone", "America/Sao_Paulo"))

    def answer(self, request: Request) -> Response:
        """By path."""
        if request.path.rstrip("/") == "/wp-json":
            return self._site()
        if not request.path.startswith(API):
            return _error(404, "rest_no_route", "No route was found matching the URL and request method.")
        if refused := self._authenticate(request):
            return refused
        name, *rest = request.path.removeprefix(API).strip("/").split("/")
        with self.world.mutex:
            if name == "orders" and rest == ["statuses"]:
                return Response.json(
                    [{"slug": f"wc-{slug}", "name": slug.title()} for slug in SLUGS.values()]
                )
            if name == "orders" and len(rest) == 2:
                return self._refunds(int(rest[0]))
            if name in _NAMES:
                return self._one(name, rest[0]) if rest else self._list(name, request)
            if name == "data":
                return Response.json({"code": self.world.currency, "name": self.world.currency})
            if name == "webhooks":
                return self._webhooks(request, rest)
        return _error(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _site(self) -> Response:
        return Response.json(
            {
                "name": self.world.name, "url": self.url, "home": self.url, "gmt_offset": -3,
                "timezone_string": str(self.zone), "namespaces": ["oembed/1.0", "wc/v3", "wp/v2"],
            }
        )  # fmt: skip

    # Keys.

    def _authenticate(self, request: Request) -> Response | None:
        """Over plain http only OAuth 1.0a is taken, as WordPress does."""
        if request.get("oauth_consumer_key"):
            return None if _is_signed(request) else _error(401, _BAD_KEY, "Invalid signature.")
        if not self.options.get("tls"):
            return _error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        given = request.get("consumer_key"), request.get("consumer_secret")
        basic = request.headers.get("authorization", "")
        if basic and not self.options.get("strip") and not given[0]:
            key, _, secret = b64decode(basic.removeprefix("Basic ")).decode().partition(":")
            given = key, secret
        if given == (KEY, SECRET):
            return None
        code = _BAD_KEY if given[0] else "woocommerce_rest_cannot_view"
        return _error(401, code, "Sorry, you cannot list resources.")

    # Lists.

    def _list(self, name: str, request: Request) -> Response:
        count = int(request.get("per_page", "10"))
        if not 1 <= count <= 100:
            return _error(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        rows = self._rows(name, request)
        page, offset = int(request.get("page", "1")), request.get("offset")
        start = int(offset) if offset else (page - 1) * count
        some = rows[start : start + count]
        slim = request.get("_fields").split(",") if request.get("_fields") else None
        shown = [{k: v for k, v in row.items() if slim is None or k in slim} for row in some]
        pages = -(-len(rows) // count)
        return Response.json(shown, headers={"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)})

    def _rows(self, name: str, request: Request) -> list[dict[str, Any]]:
        found = list(self._all(name, request))
        if wanted := request.all("include[]"):
            found = [row for row in found if str(row["id"]) in wanted]
        if name != "customers":
            found = [row for row in found if self._is_in_time(row, request)]
        key = {"id": "id", "modified": "date_modified_gmt"}.get(request.get("orderby"), "date_created_gmt")
        found.sort(key=lambda row: row.get(key) or 0)
        return found if request.get("order", "desc") == "asc" else found[::-1]

    def _all(self, name: str, request: Request) -> Iterator[dict[str, Any]]:
        if name == "orders":
            status = request.get("status", "any")
            for order in list(self.world.orders.values()):
                shown = self._order(order)
                if (status == "any" and not order.is_gone) or shown["status"] == status:
                    yield shown
        elif name == "customers":
            if request.get("role", "customer") == "all":
                yield self._customer(self._admin())
            yield from map(self._customer, [p for p in self.world.people.values() if not p.is_gone])
        else:
            yield from map(self._product, [i for i in self.world.items.values() if not i.is_gone])

    def _is_in_time(self, row: dict[str, Any], request: Request) -> bool:
        for name, column, later in (
            ("modified_after", "modified", True), ("modified_before", "modified", False),
            ("after", "created", True), ("before", "created", False),
        ):  # fmt: skip
            said = request.get(name)
            if not said:
                continue
            gmt = request.get("dates_are_gmt") == "true"
            value = row[f"date_{column}_gmt"] if gmt else row[f"date_{column}"]
            asked = self._asked(said)
            if (value <= asked) if later else (value >= asked):
                return False
        return True

    def _asked(self, said: str) -> str:
        """WordPress makes local time of a value with a zone, whichever column it then compares it with."""
        at = datetime.fromisoformat(said)
        return (at.astimezone(self.zone) if at.tzinfo else at).strftime("%Y-%m-%dT%H:%M:%S")

    def _one(self, name: str, number: str) -> Response:
        for row in self._all(name, Request("GET", "", [("status", "any"), ("role", "all")], {}, b"", "")):
            if str(row["id"]) == number:
                return Response.json(row)
        return _error(404, f"woocommerce_rest_{_NAMES[name]}_invalid_id", "Invalid ID.")

    def _refunds(self, number: int) -> Response:
        refunds = self.world.orders[number].refunds
        return Response.json(
            [
                {"id": r.id, "amount": f"{r.amount:.2f}", "reason": r.reason, **self._dates("created", r.at)}
                for r in refunds
            ]
        )

    # Webhooks.

    def _webhooks(self, request: Request, rest: list[str]) -> Response:
        if request.method == "GET":
            return Response.json([_shown(hook) for hook in self.hooks.values()])
        if request.method == "POST":
            made = request.json()
            hook = Hook(len(self.hooks) + 1, made["topic"], made["delivery_url"], made["secret"])
            self.hooks[hook.id] = hook
            return Response.json(_shown(hook), 201)
        hook = self.hooks[int(rest[0])]
        if request.method == "PUT":
            hook.is_active = request.json()["status"] == "active"
        elif request.get("force") == "true":
            del self.hooks[hook.id]
        else:
            return _error(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.")
        return Response.json(_shown(hook))

    def deliveries(self, what: str, event: str, number: int) -> Iterator[tuple[Hook, bytes, dict[str, str]]]:
        """The record as it is when the webhook is sent, not as it was."""
        name = {"order": "order", "person": "customer", "item": "product"}.get(what)
        for hook in list(self.hooks.values()):
            if hook.topic == f"{name}.{event}":
                body = self._body(what, event, number)
                yield (
                    hook,
                    body,
                    {
                        "Content-Type": "application/json",
                        "X-WC-Webhook-Source": f"{self.url}/",
                        "X-WC-Webhook-Topic": hook.topic,
                        "X-WC-Webhook-Resource": hook.topic.partition(".")[0],
                        "X-WC-Webhook-Signature": b64encode(
                            hmac.digest(hook.secret.encode(), body, "sha256")
                        ).decode(),
                        "X-WC-Webhook-ID": str(hook.id),
                        "X-WC-Webhook-Delivery-ID": "d41d8cd98f00b204e9800998ecf8427e",
                    },
                )

    def _body(self, what: str, event: str, number: int) -> bytes:
        if event == "deleted":
            return orjson.dumps({"id": number})
        if what == "order":
            return orjson.dumps(self._order(self.world.orders[number]))
        return orjson.dumps(self._customer(self.world.people[number]))

    # Records.

    def _dates(self, name: str, at: datetime | None) -> dict[str, str | None]:
        if at is None:
            return {f"date_{name}": None, f"date_{name}_gmt": None}
        local = at.astimezone(self.zone)
        return {
            f"date_{name}": local.strftime("%Y-%m-%dT%H:%M:%S"),
            f"date_{name}_gmt": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        }

    def _order(self, order: Order) -> dict[str, Any]:
        person = order.person
        tax = (order.shipping * _TAX).quantize(Decimal("0.01"))
        cut = (order.discount * _TAX).quantize(Decimal("0.01"))
        return {
            "id": order.id,
            "parent_id": 0,
            "number": order.number,
            "status": "trash" if order.is_gone else SLUGS[order.stage],
            "currency": order.currency,
            "prices_include_tax": True,
            **self._dates("created", order.placed_at),
            **self._dates("modified", order.updated_at),
            **self._dates("paid", order.paid_at),
            **self._dates("completed", order.shipped_at),
            "discount_total": f"{order.discount - cut:.2f}",
            "discount_tax": f"{cut:.2f}",
            "shipping_total": f"{order.shipping - tax:.2f}",
            "shipping_tax": f"{tax:.2f}",
            "total": f"{order.total:.2f}",
            "total_tax": f"{order.tax:.2f}",
            "customer_id": person.id,
            "billing": _address(person) | {"email": person.email, "phone": person.phone},
            "shipping": _address(person) | {"phone": ""},
            "payment_method": "stripe",
            "payment_method_title": "Credit card",
            "payment_url": f"{self.url}/checkout/order-pay/{order.id}/?pay_for_order=true",
            "line_items": [_line(index, line) for index, line in enumerate(order.bought, order.id * 10)],
            "shipping_lines": [{"id": order.id, "method_title": order.shipping_method, "total": "0"}],
            "fee_lines": [],
            "coupon_lines": [{"code": order.coupon.lower(), "discount": "1"}] if order.coupon else [],
            "refunds": [{"id": r.id, "reason": r.reason, "total": f"-{r.amount:.2f}"} for r in order.refunds],
            "meta_data": [],
        }

    def _customer(self, person: Person) -> dict[str, Any]:
        return {
            "id": person.id,
            **self._dates("created", person.created_at),
            **self._dates("modified", person.updated_at),
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "role": "customer" if person.id != 1 else "administrator",
            "username": f"user{person.id}",
            "billing": _address(person) | {"email": person.email, "phone": person.phone},
            "shipping": _address(person),
        }

    def _admin(self) -> Person:
        at = datetime(2020, 1, 6, 9, tzinfo=UTC)
        return Person(1, "owner@example.test", "Rita", "Owner", "", "", None, None, (), at, at)

    def _product(self, item: Item) -> dict[str, Any]:
        return {
            "id": item.id,
            "name": item.name,
            "permalink": f"{self.url}/product/{item.id}/",
            **self._dates("created", item.updated_at),
            **self._dates("modified", item.updated_at),
            "type": "simple",
            "status": "publish",
            "sku": item.sku,
            "price": f"{item.price:.2f}",
            "short_description": f"<p>{item.name}</p>",
            "categories": [{"id": 1, "name": item.category, "slug": item.category.lower()}],
            "images": [{"id": item.id, "src": item.image}],
        }


def _line(number: int, line: Bought) -> dict[str, Any]:
    total, before = line.total, line.before * line.quantity
    tax, tax_before = ((each * _TAX).quantize(Decimal("0.01")) for each in (total, before))
    return {
        "id": number,
        "name": line.item.name,
        "product_id": line.item.id,
        "variation_id": 0,
        "quantity": line.quantity,
        "subtotal": f"{before - tax_before:.2f}",
        "subtotal_tax": f"{tax_before:.2f}",
        "total": f"{total - tax:.2f}",
        "total_tax": f"{tax:.2f}",
        "sku": line.item.sku,
        "price": float((total - tax) / line.quantity),
        "image": {"id": "", "src": line.item.image},
        "meta_data": [],
    }


def _address(person: Person) -> dict[str, str]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company": person.company,
        "country": "PT",
    }


def _shown(hook: Hook) -> dict[str, Any]:
    status = "active" if hook.is_active else "disabled"
    return {"id": hook.id, "topic": hook.topic, "delivery_url": hook.url, "status": status}


def _error(status: int, code: str, message: str) -> Response:
    return Response.json({"code": code, "message": message, "data": {"status": status}}, status)


def _is_signed(request: Request) -> bool:
    """Checks OAuth 1.0a as WooCommerce does: all parameters but the signature, by the secret alone."""
    if request.get("oauth_consumer_key") != KEY:
        return False
    pairs = [
        (quote(k, safe="-._~"), quote(v, safe="-._~")) for k, v in request.query if k != "oauth_signature"
    ]
    joined = "&".join(f"{k}={v}" for k, v in sorted(pairs))
    base = f"{request.method}&{quote(request.url, safe='-._~')}&{quote(joined, safe='-._~')}"
    made = b64encode(hmac.digest(f"{SECRET}&".encode(), base.encode(), "sha256")).decode()
    return hmac.compare_digest(made, request.get("oauth_signature"))

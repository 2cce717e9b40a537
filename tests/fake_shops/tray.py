"""A shop of Tray, as its documentation and those who use it say that it answers."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

from tests.fake_shops.server import FakeShop, Hook, Request, Response
from tests.fake_shops.world import Bought, Cart, Item, Order, Person, Stage, World

KEY, SECRET = "9a" * 32, "7c" * 32
CODE = "5e" * 32
STORE_ID, APP = "391250", "718"
API = "/web_api/"
NAMES = {
    Stage.UNPAID: "",
    Stage.ON_HOLD: "AGUARDANDO PAGAMENTO",
    Stage.PAID: "A ENVIAR VINDI",
    Stage.SHIPPED: "ENVIADO",
    Stage.CANCELED: "CANCELADO",
    Stage.REFUNDED: "DEVOLVIDO",
}
TYPES = {
    "AGUARDANDO PAGAMENTO": "open",
    "A ENVIAR VINDI": "open",
    "ENVIADO": "closed",
    "CANCELADO": "canceled",
    "DEVOLVIDO": "cancelled",
}
_FILTERS = {
    "orders": ("id", "status", "modified", "date", "customer_id"),
    "customers": ("id", "email", "modified", "created"),
    "products": ("id", "reference", "modified", "created"),
    "carts": (),
}
_WRAPS = {"orders": "Order", "customers": "Customer", "products": "Product", "carts": "Cart"}


class Fake(FakeShop):
    """Options: ``names`` (of statuses, as the owner renamed them) and their ``types``, ``no_carts`` (the list
    is not open), ``per_minute`` (requests), ``state`` (the number of what is wrong with the shop), ``deaf``
    (filters are ignored), ``unsorted`` (so is sorting).
    """

    platform = "tray"
    currency = "BRL"
    key = "access_token"
    tells_refunds = False
    shares_discounts = True
    lists_days = True
    zone = ZoneInfo("America/Sao_Paulo")

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        self._round = itertools.count(1)
        self.access = self.refresh = ""
        self.is_expired = False
        self.renewals = 0
        self.issue()
        self._asked = 0

    def issue(self) -> None:
        """New tokens; the old ones are worth nothing from now on."""
        number = next(self._round)
        self.access = f"APP_ID-{APP}-STORE_ID-{STORE_ID}-{number:064x}"
        self.refresh = f"{number:08x}{'d4' * 28}"
        self.is_expired = False

    def fields(self) -> dict[str, str]:
        """As the authorise page leaves them."""
        return {
            "consumer_key": KEY,
            "consumer_secret": SECRET,
            "api_address": f"{self.url}/web_api",
            "access_token": self.access,
            "refresh_token": self.refresh,
            "store_id": STORE_ID,
        }

    def answer(self, request: Request) -> Response:
        """By path."""
        if not request.path.startswith(API):
            return Response.html("404 Not Found", 404)
        path = request.path.removeprefix(API).strip("/")
        with self.world.mutex:
            if path == "auth":
                return self._auth(request)
            if refused := self._refusal(request, path):
                return refused
            return self._answer(request, path)

    def _answer(self, request: Request, path: str) -> Response:
        name, *rest = path.split("/")
        if path == "info":
            return Response.json(self._info() | {"name": self.world.name, "internal_status": "ativa"})
        if path == "orders/statuses":
            return Response.json({"OrderStatuses": [{"OrderStatus": each} for each in self._statuses()]})
        if name == "carts" and self.options.get("no_carts"):
            return _error(404, "Not Found")
        if name in _WRAPS and not rest:
            return self._list(name, request)
        if name in _WRAPS and (len(rest) == 1 or rest[1] == "complete"):
            return self._one(name, rest[0], is_whole=len(rest) == 2)
        return _error(404, "Not Found")

    def _info(self) -> dict[str, str]:
        host = self.url.removeprefix("http://")
        return {"id": STORE_ID, "uri": f"http://{host}/", "secure_uri": f"https://{host}/"}

    def _statuses(self) -> Iterator[dict[str, str]]:
        types = {**TYPES, **self.options.get("types", {})}
        for number, (word, kind) in enumerate(types.items(), 1):
            yield {"id": str(number), "default": "0", "type": kind, "status": word, "background": "#4caf50"}

    # Tokens.

    def _auth(self, request: Request) -> Response:
        if request.method == "POST":
            said = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            if said != {"consumer_key": KEY, "consumer_secret": SECRET, "code": CODE}:
                return _error(401, "Unauthorized", "1099")
            return Response.json(self._tokens(), 201)
        if request.get("refresh_token") != self.refresh:
            return _error(401, "Unauthorized", "1099")
        self.renewals += 1
        self.issue()
        return Response.json(self._tokens())

    def _tokens(self) -> dict[str, Any]:
        return {
            "code": 201, "message": "Created", "access_token": self.access, "refresh_token": self.refresh,
            "date_expiration_access_token": "2026-03-14 21:00:00", "api_host": f"{self.url}/web_api",
            "date_expiration_refresh_token": "2026-04-13 18:00:00", "store_id": STORE_ID,
        }  # fmt: skip

    def _refusal(self, request: Request, path: str) -> Response | None:
        """The token goes into the query, and nowhere else."""
        self._asked += 1
        if self._asked > self.options.get("per_minute", 1_000_000):
            return _error(429, "Too Many Requests")
        if "authorization" in request.headers:
            return _error(401, "Unauthorized", "1099")
        given = request.get("access_token")
        if not given and path == "info":
            return Response.json(self._info())
        if state := self.options.get("state"):
            return _error(401, "Unauthorized", state)
        if given != self.access:
            return _error(401, "Unauthorized", "1099")
        return _error(401, "Unauthorized", "1000") if self.is_expired else None

    # Lists.

    def _list(self, name: str, request: Request) -> Response:
        """A filter that is not known, or misspelt, is passed over without a word."""
        limit = min(int(request.get("limit", "30")), 50)
        page = int(request.get("page", "1"))
        wanted = {key: request.get(key) for key in _FILTERS[name] if request.get(key)}
        applied = {} if self.options.get("deaf") else wanted
        found = [row for row in self._rows(name) if _suits(row, applied)]
        field, _, way = request.get("sort", "id_desc").rpartition("_")
        if not self.options.get("unsorted"):
            found.sort(key=lambda row: _sortable(row, field), reverse=way == "desc")
        offset = (page - 1) * limit
        some = [{_WRAPS[name]: row} for row in found[offset : offset + limit]]
        paging = {"total": len(found), "page": page, "offset": offset, "limit": limit, "maxLimit": 50}
        return Response.json(
            {
                "paging": paging,
                "sort": [{field: way}],
                "availableFilters": list(_FILTERS[name]),
                "appliedFilters": [{key: value} for key, value in applied.items()],
                name.title(): some,
            }
        )

    def _rows(self, name: str) -> list[dict[str, Any]]:
        world = self.world
        if name == "orders":
            return [self._short(order) for order in world.orders.values() if not order.is_gone]
        if name == "customers":
            people = [person for person in world.people.values() if not person.is_gone]
            return [self._person(person, is_whole=False) for person in people]
        if name == "products":
            return [self._product(item) for item in world.items.values() if not item.is_gone]
        return [line for cart in world.carts.values() for line in self._cart(cart)]

    def _one(self, name: str, key: str, *, is_whole: bool) -> Response:
        if name == "carts":
            found = [self._cart(cart) for cart in self.world.carts.values() if str(cart.id) == key]
            return Response.json({"Carts": [{"Cart": line} for line in found[0]]}) if found else _lost()
        world, number = self.world, int(key) if key.isdigit() else 0
        there = {"orders": world.orders, "customers": world.people, "products": world.items}
        record: Any = dict(there[name]).get(number)  # type: ignore[call-overload]
        if record is None or record.is_gone:
            return _lost()
        if name == "orders":
            return Response.json({"Order": self._order(record) if is_whole else self._short(record)})
        if name == "customers":
            return Response.json({"Customer": self._person(record, is_whole=True)})
        return Response.json({"Product": self._product(record)})

    # Records.

    def _local(self, at: datetime | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
        if at is None:
            return "0000-00-00" if form == "%Y-%m-%d" else "0000-00-00 00:00:00"
        return at.astimezone(self.zone).strftime(form)

    def _day(self, at: datetime | None) -> str:
        return self._local(at, "%Y-%m-%d")

    def _word(self, order: Order) -> str:
        word = NAMES[order.stage]
        renamed: dict[str, str] = self.options.get("names", {})
        return renamed.get(word, word)

    def _short(self, order: Order) -> dict[str, Any]:
        before = sum(line.before * line.quantity for line in order.bought)
        return {
            "id": str(order.id), "status": self._word(order), "date": self._day(order.placed_at),
            "modified": self._local(order.updated_at), "customer_id": str(self.number_of(order.person)),
            "partial_total": f"{before:.2f}", "discount": "0.00", "shipment_value": f"{order.shipping:.2f}",
            "total": f"{order.total:.2f}", "payment_form": "Pix - Vindi",
            "ProductsSold": [{"id": str(order.id * 10 + n)} for n in range(len(order.bought))],
        }  # fmt: skip

    def _order(self, order: Order) -> dict[str, Any]:
        """A coupon is told in two ways, by turns."""
        told = {"code": order.coupon, "discount": f"{order.discount:.2f}"} if order.coupon else []
        spoken = f"{order.coupon}/{order.discount:.2f}" if order.coupon else ""
        is_odd = order.id % 2 == 1
        word = self._word(order)
        kind = {**TYPES, **self.options.get("types", {})}.get(word, "")
        return {
            **self._short(order),
            "hour": self._local(order.placed_at, "%H:%M:%S"),
            "taxes": "0.00",
            "interest": "0.00",
            "discount_coupon": spoken,
            "coupon": told if is_odd or not spoken else [],
            "shipment": f"{order.shipping_method} - 12",
            "shipment_date": self._day(order.shipped_at),
            "payment_method": "Pix - Vindi",
            "payment_date": self._day(order.paid_at),
            "session_id": str(order.cart_id),
            "has_payment": "0",
            "point_sale": "LOJA VIRTUAL",
            "OrderStatus": {"id": "1", "type": kind, "status": word} if word else [],
            "Customer": self._person(order.person, is_whole=True),
            "ProductsSold": [
                {"ProductsSold": self._line(order.id * 10 + n, each)} for n, each in enumerate(order.bought)
            ],
            "Payment": [],
            "OrderInvoice": [],
            "MarketplaceOrder": [],
        }

    def _line(self, number: int, line: Bought) -> dict[str, Any]:
        item = line.item
        return {
            "id": str(number), "product_id": str(item.id), "variant_id": "0", "product_kit_id": "0",
            "name": item.name, "original_name": item.name, "reference": item.sku, "ean": "", "Sku": [],
            "price": f"{line.before:.2f}", "original_price": f"{line.before:.2f}",
            "quantity": str(line.quantity),
            "ProductSoldImage": [{"http": item.image.replace("s:", ":"), "https": item.image, "thumbs": []}],
            "Category": [
                {"id": "9", "name": "Everything", "main_category": "0"},
                {"id": "14", "name": item.category, "main_category": "1"},
            ],
        }  # fmt: skip

    def _person(self, person: Person, *, is_whole: bool) -> dict[str, Any]:
        short = {
            "id": str(self.number_of(person)),
            "name": f"{person.first_name} {person.last_name}",
            "email": person.email,
            "newsletter": "" if person.accepts is None else str(int(person.accepts)),
            "created": self._local(person.created_at),
            "modified": self._local(person.updated_at),
            "CustomerAddress": [{"id": "1"}],
        }
        if not is_whole:
            return short
        groups = [{"Profile": {"id": "3", "name": tag}} for tag in person.tags]
        return {
            **short,
            "type": str(int(bool(person.company))),
            "company_name": person.company,
            "cellphone": person.phone,
            "phone": "",
            "Extensions": {"Profiles": groups} if groups else [],
            "CustomerAddresses": [],
        }

    def _product(self, item: Item) -> dict[str, Any]:
        return {
            "id": str(item.id), "name": item.name, "reference": item.sku, "price": f"{item.price:.2f}",
            "promotional_price": "0.00", "start_promotion": "0000-00-00", "end_promotion": "0000-00-00",
            "available": "1", "category_id": "14", "category_name": item.category, "is_kit": "0",
            "url": {"http": f"http://www.shop.example/{item.id}", "https": f"https://www.shop.example/{item.id}"},
            "ProductImage": [{"http": item.image.replace("s:", ":"), "https": item.image, "thumbs": []}],
            "modified": self._local(item.updated_at), "Properties": [], "Variant": [],
        }  # fmt: skip

    def _cart(self, cart: Cart) -> list[dict[str, Any]]:
        """A row for each line; nobody is known of one without a person's e-mail."""
        return [
            {
                "session_id": str(cart.id), "email": cart.person.email, "customer_id": str(cart.person.id),
                "product_id": str(line.item.id), "product_name": line.item.name, "variant_id": "0",
                "quantity": str(line.quantity), "price": f"{line.price:.2f}",
                "date": self._day(cart.updated_at), "hour": self._local(cart.updated_at, "%H:%M:%S"),
                "product_url": "https://www.shop.example/x", "product_image": line.item.image,
            }
            for line in cart.bought
        ]  # fmt: skip

    # Notifications.

    def notify(self, url: str) -> None:
        """As Tray's people set it for an app, when they are asked."""
        self.hooks[1] = Hook(1, "order", url)

    def deliveries(self, what: str, event: str, number: int) -> Iterator[tuple[Hook, bytes, dict[str, str]]]:
        """Each change is told twice."""
        scope = {"order": "order", "person": "customer", "item": "product"}.get(what)
        act = {"created": "insert", "updated": "update", "deleted": "delete"}[event]
        for hook in [each for each in self.hooks.values() for _ in range(2)]:
            if scope:
                said = {
                    "seller_id": STORE_ID, "scope_id": number, "scope_name": scope, "act": act,
                    "app_code": APP, "url_notification": hook.url,
                }  # fmt: skip
                yield hook, urlencode(said).encode(), {"Content-Type": "application/x-www-form-urlencoded"}


def _suits(row: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Days are compared by their days; a range is two of them with a comma between."""
    for name, value in wanted.items():
        if name in ("date", "modified", "created"):
            first, _, last = value.partition(",")
            if not first <= row[name][:10] <= (last or first):
                return False
        elif row[name] != value:
            return False
    return True


def _sortable(row: Mapping[str, Any], field: str) -> tuple[int, str]:
    if field == "id":
        return int(row.get("id", 0)), ""
    return 0, f"{row.get(field, '')} {row.get('hour', '')}"


def _error(status: int, message: str, code: str = "") -> Response:
    said = {"code": status, "message": message, "causes": [message]}
    return Response.json(said | ({"error_code": code} if code else {}), status)


def _lost() -> Response:
    return _error(404, "Not Found")

"""PrestaShop 8.2.1, its webservice as real servers were seen to answer."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.fake_shops.server import FakeShop, Request, Response
from tests.fake_shops.world import Cart, Item, Order, Person, Stage, World

KEY = "K7" * 16
STATES = {
    Stage.UNPAID: 10,
    Stage.ON_HOLD: 13,
    Stage.PAID: 2,
    Stage.SHIPPED: 4,
    Stage.CANCELED: 6,
    Stage.REFUNDED: 7,
}
_NAMES = (
    (1, "CHEQUE", "Awaiting check payment", ""), (2, "PAYMENT", "Payment accepted", "paid logable"),
    (3, "PREPARATION", "Processing in progress", "paid logable"),
    (4, "SHIPPING", "Shipped", "paid shipped logable"), (5, "DELIVERED", "Delivered", "paid shipped logable"),
    (6, "CANCELED", "Canceled", ""), (7, "REFUND", "Refunded", ""), (8, "ERROR", "Payment error", ""),
    (9, "OUTOFSTOCK_PAID", "On backorder (paid)", "paid"), (10, "BANKWIRE", "Awaiting bank wire payment", ""),
    (11, "WS_PAYMENT", "Remote payment accepted", "paid logable"),
    (12, "OUTOFSTOCK_UNPAID", "On backorder (not paid)", ""),
    (13, "COD_VALIDATION", "Awaiting Cash On Delivery validation", ""),
    (21, "", "Klarna: authorised", "paid"), (22, "", "Something of a module", ""),
)  # fmt: skip
_GUESTS, _HOMES, _GUEST_HOMES = 1_000_000, 5_000_000, 6_000_000
_RATE = Decimal("1.23")
_NEVER = "0000-00-00 00:00:00"
_SINGLE = re.compile(r"^\[?([^\]]*)\]?$")
_NO_UPDATE = ("order_histories", "order_payments", "order_cart_rules", "configurations")
Row = dict[str, Any]


class Fake(FakeShop):
    """Options: ``zone``; ``strip`` (the web server takes the key away); ``broken`` (table and id of a row
    that makes a module of the shop stumble); ``languages`` (two: names are lists); ``denied`` (a resource
    that the key may not read); ``version``."""

    platform = "prestashop"
    shares_discounts = True

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        self._made: dict[int, tuple[Any, Row]] = {}

    def fields(self) -> dict[str, str]:
        """The key."""
        return {"key": KEY}

    @property
    def zone(self) -> ZoneInfo:
        """The shop's."""
        return ZoneInfo(self.options.get("zone", "Europe/Lisbon"))

    def answer(self, request: Request) -> Response:
        """A list, as the filters, the sort, the limit and the display have it."""
        if not request.path.startswith("/api"):
            return Response.html("Casa da Lanterna", 200)
        if refused := self._refusal(request):
            return refused
        name = request.path.removeprefix("/api").strip("/")
        tables = self._tables()
        if name not in tables:
            return _error(400, 27, f'Resource of type "{name}" does not exists.')
        if name == self.options.get("denied"):
            return _error(401, 26, f"Resource of type {name} is not allowed with this authentication key")
        with self.world.mutex:
            rows = list(tables[name]())
        try:
            found = _limited(_sorted(_filtered(name, rows, request), request), request)
            shown = [self._shown(name, row, request) for row in found]
        except _Refused as error:
            return _error(error.status, error.code, str(error))
        headers = {"PSWS-Version": self.options.get("version", "8.2.1")}
        key = "order_slips" if name == "order_slip" else name
        return Response.json({key: shown} if shown else [], headers=headers)

    def _refusal(self, request: Request) -> Response | None:
        basic = request.headers.get("authorization", "")
        if self.options.get("strip"):
            basic = ""
        given = b64decode(basic.removeprefix("Basic ")).decode().partition(":")[0]
        key = given or request.get("ws_key")
        if not key:
            return Response(401, b"401 Unauthorized", {"Content-Type": "text/plain"})
        if key != KEY:
            text = '{"errors":[{"code":20,"message":"Invalid"},{"code":21,"message":"No permission"}]}'
            return Response(401, text.encode(), {"Content-Type": "application/json"})
        if request.get("output_format") != "JSON":
            return Response(200, b"<?xml version='1.0'?><prestashop/>", {"Content-Type": "text/xml"})
        return None

    def _shown(self, name: str, row: Row, request: Request) -> Row:
        display = request.get("display")
        if not display:
            return {"id": row["id"]}
        if display == "full":
            self._stumble(name, row)
            prices = [(k, v) for k, v in request.query if k.startswith("price[")]
            whole = {k: v for k, v in row.items() if not k.startswith("_")}
            if ("price[paid][use_tax]", "1") in prices and "_gross" in row:
                whole["paid"] = row["_gross"]
            return whole
        wanted = display.strip("[]").split(",")
        if wanted not in (["id"], ["id", "date_upd"]):
            self._stumble(name, row)
        if unknown := [each for each in wanted if each not in row or each.startswith("_")]:
            raise _Refused(400, 35, f'Unable to display this field "{unknown[0]}".')
        return {each: row[each] for each in wanted}

    def _stumble(self, name: str, row: Row) -> None:
        if (name, row["id"]) == self.options.get("broken"):
            raise _Refused(500, 2, "[PHP Notice #8] Undefined index: carrier in /modules/x/x.php, line 3")

    def _tables(self) -> dict[str, Callable[[], Iterable[Row]]]:
        return {
            "configurations": self._configurations,
            "currencies": lambda: [
                {"id": 1, "iso_code": self.world.currency, "conversion_rate": "1.000000", "deleted": "0"}
            ],
            "languages": lambda: [{"id": 1, "iso_code": "pt"}, {"id": 2, "iso_code": "en"}],
            "countries": lambda: [{"id": 15, "iso_code": "PT"}],
            "order_states": self._states,
            "groups": lambda: [
                {"id": number, "name": self._text(name)}
                for number, name in enumerate(("Visitor", "Guest", "Customer", "vip"), 1)
            ],
            "orders": lambda: map(self._remembered, self.world.present()),
            "order_histories": self._histories,
            "order_payments": self._payments,
            "order_slip": self._slips,
            "order_cart_rules": self._rules,
            "cart_rules": lambda: [{"id": 31, "code": "welcome10", "name": self._text("Welcome")}],
            "carriers": lambda: [{"id": 7, "name": "Courier"}, {"id": 8, "name": "Pick up"}],
            "customers": self._customers,
            "addresses": self._addresses,
            "products": lambda: [self._product(i) for i in self.world.items.values() if not i.is_gone],
            "combinations": list,
            "categories": self._categories,
            "carts": lambda: [self._cart(c) for c in self.world.carts.values() if not c.is_gone],
        }

    # Settings.

    def _configurations(self) -> Iterable[Row]:
        values = {
            "PS_SHOP_NAME": self.world.name, "PS_TIMEZONE": str(self.zone), "PS_CURRENCY_DEFAULT": "1",
            "PS_LANG_DEFAULT": "1", "PS_COUNTRY_DEFAULT": "15", "PS_UNIDENTIFIED_GROUP": "1",
            "PS_GUEST_GROUP": "2", "PS_CUSTOMER_GROUP": "3",
            **{f"PS_OS_{name}": str(number) for number, name, _, _ in _NAMES if name},
        }  # fmt: skip
        for number, (name, value) in enumerate(values.items(), 1):
            yield {"id": number, "name": name, "value": value, "id_shop": "", "id_shop_group": ""}
        yield {"id": 900, "name": "PS_SHOP_NAME", "value": "Another", "id_shop": "2", "id_shop_group": "1"}

    def _states(self) -> Iterable[Row]:
        for number, _, name, flags in _NAMES:
            on = flags.split()
            said = {each: str(int(each in on)) for each in ("paid", "shipped", "logable")}
            yield {"id": number, "name": self._text(name), "deleted": "0", "module_name": "", **said}

    def _categories(self) -> Iterable[Row]:
        names = sorted({item.category for item in self.world.items.values()})
        return [{"id": number, "name": self._text(name)} for number, name in enumerate(names, 3)]

    def _text(self, value: str) -> Any:
        """A plain text with one language; with two, a list."""
        if self.options.get("languages", 1) == 1:
            return value
        return [{"id": "1", "value": value}, {"id": "2", "value": value}]

    def _at(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S") if at else _NEVER

    # Orders.

    def _remembered(self, order: Order) -> Row:
        """The row of an order as it is now; made anew only when the order changed."""
        state = (order.updated_at, order.stage, len(order.refunds))
        known = self._made.get(order.id)
        if known is None or known[0] != state:
            known = self._made[order.id] = (state, self._order(order))
        return known[1]

    def _order(self, order: Order) -> Row:
        guest = order.person.id == 0
        home = _GUEST_HOMES + order.id if guest else _HOMES + order.person.id
        before = sum((line.before * line.quantity for line in order.bought), Decimal(0))
        # A credit slip leaves the order as it was: only what else happened moves its date.
        refunds = [refund.at for refund in order.refunds]
        quiet = order.updated_at in refunds and order.stage is not Stage.REFUNDED
        moved = max(filter(None, (order.placed_at, order.paid_at, order.shipped_at, order.canceled_at)))
        return {
            "id": order.id,
            "id_address_delivery": str(home),
            "id_address_invoice": str(home),
            "id_cart": str(order.cart_id),
            "id_currency": "1",
            "id_lang": "1",
            "id_customer": str(_GUESTS + order.id if guest else order.person.id),
            "id_carrier": "7" if order.shipping_method == "Courier" else "8",
            "current_state": str(STATES[order.stage]),
            "module": "ps_wirepayment",
            "payment": "Bank transfer",
            "invoice_date": self._at(order.paid_at),
            "delivery_date": self._at(order.shipped_at),
            "valid": "1",
            "date_add": self._at(order.placed_at),
            "date_upd": self._at(moved if quiet else order.updated_at),
            "secure_key": "5e" * 16,
            "id_shop": "1",
            "reference": order.number,
            "total_discounts_tax_incl": f"{order.discount:.6f}",
            "total_paid": f"{order.total:.6f}",
            "total_paid_tax_incl": f"{order.total:.6f}",
            "total_paid_tax_excl": f"{order.total - order.tax:.6f}",
            "total_products_wt": f"{before:.6f}",
            "total_shipping_tax_incl": f"{order.shipping:.6f}",
            "associations": {"order_rows": list(map(_line, enumerate(order.bought, order.id * 10)))},
        }

    def _histories(self) -> Iterable[Row]:
        for order in self.world.present():
            steps = (
                (order.placed_at, Stage.UNPAID), (order.paid_at, Stage.PAID),
                (order.shipped_at, Stage.SHIPPED), (order.canceled_at, Stage.CANCELED),
            )  # fmt: skip
            for index, (at, stage) in enumerate(steps):
                if at:
                    yield {
                        "id": order.id * 10 + index, "id_order": str(order.id), "date_add": self._at(at),
                        "id_order_state": str(STATES[stage]), "id_employee": "0",
                    }  # fmt: skip

    def _payments(self) -> Iterable[Row]:
        for order in self.world.present():
            if order.paid_at:
                yield {
                    "id": order.id, "order_reference": order.number, "amount": f"{order.total:.6f}",
                    "date_add": self._at(order.paid_at),
                }  # fmt: skip

    def _slips(self) -> Iterable[Row]:
        for order in self.world.present():
            for refund in order.refunds:
                shipping = min(order.shipping, refund.amount)
                goods = refund.amount - shipping
                yield {
                    "id": refund.id, "id_order": str(order.id), "amount": f"{goods / _RATE:.6f}",
                    "total_products_tax_incl": f"{goods:.6f}", "total_shipping_tax_incl": f"{shipping:.6f}",
                    "date_add": self._at(refund.at), "date_upd": self._at(refund.at), "partial": "1",
                }  # fmt: skip

    def _rules(self) -> Iterable[Row]:
        for order in self.world.present():
            if order.coupon:
                yield {
                    "id": order.id, "id_order": str(order.id), "id_cart_rule": "31", "name": "Welcome",
                    "value": f"{order.discount:.6f}", "free_shipping": "0", "deleted": "0",
                }  # fmt: skip

    # People.

    def _customers(self) -> Iterable[Row]:
        for person in self.world.people.values():
            yield self._person(person, person.id)
        for order in self.world.present():
            if order.person.id == 0:
                yield self._person(order.person, _GUESTS + order.id)

    def _person(self, person: Person, number: int) -> Row:
        return {
            "id": number,
            "id_default_group": "2" if person.id == 0 else "4" if person.tags else "3",
            "id_lang": "1",
            "passwd": "$2y$10$abcdefghijk",
            "secure_key": "5e" * 16,
            "firstname": person.first_name,
            "lastname": person.last_name,
            "company": person.company,
            "email": person.email,
            "newsletter": str(int(bool(person.accepts))),
            "newsletter_date_add": self._at(person.accepts_at),
            "is_guest": str(int(person.id == 0)),
            "active": "1",
            "deleted": str(int(person.is_gone)),
            "date_add": self._at(person.created_at),
            "date_upd": self._at(person.updated_at),
        }

    def _addresses(self) -> Iterable[Row]:
        for person in self.world.people.values():
            yield self._home(person, _HOMES + person.id, person.id)
        for order in self.world.present():
            if order.person.id == 0:
                yield self._home(order.person, _GUEST_HOMES + order.id, _GUESTS + order.id)

    def _home(self, person: Person, number: int, owner: int) -> Row:
        return {
            "id": number, "id_customer": str(owner), "firstname": person.first_name, "deleted": "0",
            "lastname": person.last_name, "company": person.company, "phone": "", "alias": "Home",
            "phone_mobile": person.phone, "date_upd": self._at(person.created_at),
            "date_add": self._at(person.created_at),
        }  # fmt: skip

    # Catalogue and carts.

    def _product(self, item: Item) -> Row:
        categories = {text_of(row["name"]): row["id"] for row in self._categories()}
        return {
            "id": item.id,
            "id_category_default": str(categories[item.category]),
            "id_default_image": str(item.id),
            "reference": item.sku,
            "price": f"{item.price / _RATE:.6f}",
            "_gross": f"{item.price:.6f}",
            "active": "1",
            "state": "1",
            "type": "simple",
            "product_type": "standard",
            "name": self._text(item.name),
            "description_short": self._text(f"<p>{item.name}</p>"),
            "date_add": self._at(item.updated_at),
            "date_upd": self._at(item.updated_at),
        }

    def _cart(self, cart: Cart) -> Row:
        rows = [
            {"id_product": str(each.item.id), "id_product_attribute": "0", "quantity": str(each.quantity)}
            for each in cart.bought
        ]
        return {
            "id": cart.id,
            "id_customer": str(cart.person.id),
            "id_currency": "1",
            "id_lang": "1",
            "id_address_delivery": str(_HOMES + cart.person.id),
            "id_address_invoice": str(_HOMES + cart.person.id),
            "secure_key": "5e" * 16,
            "date_add": self._at(cart.started_at),
            "date_upd": self._at(cart.updated_at),
            "associations": {"cart_rows": rows},
        }


class _Refused(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def _error(status: int, code: int, message: str) -> Response:
    return Response.json({"errors": [{"code": code, "message": message}]}, status)


def text_of(value: Any) -> str:
    """A text that may be a list of languages."""
    return str(value[0]["value"]) if isinstance(value, list) else str(value)


def _line(numbered: tuple[int, Any]) -> Row:
    number, line = numbered
    return {
        "id": str(number),
        "product_id": str(line.item.id),
        "product_attribute_id": "0",
        "product_quantity": str(line.quantity),
        "product_name": line.item.name,
        "product_reference": line.item.sku,
        "product_price": f"{line.before / _RATE:.6f}",
        "unit_price_tax_incl": f"{line.before:.6f}",
        "unit_price_tax_excl": f"{line.before / _RATE:.6f}",
    }


def _filtered(name: str, rows: list[Row], request: Request) -> list[Row]:
    """Each filter as the webservice reads it; dates alone need ``date=1``."""
    for parameter, said in request.query:
        if not parameter.startswith("filter["):
            continue
        field = parameter[7:-1]
        is_date = field in ("date_add", "date_upd")
        missing = field == "date_upd" and name in _NO_UPDATE
        if missing or (is_date and request.get("date") != "1"):
            raise _Refused(400, 32, f'This filter does not exist. Did you mean: "id"? {field}')
        if rows and field not in rows[0]:
            raise _Refused(400, 32, f"This filter does not exist: {field}")
        fits = _fitting(said)
        rows = [row for row in rows if fits(row[field])]
    return rows


def _fitting(said: str) -> Callable[[Any], bool]:
    kind = said[0] if said[0] in "><!%" else ""
    inner = _SINGLE.sub(r"\1", said[len(kind) :])
    if kind == ">":
        return lambda value: int(value) > int(inner) if inner.isdigit() else str(value) > inner
    if kind == "<":
        return lambda value: int(value) < int(inner) if inner.isdigit() else str(value) < inner
    if re.fullmatch(r"[\d.:\- ]+,[\d.:\- ]+", inner):
        low, high = inner.split(",")
        return lambda value: low <= str(value) <= high
    wanted = set(inner.split("|"))
    return lambda value: (str(value) in wanted) is (kind != "!")


def _sorted(rows: list[Row], request: Request) -> list[Row]:
    """Without a sort, in no order to be relied on."""
    said = request.get("sort").strip("[]")
    if not said:
        return rows[::-1]
    for part in reversed(said.split(",")):
        field, _, direction = part.rpartition("_")
        if field.startswith("date_") and request.get("date") != "1":
            raise _Refused(400, 38, f"Unable to filter by this field: {field}")
        rows = sorted(rows, key=lambda row, field=field: row[field], reverse=direction == "DESC")  # type: ignore[misc]
    return rows


def _limited(rows: list[Row], request: Request) -> list[Row]:
    said = [int(each) for each in request.get("limit").split(",") if each]
    start, count = (said[0], said[1]) if len(said) > 1 else (0, said[0] if said else len(rows))
    return rows[start : start + count]

"""What must be read beside records of PrestaShop to understand them, in few requests for many records."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from zoneinfo import ZoneInfo

from comanda.connectors.base import Raw
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.prestashop import normalise
from comanda.connectors.prestashop.webservice import Pairs, Webservice, among
from comanda.connectors.values import child, children, key, text

PRICES: Pairs = [("price[paid][use_tax]", "1"), ("price[paid][decimals]", "2")]
"""Adds a field ``paid`` to products and combinations: with tax, and today's reduction."""
PERSON = (
    "[id,id_default_group,id_lang,firstname,lastname,company,email,newsletter,newsletter_date_add,is_guest,"
    "active,deleted,date_add,date_upd]"
)
"""Never the whole of a customer: it has the hash of the password."""
ADDRESS = "[id,id_customer,firstname,lastname,company,phone,phone_mobile,deleted]"
_SETTINGS = ("PS_SHOP_NAME", "PS_TIMEZONE", "PS_CURRENCY_DEFAULT", "PS_LANG_DEFAULT", "PS_COUNTRY_DEFAULT",
             "PS_UNIDENTIFIED_GROUP", "PS_GUEST_GROUP", "PS_CUSTOMER_GROUP")  # fmt: skip
_STATES = {f"PS_OS_{word.upper()}": word for word in normalise.STATUSES}


class Beside:
    """Reads once what seldom changes, and remembers it as long as the connection is open."""

    def __init__(self, service: Webservice, site: str, shop_id: str) -> None:
        self._service, self._site, self._shop_id = service, site, shop_id
        self._products: dict[str, Raw] = {}
        self._categories: dict[str, str] = {}
        self._carriers: dict[str, str] = {}
        self._codes: dict[str, str] = {}

    # The shop's settings.

    @cached_property
    def settings(self) -> Mapping[str, str]:
        """By name; in a multistore each may be there several times, and the shop's own goes first."""
        rows = self._service.rows("configurations", [among("name", [*_SETTINGS, *_STATES])])

        def nearness(row: Raw) -> bool:
            return bool(self._shop_id) and key(row.get("id_shop")) == self._shop_id

        wanted = [row for row in rows if nearness(row) or not key(row.get("id_shop")) or not self._shop_id]
        ordered = sorted(wanted, key=lambda row: (nearness(row), not key(row.get("id_shop"))))
        return {text(row["name"]): normalise.translated(row.get("value")) for row in ordered}

    @cached_property
    def zone(self) -> ZoneInfo:
        """In which all of the shop's times are."""
        name = self.settings.get("PS_TIMEZONE", "")
        try:
            return ZoneInfo(name)
        except (ValueError, LookupError, OSError):
            raise NeedsOwner("odd_answer", host=self._site, what=f"PS_TIMEZONE {name}") from None

    @cached_property
    def _currency_rows(self) -> list[Raw]:
        return self._service.rows("currencies", [])

    @property
    def currencies(self) -> Mapping[str, str]:
        """Codes by id, those taken out too: old orders have them."""
        return {text(row["id"]): text(row["iso_code"]) for row in self._currency_rows}

    @property
    def rates(self) -> Mapping[str, str]:
        """What one of the shop's currency is in others, by id."""
        return {text(row["id"]): text(row.get("conversion_rate")) or "1" for row in self._currency_rows}

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """Codes by id."""
        return {text(row["id"]): text(row["iso_code"]) for row in self._service.rows("languages", [])}

    @cached_property
    def states(self) -> Mapping[str, Raw]:
        """The states of orders by id, each with its ``_word``."""
        ids = {self.settings[name]: word for name, word in reversed(_STATES.items()) if name in self.settings}
        rows = self._service.rows("order_states", self.language)
        return {text(row["id"]): row | {"_word": normalise.word_of(row, ids)} for row in rows}

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Names of groups by id, without the three that everyone is in."""
        usual = {self.settings.get(name) for name in _SETTINGS[-3:]}
        rows = self._service.rows("groups", self.language, "[id,name]")
        return {
            text(row["id"]): normalise.translated(row["name"]) for row in rows if text(row["id"]) not in usual
        }

    @property
    def language(self) -> Pairs:
        """Asks for names in the shop's own language."""
        return [("language", self.settings["PS_LANG_DEFAULT"])] if "PS_LANG_DEFAULT" in self.settings else []

    def word(self, raw: Raw) -> str:
        """The word of an order's state; the bare id of one that is no longer there."""
        number = text(raw.get("current_state"))
        return text(child(self.states.get(number)).get("_word")) or number

    def currency(self, raw: Raw) -> str:
        """The code of a record's currency."""
        return self.currencies.get(text(raw.get("id_currency")), "")

    # Records.

    def orders(self, found: list[Raw]) -> list[Raw]:
        """Orders with buyer, addresses, refunds, coupons, payments and what became of them."""
        whole = [raw for raw in found if "_error" not in raw]
        ids = [text(raw["id"]) for raw in whole]
        slips = self._grouped("order_slip", "id_order", ids)
        rules = self._grouped("order_cart_rules", "id_order", ids)
        histories = self._grouped("order_histories", "id_order", ids)
        payments = self._grouped("order_payments", "order_reference", [r.get("reference") for r in whole])
        self._know_codes(rule for some in rules.values() for rule in some)
        self._learn(self._carriers, "carriers", (raw.get("id_carrier") for raw in whole))
        self._people(whole)
        self._know_products([row.get("product_id") for raw in whole for row in _rows(raw, "order_rows")])
        for raw, number in zip(whole, ids, strict=True):
            raw["_word"] = self.word(raw)
            raw["_slips"] = slips[number]
            raw["_rules"] = [
                rule | {"_code": self._codes.get(key(rule.get("id_cart_rule")), "")} for rule in rules[number]
            ]
            raw["_histories"] = [self._told(row) for row in histories[number]]
            raw["_payments"] = payments[text(raw.get("reference"))]
            carrier = self._carriers.get(key(raw.get("id_carrier")), "")
            raw["_carrier"] = self.settings.get("PS_SHOP_NAME", "") if carrier == "0" else carrier
            raw["_products"] = {
                number: self._products[number]
                for number in (key(row.get("product_id")) for row in _rows(raw, "order_rows"))
                if number in self._products
            }
            joined = [slips[number], rules[number], histories[number], payments[text(raw.get("reference"))]]
            _pass_on(raw, [row for rows in joined for row in rows])
        return found

    def _told(self, row: Raw) -> Raw:
        number = text(row.get("id_order_state"))
        return {"date_add": row.get("date_add"), "_word": self.word({"current_state": number})}

    def _people(self, found: list[Raw]) -> None:
        """Who an order or cart is of, with what all records of this shop need."""
        people = self._keyed("customers", (raw.get("id_customer") for raw in found), PERSON)
        named = [raw.get(f"id_address_{kind}") for raw in found for kind in ("invoice", "delivery")]
        addresses = self._keyed("addresses", named, ADDRESS)
        for raw in found:
            person = people.get(key(raw.get("id_customer")), {})
            raw["_customer"] = person | {"_group": self.groups.get(text(person.get("id_default_group")), "")}
            raw["_invoice"] = addresses.get(key(raw.get("id_address_invoice")), {})
            raw["_delivery"] = addresses.get(key(raw.get("id_address_delivery")), {})
            raw["_currency"] = self.currency(raw)
            self._here(raw)
            _pass_on(raw, [person, raw["_invoice"], raw["_delivery"]])

    def _here(self, raw: Raw) -> None:
        raw["_zone"] = self.zone.key
        raw["_language"] = self.languages.get(text(raw.get("id_lang")), "")

    def customers(self, found: list[Raw]) -> list[Raw]:
        """Customers with their addresses and group."""
        ids = [text(raw["id"]) for raw in found]
        addresses = self._grouped("addresses", "id_customer", ids, ADDRESS)
        for raw in found:
            there = addresses[text(raw["id"])]
            raw["_addresses"] = [row for row in there if text(row.get("deleted")) != "1"]
            raw["_group"] = self.groups.get(text(raw.get("id_default_group")), "")
            self._here(raw)
            _pass_on(raw, there)
        return found

    def products(self, found: list[Raw]) -> list[Raw]:
        """Products with the name of their category."""
        self._learn(self._categories, "categories", (raw.get("id_category_default") for raw in found))
        for raw in found:
            raw["_category"] = self._categories.get(key(raw.get("id_category_default")), "")
            raw["_zone"] = self.zone.key
        return found

    def carts(self, found: list[Raw]) -> list[Raw]:
        """Carts that were not ordered, with their people and the prices of today."""
        ids = [text(raw["id"]) for raw in found]
        orders = self._service.among("orders", "id_cart", ids, "[id,id_cart]")
        ordered = {text(each["id_cart"]) for each in orders}
        begun = [raw for raw in found if text(raw["id"]) not in ordered]
        whole = [raw for raw in begun if "_error" not in raw]
        self._people(whole)
        rows = [row for raw in whole for row in _rows(raw, "cart_rows")]
        self._know_products([row.get("id_product") for row in rows], fresh=True)
        variants = self._keyed("combinations", (row.get("id_product_attribute") for row in rows), more=PRICES)
        for raw in whole:
            mine = _rows(raw, "cart_rows")
            products, chosen = ([key(row.get(name)) for row in mine] for name in _OF_CART)
            raw["_products"] = {number: self._products.get(number, {}) for number in products}
            raw["_combinations"] = {number: variants[number] for number in chosen if number in variants}
            raw["_rate"] = self.rates.get(text(raw.get("id_currency")), "1")
            _pass_on(raw, [*raw["_products"].values(), *raw["_combinations"].values()])
        return begun

    # Joins.

    def _keyed(
        self, resource: str, ids: Iterable[object], display: str = "full", more: Pairs | None = None
    ) -> dict[str, Raw]:
        found = self._service.among(resource, "id", ids, display, more or [])
        return {text(row["id"]): row for row in found}

    def _grouped(
        self, resource: str, field: str, values: Iterable[object], display: str = "full"
    ) -> dict[str, list[Raw]]:
        found: dict[str, list[Raw]] = defaultdict(list)
        for row in self._service.among(resource, field, values, display):
            found[text(row[field])].append(row)
        return found

    def _learn(self, known: dict[str, str], resource: str, ids: Iterable[object]) -> None:
        """Names of what is not known yet."""
        wanted = set(map(key, ids)) - set(known) - {""}
        for row in self._service.among(resource, "id", sorted(wanted), "[id,name]", self.language):
            known[text(row["id"])] = normalise.translated(row.get("name"))

    def _know_codes(self, rules: Iterable[Raw]) -> None:
        wanted = {key(rule.get("id_cart_rule")) for rule in rules} - set(self._codes) - {""}
        for row in self._service.among("cart_rules", "id", sorted(wanted), "[id,code]"):
            self._codes[text(row["id"])] = text(row.get("code"))

    def _know_products(self, ids: Iterable[object], *, fresh: bool = False) -> None:
        """What a line lacks; ``fresh`` for prices of now."""
        wanted = set(map(key, ids)) - {""}
        wanted = wanted if fresh else wanted - set(self._products)
        found = self._service.among("products", "id", sorted(wanted), "full", [*PRICES, *self.language])
        for row in self.products(list(found)):
            self._products[text(row["id"])] = {
                **({"_error": row["_error"]} if "_error" in row else {}),
                "name": normalise.translated(row.get("name")),
                "sku": text(row.get("reference")),
                "category": row["_category"],
                "image": normalise.image(self._site, row.get("id_default_image")),
                "price": text(row.get("paid")),
            }


_OF_CART = ("id_product", "id_product_attribute")


def _pass_on(raw: Raw, joined: Iterable[Raw]) -> None:
    """A record is no better than what it needs: where the shop stumbled over that, it cannot be read."""
    for row in joined:
        if "_error" in row:
            raw.setdefault("_error", row["_error"])


def _rows(raw: Raw, name: str) -> list[Raw]:
    return children(child(raw.get("associations")).get(name))

"""What must be read beside records of Magento to understand them, in few requests for many records."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from comanda.connectors.base import Raw
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.http import Http
from comanda.connectors.magento import normalise
from comanda.connectors.magento.rest import Rest
from comanda.connectors.values import child, children, first, key, text

_LINE = "id,sku,name,custom_attributes,media_gallery_entries,extension_attributes[category_links]"
_PRICED = "id,sku,price,custom_attributes"
_MEMO = "entity_id,order_id,state,created_at,grand_total,comments[comment]"
_MADE = "entity_id,order_id,created_at"
_EVERYONE = ("0", "1")
"""Groups that say nothing: who is not logged in, and General."""


class Beside:
    """Reads once what seldom changes, and remembers it as long as the connection is open."""

    def __init__(self, http: Http, rest: Rest, store_ids: str) -> None:
        self._http, self._rest, self._store_ids = http, rest, store_ids
        self._categories: dict[str, str] = {}
        self._products: dict[str, Raw] = {}

    @cached_property
    def view(self) -> Mapping[str, Any]:
        """The settings of the store view: of the first of the chosen ones, else of the first there is."""
        wanted = self._store_ids.split(",") if self._store_ids else []
        views = children(self._http.get("store/storeConfigs").json())
        usual = sorted((v for v in views if text(v.get("code")) != "admin"), key=lambda v: int(v["id"]))
        chosen = [view for view in usual if text(view.get("id")) in wanted]
        for view in chosen or usual:
            return child(view)
        raise NeedsOwner("odd_answer", host=self._http.base, what=f"store/storeConfigs {len(views)}")

    @property
    def media(self) -> str:
        """Where pictures lie."""
        return first(self.view.get("secure_base_media_url"), self.view.get("base_media_url"))

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Names of groups by id, without those that say nothing."""
        rows = self._rest.all_of("customerGroups/search", [], by="customer_group_id")
        return {text(row["id"]): text(row["code"]) for row in rows if text(row["id"]) not in _EVERYONE}

    def orders(self, found: list[Raw]) -> list[Raw]:
        """Orders with what was paid, sent and given back, and what their lines lack."""
        paid = self._of_orders("invoices", [raw for raw in found if raw.get("total_paid")], _MADE,
                               [[("state", "eq", "2")]])  # fmt: skip
        memos = self._of_orders("creditmemos", [raw for raw in found if raw.get("total_refunded")], _MEMO)
        done = [raw for raw in found if text(raw.get("state")) in ("complete", "closed")]
        sent = self._of_orders("shipments", done, _MADE)
        lines = [(raw, children(raw.get("items"))) for raw in found]
        known = self._known({key(row.get("product_id")) for _, rows in lines for row in rows})
        for raw, rows in lines:
            number = text(raw["entity_id"])
            raw["_invoices"], raw["_creditmemos"], raw["_shipments"] = (
                paid[number],
                memos[number],
                sent[number],
            )
            raw["_group"] = self.groups.get(text(raw.get("customer_group_id")), "")
            mine = {key(row.get("product_id")) for row in rows}
            raw["_products"] = {each: known[each] for each in sorted(mine) if each in known}
        return found

    def _of_orders(
        self, path: str, orders: list[Raw], fields: str, more: Any = ()
    ) -> defaultdict[str, list[Raw]]:
        grouped: defaultdict[str, list[Raw]] = defaultdict(list)
        ids = [text(raw["entity_id"]) for raw in orders]
        for row in self._rest.among(path, "order_id", ids, fields, more):
            grouped[text(row["order_id"])].append(row)
        return grouped

    def _known(self, wanted: Iterable[str]) -> Mapping[str, Raw]:
        """What lines lack, by the ids of their products; those that are gone are not asked for again."""
        missing = sorted(set(wanted) - set(self._products) - {""})
        rows = list(self._rest.among("products", "entity_id", missing, _LINE))
        self._products.update({each: {} for each in missing})
        self._products.update({text(row["id"]): told for row, told in self._told(rows)})
        return self._products

    def _told(self, rows: list[Raw]) -> list[tuple[Raw, Raw]]:
        """Products, each with what a line takes from it."""
        self._name_categories(rows)
        return [
            (row, {"id": row["id"], "category": row["_category"],
                   "image": normalise.image(row | {"_media": self.media})})
            for row in rows
        ]  # fmt: skip

    def _name_categories(self, rows: list[Raw]) -> None:
        linked = {id(row): _category_of(row) for row in rows}
        missing = sorted(set(linked.values()) - set(self._categories) - {""})
        for category in self._rest.among("categories/list", "entity_id", missing, "id,name"):
            self._categories[text(category["id"])] = text(category["name"])
        for row in rows:
            row["_category"] = self._categories.get(linked[id(row)], "")

    def customers(self, found: list[Raw]) -> list[Raw]:
        """Customers with the name of their group."""
        for raw in found:
            raw["_group"] = self.groups.get(text(raw.get("group_id")), "")
        return found

    def products(self, found: list[Raw]) -> list[Raw]:
        """Products with category, place of pictures, and the variants of those that have no price."""
        self._name_categories(found)
        links = {text(raw["id"]): _variants_of(raw) for raw in found}
        wanted = [each for variants in links.values() for each in variants]
        variants = {
            text(row["id"]): row for row in self._rest.among("products", "entity_id", wanted, _PRICED)
        }
        at = datetime.now(UTC).isoformat(timespec="seconds")
        for raw in found:
            raw["_media"], raw["_at"] = self.media, at
            raw["_variants"] = [variants[each] for each in links[text(raw["id"])] if each in variants]
        return found

    def carts(self, found: list[Raw], *, exactly: bool) -> list[Raw]:
        """Carts with what their lines lack; ``exactly`` with tax and discount too, one request each."""
        skus = {text(row.get("sku")) for raw in found for row in children(raw.get("items"))}
        known = self._skus(skus)
        for raw in found:
            raw["_products"] = {
                text(row.get("sku")): known.get(text(row.get("sku")), {})
                for row in children(raw.get("items"))
            }
            if exactly:
                raw["_totals"] = self._totals(text(raw["id"]))
        return found

    def _skus(self, wanted: set[str]) -> Mapping[str, Raw]:
        """Products by SKU; one with a comma in it cannot be asked for among others."""
        plain = sorted(sku for sku in wanted if "," not in sku)
        rows = list(self._rest.among("products", "sku", plain, _LINE))
        for sku in wanted - set(plain):
            rows += self._rest.rows("products", [[("sku", "eq", sku)]], 1, fields=_LINE)
        return {text(row["sku"]): told for row, told in self._told(rows)}

    def _totals(self, number: str) -> Raw:
        """Nothing for a cart that is gone meanwhile."""
        try:
            return dict(child(self._http.get(f"carts/{number}/totals").json()))
        except NeedsOwner as error:
            if error.code != "no_api":
                raise
            return {}


def _category_of(raw: Raw) -> str:
    """The last category that a product is linked with: the first ones are the roots of the tree."""
    links = children(child(raw.get("extension_attributes")).get("category_links"))
    linked = [text(child(each).get("category_id")) for each in links]
    return first(*reversed(linked or children(normalise.attributes(raw).get("category_ids"))))


def _variants_of(raw: Raw) -> list[str]:
    if text(raw.get("type_id")) != "configurable":
        return []
    return [text(each) for each in children(
        child(raw.get("extension_attributes")).get("configurable_product_links"))]  # fmt: skip

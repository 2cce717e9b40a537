"""What the ids in some activities are called, looked up for all of them at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from comanda.records.fields import all_of
from comanda.records.models import Activity, List, Order, Store, Tag


class Names:
    """Made for a page of activity."""

    def __init__(self, happened: Sequence[Activity]) -> None:
        orders = Order.objects.filter(pk__in={row.order_id for row in happened if row.order_id})
        self._orders = {
            pk: (number or external_id, currency)
            for pk, number, external_id, currency in orders.values_list(
                "pk", "number", "external_id", "currency"
            )
        }
        stores = Store.objects.filter(pk__in={row.store_id for row in happened if row.store_id})
        self._stores = {pk: name or key for pk, name, key in stores.values_list("pk", "name", "key")}
        self._tags = _named(Tag, (row.data.get("tag_id") for row in happened))
        self._lists = _named(List, (row.data.get("list_id") for row in happened))
        told = any("fields" in (row.data.get("changes") or {}) for row in happened)
        self.fields = {field.key: field for field in all_of()} if told else {}

    def order(self, row: Activity) -> str:
        """The number of an order; "" for one that is gone."""
        return self._orders.get(row.order_id or 0, ("", ""))[0]

    def currency(self, row: Activity) -> str:
        """The currency of an order or cart; "" where that is not known."""
        said = row.data.get("currency")
        return said if isinstance(said, str) else self._orders.get(row.order_id or 0, ("", ""))[1]

    def store(self, row: Activity) -> str:
        """The store, "" if it happened in none."""
        return self._stores.get(row.store_id or 0, "")

    def tag(self, row: Activity) -> str:
        """The tag, "…" if it was deleted."""
        return self._tags.get(row.data.get("tag_id", 0), "…")

    def list(self, row: Activity) -> str:
        """The list, "…" if it was deleted."""
        return self._lists.get(row.data.get("list_id", 0), "…")


def _named(model: type[Tag] | type[List], ids: Iterable[Any]) -> dict[int, str]:
    asked = {each for each in ids if each}
    return dict(model.objects.filter(pk__in=asked).values_list("pk", "name")) if asked else {}

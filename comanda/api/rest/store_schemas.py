"""Stores as they are sent and shown."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from comanda.api.rest.fields import (
    LONGEST_KEY,
    NO_NUL,
    Answer,
    Body,
    Currency,
    MoneyOut,
    Name,
    Reads,
    StoreKey,
    Text,
    Word,
    choice,
    wrong,
)
from comanda.records import store_totals, stores
from comanda.records.models import Store, StoreKind
from comanda.shapes import OrderStatus


def _degrees(most: int) -> Reads:
    def read(value: Any) -> float | None:
        if value is None:
            return None
        if type(value) in (int, Decimal) and -most <= value <= most:
            return float(value)
        raise wrong(f"degrees from -{most} to {most}, or null")

    schema = {"anyOf": [{"type": "number", "minimum": -most, "maximum": most}, {"type": "null"}]}
    return Reads(read, schema)


Timezone = Annotated[str, choice(stores.timezones(), "an IANA time zone such as Europe/Lisbon")]
Country = Annotated[str, choice(stores.countries() | {""}, "an ISO 3166 country code such as PT")]
StatusMap = Annotated[
    dict[Word, Annotated[OrderStatus, Field(strict=False)]],
    Field(
        max_length=500,
        description="The shop's own words, and the status that each means.",
        json_schema_extra={"propertyNames": {"minLength": 1, "maxLength": LONGEST_KEY, "pattern": NO_NUL}},
    ),
]


class StoreFields(Body):
    """What can be said of a store. In a PATCH, what is left out stays as it is."""

    name: Text = ""
    description: Text = ""
    kind: Annotated[StoreKind, Field(strict=False)] = StoreKind.ONLINE
    platform: Annotated[Text, Field(min_length=1, max_length=32)] = "api"
    url: Text = ""
    currency: Currency = "EUR"
    timezone: Timezone = "UTC"
    country: Country = ""
    address: Text = ""
    latitude: Annotated[float | None, _degrees(90)] = None
    longitude: Annotated[float | None, _degrees(180)] = None
    status_map: StatusMap = {}
    contact_list: Annotated[
        Name | None, Field(description="The list that buyers join from now on, made if there is none.")
    ] = None

    def given(self) -> dict[str, Any]:
        """The columns that were sent."""
        return {name: getattr(self, name) for name in stores.EDITABLE if name in self.model_fields_set}


class StoreBody(StoreFields):
    """A new store."""

    key: Annotated[StoreKey, Field(description="What names it everywhere; never changes.")]


class StoreOut(Answer):
    """A store."""

    key: str
    name: str
    description: str
    kind: StoreKind
    platform: str
    url: str
    currency: str
    timezone: str
    country: str
    address: str
    latitude: float | None
    longitude: float | None
    status_map: dict[str, OrderStatus]
    contact_list: str | None
    created_at: datetime
    archived_at: datetime | None


class StoreWithTotals(StoreOut):
    """A store with what it has brought. ``revenue`` is by currency: no two are ever added."""

    orders: int
    lines: int
    contacts: int
    products: int
    revenue: dict[str, MoneyOut]
    last_order_at: datetime | None
    synced_to: datetime | None


_AS_KEPT = tuple(name for name in StoreOut.model_fields if name != "contact_list")


def show(store: Store) -> StoreOut:
    """A store without its totals."""
    return StoreOut(**_values(store))


def show_with_totals(found: Sequence[Store]) -> list[StoreWithTotals]:
    """Stores with their totals; reads all of their orders."""
    totals = store_totals.of(found)
    return [StoreWithTotals(**{**_values(store), **own}) for store, own in zip(found, totals, strict=True)]


def _values(store: Store) -> dict[str, Any]:
    contact_list = store.contact_list.name if store.contact_list else None
    return {**{column: getattr(store, column) for column in _AS_KEPT}, "contact_list": contact_list}

"""Stores as they are sent and shown."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from comanda.api.rest.fields import (
    Answer,
    Body,
    Currency,
    MoneyOut,
    Reads,
    StoreKey,
    Text,
    Word,
    choice,
    wrong,
)
from comanda.records import stores
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
    Field(max_length=500, description="The shop's own words, and the status that each means."),
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
    created_at: datetime


class StoreWithTotals(StoreOut):
    """A store with what it has brought. ``revenue`` is by currency: no two are ever added."""

    orders: int
    lines: int
    contacts: int
    products: int
    revenue: dict[str, MoneyOut]
    last_order_at: datetime | None
    synced_to: datetime | None


_COLUMNS = tuple(StoreOut.model_fields)


def show(store: Store) -> StoreOut:
    """A store without its totals."""
    return StoreOut(**{column: getattr(store, column) for column in _COLUMNS})


def show_with_totals(store: Store) -> StoreWithTotals:
    """A store with its totals; reads all of its orders."""
    own = {column: getattr(store, column) for column in _COLUMNS}
    return StoreWithTotals(**{**own, **stores.totals(store)})

"""What Home is asked to show: a period, a store, a currency."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from comanda.records import periods, stores
from comanda.records.models import Store
from comanda.records.sales import Asked

USUAL = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address of the page says, as far as it means anything."""

    days: int
    store: Store | None
    currency: str

    @property
    def asked(self) -> Asked:
        """The same as a question, of this moment by the reader's clock."""
        zone = ZoneInfo(timezone.get_current_timezone_name())
        period = periods.ending(datetime.now(UTC), self.days, zone)
        return Asked(period, self.store.pk if self.store else None, self.currency or None)

    @property
    def key(self) -> str:
        """By what its answer is remembered."""
        store = self.store.pk if self.store else ""
        return f"sales-{self.days}-{store}-{self.currency}-{timezone.get_current_timezone_name()}"


def of(request: HttpRequest) -> Wish:
    """What a request asks for."""
    given = request.GET
    days = next((each for each in periods.LENGTHS if given.get("days") == str(each)), USUAL)
    key = given.get("store", "")
    store = stores.find(key) if stores.KEY.fullmatch(key) else None
    currency = given.get("currency", "")
    return Wish(days, store, currency if currency in stores.currencies() else "")

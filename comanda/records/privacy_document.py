"""All that is known of a person as a document that JSON can hold, for the person to take away."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from comanda.lib import money
from comanda.records import privacy
from comanda.records.models import Store

_INTERNAL = (
    "digest",
    "fingerprint",
    "import_id",
    "order_id",
    "cart_id",
    "contact_id",
    "store_id",
    "product_id",
)
"""What means nothing outside of this database."""


def document(contact_id: int) -> dict[str, Any]:
    """What ``privacy.export`` tells: amounts as text, times in ISO 8601, stores by their keys.

    Raises Contact.DoesNotExist.
    """
    told = privacy.export(contact_id)
    stores = dict(Store.objects.values_list("id", "key"))
    return {key: _plain(value, stores) for key, value in told.items()}


def _plain(value: Any, stores: Mapping[int, str]) -> Any:
    match value:
        case dict():
            kept = {key: _plain(each, stores) for key, each in value.items() if key not in _INTERNAL}
            store = stores.get(value.get("store_id", 0))
            return {"store": store, **kept} if store else kept
        case list() | tuple():
            return [_plain(each, stores) for each in value]
        case Decimal():
            return money.plain(value)
        case datetime():
            return value.isoformat()
    return value

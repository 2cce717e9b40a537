"""What is looked after once an hour: what a shop says of itself, and its webhooks.

Both change without a word: a shop begins to sell in another currency, its clock goes astray, a right is taken
away, a webhook is switched off after failures. What that means for people stands with the connection.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings

from comanda.connectors.base import Connector, Shop
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.ingest.sync import hooks
from comanda.records.models import Connection, Store

log = logging.getLogger(__name__)
Remark = tuple[str, dict[str, str]]
"""A code of a sentence, and its facts."""
_EVERY = timedelta(hours=1)


def is_due(connection: Connection) -> bool:
    """Whether it is time to look again."""
    last = connection.hooks_checked_at
    return last is None or datetime.now(UTC) - last > _EVERY


def take(connection: Connection, connector: Connector) -> None:
    """Looks at both, and keeps what is to be said. Raises ShopError.

    Webhooks that the key may not make keep nothing else from the store: that is said, and all is pulled.
    """
    shop = connector.shop()
    remarks = [*_told(shop), *_changed(connection.store, shop)]
    is_looked_at = True
    try:
        hooks.keep_subscribed(connection, connector, settings.PUBLIC_URL)
    except RetryLater as error:
        is_looked_at = False
        log.info("The webhooks of %s are not all made yet: %s", connection.store.key, error)
    except NeedsOwner as error:
        if error.code not in ("right_missing", "key_refused"):
            raise
        remarks.append(("hooks_refused", {}))
    Connection.objects.filter(store_id=connection.store_id).update(
        version=shop.version,
        skew=shop.skew,
        remarks=[[code, facts] for code, facts in remarks],
        hooks_checked_at=datetime.now(UTC) if is_looked_at else connection.hooks_checked_at,
    )


def _told(shop: Shop) -> Iterator[Remark]:
    for code, facts in shop.remarks:
        yield code, {name: str(value) for name, value in facts.items()}


def _changed(store: Store, shop: Shop) -> Iterator[Remark]:
    if shop.currency and shop.currency != store.currency:
        yield "currency_changed", {"now": shop.currency, "was": store.currency}
    if shop.timezone and shop.timezone != store.timezone:
        yield "zone_changed", {"now": shop.timezone, "was": store.timezone}

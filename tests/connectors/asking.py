"""What tests ask of a connector, whatever the platform."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from comanda.connectors.base import Connector, Page, Resource
from comanda.shapes import OrderIn


def soon() -> datetime:
    """A little later than now: all that there is came before."""
    return datetime.now(UTC) + timedelta(seconds=5)


def orders_of(connector: Connector, pages: Iterable[Page]) -> dict[str, OrderIn]:
    """The orders that pages make, by the shop's id."""
    raws = [raw for page in pages for raw in page.items]
    shapes = [shape for raw in raws for shape in connector.shapes(Resource.ORDERS, raw)]
    return {shape.order_id: shape for shape in shapes if isinstance(shape, OrderIn)}

"""Products as they are sent and shown."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from comanda.api.rest.fields import Answer, Body, Currency, Instant, Key, Money, MoneyOut, StoreKey, Text
from comanda.lib import money
from comanda.records.models import Product
from comanda.shapes import ProductIn


class ProductBody(Body):
    """An item of a store's catalogue."""

    store: Annotated[StoreKey, Field(description="The store's key.")]
    product_id: Annotated[Key, Field(description="The shop's own id of the product.")]
    name: Text = ""
    sku: Text = ""
    category: Text = ""
    kind: Text = ""
    description: Text = ""
    price: Money | None = None
    currency: Annotated[Currency | None, Field(description="Left out: the store's, if there is a price.")] = (
        None
    )
    image_url: Text = ""
    url: Text = ""
    archived: Annotated[bool, Field(description="No longer sold.")] = False
    updated_at: Annotated[
        Instant | None, Field(description="The version: an older one never overwrites.")
    ] = None

    def shape(self, store_currency: str) -> ProductIn:
        """The shape that the door takes."""
        return ProductIn(
            self.product_id, self.name, self.sku, self.category, self.kind, self.description, self.price,
            self.currency or (store_currency if self.price is not None else ""), self.image_url, self.url,
            self.archived, self.updated_at,
        )  # fmt: skip


class ProductOut(Answer):
    """A product. ``in_catalogue`` is false for one that only orders tell of."""

    id: int
    store: str
    product_id: str
    name: str
    sku: str
    category: str
    kind: str
    description: str
    price: MoneyOut | None
    currency: str
    image_url: str
    url: str
    in_catalogue: bool
    archived: bool
    updated_at: datetime | None


_AS_KEPT = (
    "id", "name", "sku", "category", "kind", "description", "currency", "image_url", "url", "in_catalogue",
    "archived",
)  # fmt: skip


def show(product: Product) -> ProductOut:
    """A product."""
    return ProductOut(
        **{column: getattr(product, column) for column in _AS_KEPT},
        store=product.store.key,
        product_id=product.external_id,
        price=None if product.price is None else money.amount(product.price, product.currency),
        updated_at=product.source_updated_at,
    )

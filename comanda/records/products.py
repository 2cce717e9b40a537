"""Products read."""

from django.db.models import QuerySet

from comanda.records.models import Product


def newest_first(
    *, store: str | None = None, sku: str | None = None, before_id: int | None = None
) -> QuerySet[Product]:
    """Products that all filters let through, the one that Comanda learned of last first."""
    found = Product.objects.select_related("store").order_by("-id")
    if store is not None:
        found = found.filter(store__key=store)
    if sku is not None:
        found = found.filter(sku=sku)
    if before_id is not None:
        found = found.filter(id__lt=before_id)
    return found


def find(row_id: int) -> Product | None:
    """The product with this id of ours."""
    return Product.objects.select_related("store").filter(id=row_id).first()

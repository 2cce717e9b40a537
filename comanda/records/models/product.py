"""What shops sell."""

from django.db import models

from . import columns
from .store import Store


class Product(models.Model):
    """An item of a store's catalogue, or one that only orders tell of (``in_catalogue`` false)."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, db_index=False)
    external_id = models.TextField()
    name = columns.text()
    sku = columns.text()
    category = columns.text()
    kind = columns.text()
    description = columns.text()
    price = columns.money(null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    image_url = columns.text()
    url = columns.text()
    in_catalogue = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    source_updated_at = models.DateTimeField(null=True)
    created_at = columns.stamp()
    updated_at = columns.stamp()

    class Meta:
        db_table = "product"
        constraints = [models.UniqueConstraint(fields=["store", "external_id"], name="product_once")]

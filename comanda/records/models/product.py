"""What shops sell."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Collate, Left

from comanda.records.folding import COMPARED, Folded

from . import columns
from .store import Store


class SoughtText(models.Func):
    """The texts by which a product is sought, one after another."""

    template = "%(expressions)s"
    arg_joiner = " || ' ' || "
    output_field = models.TextField()


class Product(models.Model):
    """An item of a store's catalogue, or one that only orders tell of (``in_catalogue`` false).

    ``sought`` is name, SKU and the shop's id as people type them: small letters, no accents.
    """

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
    sought = models.GeneratedField(
        expression=Folded(SoughtText("name", "sku", "external_id")),
        output_field=models.TextField(),
        db_persist=True,
    )
    source_updated_at = models.DateTimeField(null=True)
    created_at = columns.stamp()
    updated_at = columns.stamp()

    class Meta:
        db_table = "product"
        constraints = [models.UniqueConstraint(fields=["store", "external_id"], name="product_once")]
        indexes = [
            models.Index(Collate(Folded(Left("name", COMPARED)), "C"), F("id"), name="product_by_name"),
        ]


class ProductSales(models.Model):
    """What was sold of a product in completed orders, when it was last counted.

    It names its product without a constraint, for products go by other ways too; counting clears up.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, primary_key=True, db_constraint=False)
    sold = columns.money()
    buyers = models.BigIntegerField()

    class Meta:
        db_table = "product_sales"


class ProductRevenue(models.Model):
    """What a product brought in one currency, when it was last counted."""

    pk = models.CompositePrimaryKey("product_id", "currency")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    currency = models.CharField(max_length=3)
    revenue = columns.money()

    class Meta:
        db_table = "product_revenue"


class ProductCount(models.Model):
    """When products were last counted (one row): how far the activity was then, and how long it took."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    counted_at = models.DateTimeField()
    activity_id = models.BigIntegerField()
    seconds = models.FloatField()

    class Meta:
        db_table = "product_count"

"""A line of an order or cart: what both have in common."""

from django.db import models

from . import columns
from .product import Product


class Line(models.Model):
    """What was bought, at the price paid.

    It names its product (and its order or cart) without a database constraint: the check would double the
    cost of writing lines, and only the door and erasure write them (``doctor`` looks for strays).
    """

    position = models.IntegerField()
    product = models.ForeignKey(Product, null=True, on_delete=models.DO_NOTHING, db_constraint=False)
    quantity = columns.money()
    unit_price = columns.money()
    total = columns.money()
    discount = columns.money(default=0)
    name = columns.text()
    sku = columns.text()
    variant_id = columns.text()
    category = columns.text()
    image_url = columns.text()

    class Meta:
        abstract = True

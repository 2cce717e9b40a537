"""Where orders come from."""

from django.db import models

from . import columns
from .grouping import List


class StoreKind(models.TextChoices):
    """A web shop, or a place that people walk into."""

    ONLINE = "online"
    PHYSICAL = "physical"


class Store(models.Model):
    """A shop: its key names it everywhere outside the database.

    ``archived_at`` is set while it is out of use, ``removal_asked_at`` while it is being deleted.
    """

    key = models.SlugField(unique=True, max_length=64)
    name = columns.text()
    description = columns.text()
    kind = columns.status(StoreKind.choices, default=StoreKind.ONLINE)
    platform = models.CharField(max_length=32, default="csv")
    url = columns.text()
    currency = models.CharField(max_length=3, default="EUR")
    timezone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, default="", blank=True)
    address = columns.text()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    contact_list = models.ForeignKey(List, null=True, on_delete=models.SET_NULL)
    status_map = models.JSONField(default=dict)
    import_mapping = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)
    created_at = columns.stamp()
    archived_at = models.DateTimeField(null=True)
    removal_asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "store"

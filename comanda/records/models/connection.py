"""How an online store is reached, how far it is synced, and what came of each look at it."""

from django.db import models

from . import columns
from .store import Store


class ConnectionState(models.TextChoices):
    """``on`` syncs by itself, ``paused`` waits for someone to switch it on, ``broken`` for someone to act."""

    ON = "on"
    PAUSED = "paused"
    BROKEN = "broken"


class Connection(models.Model):
    """The connection of one store. ``sealed`` are its fields, encrypted; see ``records.connections``.

    ``hook_key`` is the secret part of the address of its webhooks. ``error_code`` names a sentence of
    ``connectors.sentences``, filled by ``error_facts``; ``retry_at`` is when it is tried again.
    """

    store = models.OneToOneField(Store, primary_key=True, on_delete=models.CASCADE)
    sealed = models.BinaryField()
    state = columns.status(ConnectionState.choices, default=ConnectionState.ON)
    hook_key = models.TextField(unique=True)
    shop_id = columns.text()
    version = columns.text()
    skew = models.FloatField(default=0)
    remarks = models.JSONField(default=list)
    error_code = columns.text()
    error_facts = models.JSONField(default=dict)
    error_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    hooks_made_at = models.DateTimeField(null=True)
    hooks_checked_at = models.DateTimeField(null=True)
    hook_seen_at = models.DateTimeField(null=True)
    hooks_forged = models.BigIntegerField(default=0)
    statuses = models.JSONField(default=dict)
    connected_at = columns.stamp()

    class Meta:
        db_table = "connection"


class SyncState(models.TextChoices):
    """How the history of a resource stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class Sync(models.Model):
    """How far one resource of a store is.

    The history is read up to ``until``; ``cursor`` is where it goes on, ``seen`` of ``total`` records are in.
    From then on what changed is pulled: all that changed before ``synced_to`` is here.
    """

    pk = models.CompositePrimaryKey("store_id", "resource")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, db_index=False)
    resource = models.CharField(max_length=16)
    state = columns.status(SyncState.choices, default=SyncState.WAITING)
    cursor = models.JSONField(null=True)
    seen = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    synced_to = models.DateTimeField(null=True)
    pulled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sync"


class Audit(models.Model):
    """One comparison of a day of a store, in its zone: orders and money there and here, by currency.

    ``differences`` are objects with ``order_id``, ``reason`` (see ``ingest.sync.audit``), and what stands on
    either side; ``healed`` counts those that were mended before the comparison was written down.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, db_index=False)
    day = models.DateField()
    at = columns.stamp()
    shop_orders = models.IntegerField()
    own_orders = models.IntegerField()
    shop_totals = models.JSONField(default=dict)
    own_totals = models.JSONField(default=dict)
    differences = models.JSONField(default=list)
    healed = models.IntegerField(default=0)

    class Meta:
        db_table = "audit_day"
        indexes = [models.Index(fields=["store", "day", "-at"], name="audit_of_day")]


class ShopCall(models.Model):
    """One request to a shop, without what is secret in it; kept for a few days."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, db_index=False)
    at = models.DateTimeField()
    method = models.CharField(max_length=8)
    url = models.TextField()
    status = models.IntegerField()
    seconds = models.FloatField()
    size = models.BigIntegerField()
    error = columns.text()

    class Meta:
        db_table = "shop_call"
        indexes = [models.Index(fields=["store", "-at"], name="call_of_store")]

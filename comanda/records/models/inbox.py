"""Payloads as received, kept before anything is made of them."""

from django.db import models

from . import columns
from .store import Store


class InboxState(models.TextChoices):
    """``new`` waits for its job, ``failed`` waits for a person or a replay."""

    NEW = "new"
    DONE = "done"
    FAILED = "failed"


class Inbox(models.Model):
    """One payload. ``delivery`` is the sender's delivery id or a hash of the body: unique per store.

    ``kind`` and ``external_id`` say which record it speaks of, once that is known. ``error_code`` names a
    sentence of ``connectors.sentences``, filled by ``error_facts``: why it did not come in, "" when it did.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=32)
    external_id = columns.text()
    source = models.CharField(max_length=16)
    delivery = models.TextField(null=True)
    body = models.BinaryField()
    state = columns.status(InboxState.choices, default=InboxState.NEW)
    error_code = columns.text(db_default="")
    error_facts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    tries = models.PositiveIntegerField(default=0)
    received_at = columns.stamp()

    class Meta:
        db_table = "inbox"
        constraints = [models.UniqueConstraint(fields=["store", "delivery"], name="inbox_once")]
        indexes = [
            models.Index(fields=["store", "kind", "external_id"], name="inbox_of_record"),
            models.Index(fields=["received_at"], name="inbox_oldest"),
            models.Index(
                fields=["store", "received_at"], condition=~models.Q(state="done"), name="inbox_waiting"
            ),
        ]

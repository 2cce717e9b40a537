"""What happened, in order: the log that everything else reads."""

from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL

from . import columns


class TransactionIdField(models.Field):  # type: ignore[type-arg]  # not subscriptable when run
    """PostgreSQL's 64-bit transaction id (``xid8``), set by the database."""

    def db_type(self, connection: Any) -> str:
        """The column's type in PostgreSQL."""
        return "xid8"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> int | None:
        """As a number: psycopg hands ``xid8`` over as text."""
        return None if value is None else int(value)


class Activity(models.Model):
    """One thing that happened, mostly to one contact. Append-only.

    ``at`` is when it happened, ``recorded_at`` when Comanda learned of it. ``live`` is false for history
    (imports, backfills): flows never start from it. ``era`` grows when the database is restored from a
    dump, because transaction ids then begin anew; (era, xid, id) is the order in which consumers read.
    """

    id = models.BigAutoField(primary_key=True)
    era = models.SmallIntegerField(db_default=1)
    xid = TransactionIdField(db_default=RawSQL("pg_current_xact_id()", ()))
    kind = models.CharField(max_length=32)
    contact_id = models.BigIntegerField(null=True)
    store_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    cart_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    recorded_at = columns.stamp()
    live = models.BooleanField()
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "activity"
        indexes = [
            models.Index(fields=["era", "xid", "id"], name="activity_in_commit_order"),
            models.Index(fields=["contact_id", "at", "id"], name="activity_of_contact"),
            models.Index(
                fields=["order_id", "at", "id"],
                condition=models.Q(order_id__isnull=False),
                name="activity_of_order",
            ),
        ]


class Cursor(models.Model):
    """How far a consumer has read."""

    consumer = models.CharField(max_length=64, primary_key=True)
    era = models.SmallIntegerField(default=0)
    xid = TransactionIdField(db_default=RawSQL("'0'::xid8", ()))
    activity_id = models.BigIntegerField(default=0)
    moved_at = columns.stamp()

    class Meta:
        db_table = "activity_cursor"

"""Orders with their lines and refunds."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Collate, Left, Lower

from comanda.records.folding import COMPARED
from comanda.shapes import OrderStatus

from . import columns
from .contact import Contact
from .line import Line
from .store import Store

STATUSES = [(status.value, status.value) for status in OrderStatus]


class Order(models.Model):
    """An order, known by (store, the shop's id).

    ``items`` is the number of things bought (the sum of its lines' quantities), ``digest`` a hash of all
    that the source said, ``import_id`` the import that last wrote it, ``fingerprint`` a hash of the rows
    it was written from (empty for all but files).
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, db_index=False)
    external_id = models.TextField()
    number = columns.text()
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, db_index=False)
    status = columns.status(STATUSES)
    source_status = columns.text()
    currency = models.CharField(max_length=3)
    total = columns.money()
    refund_total = columns.money(default=0)
    discount_total = columns.money(default=0)
    shipping_total = columns.money(default=0)
    tax_total = columns.money(default=0)
    items = columns.money(default=0)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    fulfilled_at = models.DateTimeField(null=True)
    canceled_at = models.DateTimeField(null=True)
    source_updated_at = models.DateTimeField(null=True)
    coupons = columns.words()
    tags = columns.words()
    shipping_method = columns.text()
    payment_method = columns.text()
    admin_url = columns.text()
    cart_external_id = columns.text()
    digest = models.BinaryField()
    fingerprint = models.BinaryField(default=b"")
    import_id = models.BigIntegerField(null=True)
    created_at = columns.stamp()
    updated_at = columns.stamp()

    class Meta:
        db_table = "orders"
        constraints = [models.UniqueConstraint(fields=["store", "external_id"], name="order_once")]
        indexes = [
            models.Index(fields=["contact", "placed_at", "id"], name="order_of_contact"),
            models.Index(fields=["store", "contact"], name="order_of_store"),
            models.Index(fields=["placed_at", "id"], name="order_latest"),
            models.Index(
                fields=["store", "cart_external_id"],
                condition=~models.Q(cart_external_id=""),
                name="order_of_cart",
            ),
            models.Index(fields=["store", "currency", "status", "placed_at", "id"], name="order_in_bucket"),
            models.Index(
                Collate(Lower(Left("number", COMPARED)), "C"),
                condition=~models.Q(number=""),
                name="order_by_number",
            ),
            models.Index(
                fields=["placed_at", "id"], condition=models.Q(refund_total__gt=0), name="order_refunded"
            ),
            models.Index(
                fields=["placed_at", "id"], condition=~models.Q(coupons=[]), name="order_with_coupon"
            ),
            GinIndex(fields=["coupons"], condition=~models.Q(coupons=[]), name="order_by_coupon"),
        ]


class OrderLine(Line):
    """A line of an order."""

    pk = models.CompositePrimaryKey("order_id", "position")
    order = models.ForeignKey(
        Order, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False, related_name="lines"
    )

    class Meta:
        db_table = "order_line"


class Refund(models.Model):
    """Money given back on an order."""

    pk = models.CompositePrimaryKey("order_id", "external_id")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_index=False, related_name="refunds")
    external_id = models.TextField()
    amount = columns.money()
    refunded_at = models.DateTimeField(null=True)
    reason = columns.text()

    class Meta:
        db_table = "refund"

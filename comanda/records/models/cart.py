"""Purchases begun."""

from django.db import models

from comanda.shapes import CartState

from . import columns
from .contact import Contact
from .line import Line
from .store import Store

STATES = [(state.value, state.value) for state in CartState]


class Cart(models.Model):
    """A cart, known by (store, the shop's id); ``url`` leads the buyer back to it."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, db_index=False)
    external_id = models.TextField()
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL)
    state = columns.status(STATES)
    currency = models.CharField(max_length=3)
    total = columns.money()
    started_at = models.DateTimeField()
    abandoned_at = models.DateTimeField(null=True)
    source_updated_at = models.DateTimeField(null=True)
    order_external_id = columns.text()
    url = columns.text()
    digest = models.BinaryField()
    created_at = columns.stamp()
    updated_at = columns.stamp()

    class Meta:
        db_table = "cart"
        constraints = [models.UniqueConstraint(fields=["store", "external_id"], name="cart_once")]


class CartLine(Line):
    """A line of a cart."""

    pk = models.CompositePrimaryKey("cart_id", "position")
    cart = models.ForeignKey(
        Cart, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False, related_name="lines"
    )

    class Meta:
        db_table = "cart_line"

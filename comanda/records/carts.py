"""Carts read."""

from datetime import datetime

from django.db.models import QuerySet

from comanda.records.models import Cart, CartLine
from comanda.shapes import CartState


def newest_first(
    *,
    store: str | None = None,
    state: CartState | None = None,
    since: datetime | None = None,
    contact_id: int | None = None,
    before_id: int | None = None,
) -> QuerySet[Cart]:
    """Carts that all filters let through, the one that Comanda learned of last first."""
    found = Cart.objects.select_related("store").order_by("-id")
    if store is not None:
        found = found.filter(store__key=store)
    if state is not None:
        found = found.filter(state=state)
    if since is not None:
        found = found.filter(started_at__gte=since)
    if contact_id is not None:
        found = found.filter(contact_id=contact_id)
    if before_id is not None:
        found = found.filter(id__lt=before_id)
    return found


def find(row_id: int) -> Cart | None:
    """The cart with this id of ours."""
    return Cart.objects.select_related("store").filter(id=row_id).first()


def lines(cart: Cart) -> QuerySet[CartLine]:
    """What is in it."""
    return CartLine.objects.filter(cart_id=cart.pk).select_related("product").order_by("position")

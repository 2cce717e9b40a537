"""Orders read: lists of them, one with its lines, refunds and history."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from comanda.records.models import Activity, Import, ImportWrite, Inbox, Order, OrderLine, Refund, Store
from comanda.shapes import OrderStatus

Position = tuple[datetime, int]
"""(placed_at, id): where an order stands in a list."""

_MOST_PAYLOADS = 20


def latest_first(
    *,
    store: str | None = None,
    status: OrderStatus | None = None,
    since: datetime | None = None,
    contact_id: int | None = None,
    order_id: str | None = None,
    before: Position | None = None,
) -> QuerySet[Order]:
    """Orders that all filters let through, the one placed last first."""
    found = Order.objects.select_related("store").order_by("-placed_at", "-id")
    if store is not None or order_id is not None:
        # By ids and not by a join: then the index on (store, the shop's id) serves for both.
        named = Store.objects.all() if store is None else Store.objects.filter(key=store)
        found = found.filter(store_id__in=list(named.values_list("id", flat=True)))
    if status is not None:
        found = found.filter(status=status)
    if since is not None:
        found = found.filter(placed_at__gte=since)
    if contact_id is not None:
        found = found.filter(contact_id=contact_id)
    if order_id is not None:
        found = found.filter(external_id=order_id)
    if before is not None:
        placed_at, row_id = before
        found = found.filter(Q(placed_at__lt=placed_at) | Q(placed_at=placed_at, id__lt=row_id))
    return found


def find(row_id: int) -> Order | None:
    """The order with this id of ours."""
    return Order.objects.select_related("store").filter(id=row_id).first()


def lines(order: Order) -> QuerySet[OrderLine]:
    """What was bought, in the order that the shop told it."""
    return OrderLine.objects.filter(order_id=order.pk).select_related("product").order_by("position")


def sum_lines(order: Order) -> tuple[int, Decimal]:
    """How many lines there are, and what they come to."""
    found = OrderLine.objects.filter(order_id=order.pk).aggregate(count=Count("*"), total=Sum("total"))
    return found["count"], found["total"] or Decimal(0)


def refunds(order: Order) -> QuerySet[Refund]:
    """Money given back."""
    return Refund.objects.filter(order_id=order.pk).order_by("refunded_at", "external_id")


def history(order: Order) -> QuerySet[Activity]:
    """What happened to it, first to last."""
    return Activity.objects.filter(order_id=order.pk).order_by("at", "id")


def imports(order: Order) -> list[Import]:
    """The files and bulk calls that brought it or a newer version of it, the latest first."""
    wrote = ImportWrite.objects.filter(kind="order", record_id=order.pk).values_list("import_id", flat=True)
    ids = {*wrote, *([order.import_id] if order.import_id else [])}
    return list(Import.objects.filter(id__in=ids).order_by("-id"))


def payloads(order: Order) -> Sequence[Inbox]:
    """What the shop sent of it, as it came, as far as that is kept; the latest first."""
    sent = Inbox.objects.filter(store_id=order.store_id, kind="order", external_id=order.external_id)
    return list(sent.order_by("-received_at", "-id")[:_MOST_PAYLOADS])


def revenue(order: Order) -> Decimal:
    """What the order brought: its total less refunds once it is completed, else nothing."""
    return order.total - order.refund_total if order.status == OrderStatus.COMPLETED else Decimal(0)

"""What the columns of orders are called, in the table to download and in what changed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: dict[str, Promise] = {
    "id": _("Id"),
    "store": _("Store"),
    "order_id": _("Order id"),
    "number": _("Number"),
    "status": _("Status"),
    "source_status": _("The shop's own status"),
    "placed_at": _("Placed"),
    "paid_at": _("Paid"),
    "fulfilled_at": _("Sent"),
    "canceled_at": _("Canceled"),
    "contact_id": _("Contact"),
    "email": _("E-mail"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "items": _("Items"),
    "currency": _("Currency"),
    "total": _("Total"),
    "discount_total": _("Discount"),
    "shipping_total": _("Shipping"),
    "tax_total": _("Tax"),
    "refund_total": _("Refunded"),
    "revenue": _("Revenue"),
    "coupons": _("Coupons"),
    "tags": _("Tags"),
    "shipping_method": _("Shipping method"),
    "payment_method": _("Payment method"),
    "admin_url": _("Address in the shop"),
    "cart_external_id": _("Cart"),
    "lines": _("Products"),
    "refunds": _("Refunds"),
}
"""Column → what people call it."""

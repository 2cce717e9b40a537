"""What the parts of a record are called, as far as a shop can fill them wrongly."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NAMES: dict[str, Promise] = {
    "accepts_marketing": _("Accepts marketing"),
    "amount": _("Amount of the refund"),
    "canceled_at": _("Canceled"),
    "cart_id": _("Number of the cart"),
    "category": _("Category"),
    "company": _("Company"),
    "coupons": _("Coupons"),
    "currency": _("Currency"),
    "customer_id": _("Number of the customer"),
    "description": _("Description"),
    "discount": _("Discount"),
    "discount_total": _("Discount"),
    "email": _("E-mail"),
    "fields": _("Fields"),
    "first_name": _("First name"),
    "fulfilled_at": _("Fulfilled"),
    "image_url": _("Address of the picture"),
    "language": _("Language"),
    "last_name": _("Last name"),
    "lines": _("Lines"),
    "name": _("Name"),
    "number": _("Number"),
    "order_id": _("Order number"),
    "paid_at": _("Paid"),
    "payment_method": _("Payment"),
    "phone": _("Phone"),
    "placed_at": _("Date of the order"),
    "price": _("Price"),
    "product_id": _("Number of the product"),
    "quantity": _("Quantity"),
    "reason": _("Reason of the refund"),
    "refund_id": _("Number of the refund"),
    "refund_total": _("Refunded"),
    "refunded_at": _("Date of the refund"),
    "refunds": _("Refunds"),
    "shipping_method": _("Shipping"),
    "shipping_total": _("Shipping"),
    "sku": _("SKU"),
    "source_status": _("Status"),
    "started_at": _("Begun"),
    "tags": _("Tags"),
    "tax_total": _("Tax"),
    "total": _("Total"),
    "unit_price": _("Price"),
    "updated_at": _("Changed"),
    "url": _("Address"),
}


def name(part: str) -> str:
    """What a part of a record, such as ``lines.0.quantity``, is called; itself where it has no name."""
    last = part.rpartition(".")[2]
    return str(_NAMES.get(last, part))

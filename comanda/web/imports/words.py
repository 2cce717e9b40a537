"""What fields, stages, states and choices are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comanda.web.frame.tags import IMPORT_STATES

GROUPS: tuple[tuple[Promise, dict[str, Promise]], ...] = (
    (
        _("Order"),
        {
            "order_id": _("Order number"),
            "order_status": _("Status"),
            "order_date": _("Date"),
            "order_updated_at": _("Date of last change"),
            "tags": _("Tags"),
        },
    ),
    (
        _("Buyer"),
        {
            "contact_identifier": _("Buyer (e-mail, phone or customer id)"),
            "first_name": _("First name"),
            "last_name": _("Last name"),
            "phone": _("Phone"),
            "company": _("Company"),
            "accepts_marketing": _("Accepts marketing"),
        },
    ),
    (
        _("Product"),
        {
            "product_id": _("Product id or SKU"),
            "product_name": _("Product name"),
            "product_category": _("Product category"),
            "product_image": _("Product picture"),
            "product_quantity": _("Quantity"),
            "product_price": _("Unit price"),
            "line_total": _("Total of the line"),
        },
    ),
    (
        _("Money"),
        {
            "order_revenue": _("Total of the order"),
            "currency": _("Currency"),
            "discount": _("Discount"),
            "coupon": _("Coupon"),
            "shipping_method": _("Shipping method"),
            "shipping_total": _("Shipping cost"),
            "tax_total": _("Tax"),
            "refund_total": _("Refunded"),
        },
    ),
)
"""Fields as people choose them, in groups."""

LABELS: dict[str, Promise] = {name: label for _group, labels in GROUPS for name, label in labels.items()}

DELIMITER_NAMES: dict[str, Promise] = {
    ",": _("Comma"),
    ";": _("Semicolon"),
    "\t": _("Tab"),
    "|": _("Bar"),
}
DECIMAL_NAMES: dict[str, Promise] = {".": _("Point: 1,234.56"), ",": _("Comma: 1.234,56")}
DATE_ORDER_NAMES: dict[str, Promise] = {
    "dmy": _("Day first: 31/12/2026"),
    "mdy": _("Month first: 12/31/2026"),
}

STAGES: dict[str, Promise] = {
    "waiting": _("Waiting for its turn"),
    "reading": _("Reading the file"),
    "staging": _("Parting it into rows and columns"),
    "examining": _("Looking at numbers and dates"),
    "looking": _("Looking at each column"),
    "writing": _("Writing orders"),
    "undoing": _("Taking back"),
}
TRYING = _("Trying out")
"""What writing is called where nothing is written."""
SORTING = _("Putting the rows of each order together")
"""What writing is called before the first rows are written."""

IN_BYTES = frozenset({"reading"})
IN_COLUMNS = frozenset({"looking"})

STATES = IMPORT_STATES
"""State → what it is called, and the classes of its colour."""
BEING_UNDONE = (pgettext_lazy("import state", "Being undone"), "bg-orange-lt")

REASONS: dict[str, Promise] = {
    "rejects": _("The rejects file says so"),
    "remembered": _("As in the last import of this store"),
    "name": _("Its header says so"),
    "emails": _("Its values are e-mail addresses"),
    "phones": _("Its values are phone numbers"),
    "dates": _("Its values are dates"),
    "repeats": _("Its values repeat, each with one date"),
    "unique": _("No value comes twice"),
    "codes": _("Short codes that differ within an order"),
    "texts": _("Words that go with the product"),
    "small_numbers": _("Small whole numbers"),
    "amounts": _("Amounts that repeat as prices do"),
    "products_of_both": _("Price times quantity"),
    "same_in_order": _("The same amount in all rows of an order"),
    "statuses": _("Words for the state of an order"),
    "currencies": _("Codes of currencies"),
    "links": _("Addresses of pictures"),
}
"""Why a column is suggested for a field."""

DOUBTS: dict[str, Promise] = {
    "empty": _("This column is empty."),
    "no_date": _("Most of its values do not look like dates."),
    "no_number": _("Most of its values do not look like numbers."),
    "no_id": _("Its values are e-mail addresses, not order numbers."),
    "no_currency": _("Most of its values are no currency codes."),
}

MISSING: dict[str, Promise] = {
    "order_id": _("Which column holds the order number? Rows with the same number become one order."),
    "order_date": _("Which column says when the order was placed?"),
    "order_status": _("No column says the status. Choose one, or say what all orders are."),
    "contact_identifier": _(
        "No column says who bought. Choose the one with e-mail, phone or customer id, or bring the orders in "
        "without buyers."
    ),
    "product_id": _("Which column names the product?"),
    "product_quantity": _("No column says how many pieces. Choose one, or say that every row is one piece."),
    "product_price": _("Which column holds the unit price, or the total of the line?"),
}
"""What to ask for where nothing gives a field that is needed."""

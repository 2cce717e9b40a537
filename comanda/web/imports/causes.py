"""What can be wrong with a file, in words: for each code what happened, and what to do about it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Cause:
    """``title`` says what is wrong; ``advice`` what to do."""

    title: Promise
    advice: Promise


_SAVE_AS_CSV = _(
    "Open it in your spreadsheet program, choose “Save as” and the type “CSV UTF-8”, then bring that file."
)
_PACK_AGAIN = _("Pack the file again, or bring the CSV file itself.")
_OTHER_COLUMN = _("Choose another column, or correct the cells in the rejects file afterwards.")
_CORRECT = _("Correct the rows in the rejects file afterwards and bring that in.")

CAUSES: dict[str, Cause] = {
    # The file as a whole.
    "spreadsheet": Cause(_("This is a spreadsheet such as Excel's, not a CSV file."), _SAVE_AS_CSV),
    "not_text": Cause(_("This is not a CSV file: it holds no text."), _SAVE_AS_CSV),
    "empty": Cause(_("The file is empty."), _("Export it again, with its header and its rows.")),
    "no_rows": Cause(_("The file has a header and no rows."), _("Export it again, with its rows.")),
    "truncated": Cause(_("A part of the file is missing."), _("Fetch or upload it again.")),
    "damaged": Cause(_("The packed file is damaged."), _PACK_AGAIN),
    "unknown_packing": Cause(_("The file is packed in a way that is not known here."), _PACK_AGAIN),
    "encrypted": Cause(
        _("The packed file is locked with a password."), _("Unpack it and bring the CSV file itself.")
    ),
    "not_one_file": Cause(
        _("The packed file does not hold just one CSV file."), _("Bring the CSV files in one by one.")
    ),
    "bomb": Cause(_("The file unpacks to far more than it should."), _("Bring the CSV file itself.")),
    "too_big": Cause(_("The file unpacks to more than can be read."), _("Bring it in parts.")),
    "unreadable": Cause(_("The file cannot be read."), _("Upload it again.")),
    "disk_full": Cause(
        _("There is no room left on the server's disk to read the file."),
        _("Ask whoever runs this Comanda to make room, then try again."),
    ),
    "out_of_memory": Cause(
        _("The file needs more memory than an import may take."),
        _("Export it with fewer columns or shorter cells, or in parts."),
    ),
    "undecodable": Cause(
        _("The file is not written in this encoding."),
        _("Choose another encoding, or save the file as UTF-8."),
    ),
    "unknown_encoding": Cause(_("This encoding is not known."), _("Choose one of the list.")),
    "unknown_delimiter": Cause(_("This delimiter is not known."), _("Choose one of the list.")),
    "unknown_decimal": Cause(_("This decimal mark is not known."), _("Choose point or comma.")),
    "unknown_date_order": Cause(_("This order of dates is not known."), _("Choose one of the list.")),
    "too_many_columns": Cause(
        _("The file has more columns than can be read."), _("Export only the columns of orders.")
    ),
    "line_too_long": Cause(
        _("A line of the file is far too long for a table of orders."), _("Check that it is the right file.")
    ),
    "unclosed_quote": Cause(
        _("A quotation mark opens in this row and does not close."),
        _('Close it, write "" for a quotation mark inside a cell, or choose another delimiter.'),
    ),
    "duplicate_header": Cause(
        _("Several columns have the same header."), _("Give each column a header of its own.")
    ),
    "no_such_column": Cause(_("The file has no such column."), _("Choose one of its columns.")),
    "missing_column": Cause(
        _("A column that is needed is missing."), _("Choose a column for it, or a value for all rows.")
    ),
    "unknown_field": Cause(_("There is no such field."), _("Choose one of the list.")),
    "mapped_twice": Cause(
        _("A field has both a column and a value for all rows."), _("Take one of the two away.")
    ),
    "bad_constant": Cause(_("A value for all rows cannot be."), _("Correct the value.")),
    "no_order_id": Cause(
        _("Very many rows have no order number."), _("Choose the column that holds the order number.")
    ),
    "order_too_long": Cause(
        _("Very many rows have the same order number."), _("Choose the column that holds the order number.")
    ),
    "decimal_undecided": Cause(
        _("No number of the file shows whether the point or the comma parts the decimals."),
        _("Say which it is."),
    ),
    "decimal_contradicted": Cause(
        _("Some numbers have their decimals behind a point, others behind a comma."),
        _("Say which is meant: rows with the other are left out."),
    ),
    "date_order_undecided": Cause(
        _("No date of the file shows whether the day or the month comes first."), _("Say which it is.")
    ),
    "date_order_contradicted": Cause(
        _("Some dates have the day first, others the month."),
        _("Say which is meant: rows with the other are left out."),
    ),
    # Rows.
    "wrong_width": Cause(
        _("These rows have more or fewer cells than the header."),
        _("Put quotation marks around cells that hold the delimiter, or choose another delimiter."),
    ),
    "bad_quotes": Cause(_("Quotation marks stand where they should not."), _CORRECT),
    "broken_text": Cause(_("Some letters are damaged."), _("Choose another encoding, or save as UTF-8.")),
    "nul": Cause(_("The rows hold NUL characters, which no text has."), _CORRECT),
    "row_too_long": Cause(_("These rows are far too long."), _CORRECT),
    "short_row": Cause(_("These rows end before the last column."), _("What is missing was taken as empty.")),
    "refused_with_its_order": Cause(
        _("Another row of the same order is refused."), _("An order comes in as a whole.")
    ),
    # Cells.
    "missing": Cause(_("The cell is empty, and something is needed there."), _OTHER_COLUMN),
    "too_long": Cause(_("The text is too long."), _OTHER_COLUMN),
    "not_a_number": Cause(_("This is no number."), _OTHER_COLUMN),
    "not_a_date": Cause(_("This is no date."), _OTHER_COLUMN),
    "implausible_date": Cause(
        _("The date lies before 1970 or far in the future."),
        _("Check how dates are read, or choose another column."),
    ),
    "not_an_email": Cause(_("This is no e-mail address that can be."), _OTHER_COLUMN),
    "not_a_phone": Cause(_("This is no phone number that can be."), _OTHER_COLUMN),
    "not_a_currency": Cause(_("This is no code of a currency."), _OTHER_COLUMN),
    "other_currency": Cause(
        _("The amount names another currency than the order's."),
        _("Choose the column that holds the currency, or correct the sign."),
    ),
    "too_large": Cause(
        _("The amount is too large to be true."), _("Check how numbers are read, or choose another column.")
    ),
    "line_total_differs": Cause(
        _("Price times quantity does not make the total of the line."),
        _("Do without one of the two columns, or correct the rows in the rejects file afterwards."),
    ),
    "rows_conflict": Cause(
        _("Rows of the same order say different things where money is at stake."),
        _("If the column holds the total of each line, say so; else correct the rows."),
    ),
    "invalid": Cause(_("The value cannot be kept as it is."), _CORRECT),
    "no_identity": Cause(_("Nothing tells who the buyer is."), _CORRECT),
    "erased": Cause(
        _("This person was erased on their own request and does not come back."),
        _("Nothing: that is as it should be."),
    ),
    # Doubts: the orders come in.
    "unknown_status": Cause(
        _("These words for the state of an order are not known."),
        _("Say what they mean; until then the orders come in with the status “unknown”."),
    ),
    "unknown_consent": Cause(
        _("It is not clear whether this means yes or no."), _("It was taken as not known.")
    ),
    "rows_differ": Cause(
        _("Rows of the same order say different things."),
        _("The first row counts, or the one that was changed last."),
    ),
    "revenue_like_a_line": Cause(
        _("The total of the order is just as much as each of its lines."),
        _("If the column holds the total of each line, say so."),
    ),
    "product_without_id": Cause(_("The product has a name and no id."), _("Its name was taken as its id.")),
    "skipped_hour": Cause(
        _("At this time clocks were put forward: the hour does not exist."), _("It was moved forward.")
    ),
    "doubled_hour": Cause(
        _("At this time clocks were put back: the hour comes twice."), _("The first of the two was taken.")
    ),
}
"""Code of a problem → what to tell of it."""

_NO_ORDER_ID = Cause(
    _("These rows have no order number."),
    _("They are left out. Write the number in the rejects file afterwards, or choose another column."),
)
_UNKNOWN = Cause(_("Something is wrong here."), _CORRECT)


def of(code: str, field: str = "") -> Cause:
    """What to tell of a problem with a field."""
    if (code, field) == ("missing", "order_id"):
        return _NO_ORDER_ID
    return CAUSES.get(code, _UNKNOWN)

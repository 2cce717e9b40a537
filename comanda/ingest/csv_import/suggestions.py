"""Which column is which field, suggested from what was chosen before, from headers and from the data itself.

Data speaks only for fields that nothing else names. An order's id, for one, is what repeats while the date
stays the same; a total is an amount that all rows of an order share.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from comanda.ingest.csv_import import header
from comanda.ingest.csv_import.seen import Column, Suggestion
from comanda.lib import numbers

REASONS = (
    "rejects", "remembered", "name", "emails", "phones", "dates", "repeats", "unique", "codes", "texts",
    "small_numbers", "amounts", "products_of_both", "same_in_order", "statuses", "currencies", "links",
)  # fmt: skip
"""Why a column is suggested for a field."""

GUESSES = frozenset(REASONS) - {"rejects", "remembered", "name", "emails", "dates"}
"""Reasons that are worth a second look."""

Row = Mapping[int, str]

_MOST = 0.95
_SMALL = 24
_FEW = 40


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store's last import was told: ``mapping`` from field to header, ``constants`` for all rows.

    ``is_same`` says that its file had the same headers.
    """

    mapping: Mapping[str, str]
    constants: Mapping[str, str]
    is_same: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file and the cells of its first rows, by the number of their column.

    ``found`` tells the columns of the fields that are settled so far.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    found: Mapping[str, int]

    def free(self) -> Iterator[Column]:
        """Columns that say something and are no field yet."""
        taken = set(self.found.values())
        return (column for column in self.columns if column.index not in taken and column.filled)

    def cells(self, *indexes: int) -> list[tuple[str, ...]]:
        """What the first rows say in these columns."""
        return [tuple(row[index] for index in indexes) for row in self.rows]

    def decides(self, one: int, other: int) -> bool:
        """Whether rows that are alike in one column are alike in the other, but for a few."""
        return len(set(self.cells(one, other))) * _MOST <= len(set(self.cells(one)))

    def is_full(self, column: Column) -> bool:
        """Whether hardly any row leaves the column empty."""
        return sum(1 for (cell,) in self.cells(column.index) if cell) >= _MOST * len(self.rows)


def suggest(
    columns: Sequence[Column],
    rows: Sequence[Row],
    said: Mapping[str, str],
    memory: Memory,
    constants: Collection[str],
) -> list[Suggestion]:
    """A suggestion for each field for which something speaks.

    ``said`` is the mapping, from field to header, that a rejects file brings with it; ``constants`` are
    fields that have a value already. What is remembered goes before names in a file with the same headers,
    and behind them in any other.
    """
    found = [*_by_title(columns, said, "rejects", constants, ())]
    if memory.is_same:
        found += _by_title(columns, memory.mapping, "remembered", constants, found)
    found += _by_name(columns, constants, found)
    found += _by_title(columns, memory.mapping, "remembered", constants, found)
    settled = {each.field: each.index for each in found}
    for field, detect in _DETECTIVES.items():
        if field in settled or field in constants:
            continue
        if clue := detect(Table(columns, rows, settled)):
            settled[field] = clue[0]
            found.append(Suggestion(field, *clue))
    return found


def _by_title(
    columns: Sequence[Column],
    mapping: Mapping[str, str],
    why: str,
    constants: Collection[str],
    before: Collection[Suggestion],
) -> Iterator[Suggestion]:
    """The columns that were chosen by their headers, as long as these are still free."""
    fields, taken = {each.field for each in before}, {each.index for each in before}
    for field, title in mapping.items():
        same = [column.index for column in columns if column.title == title]
        if len(same) == 1 and same[0] not in taken and field not in fields and field not in constants:
            yield Suggestion(field, same[0], why)


def _by_name(
    columns: Sequence[Column], constants: Collection[str], before: Collection[Suggestion]
) -> Iterator[Suggestion]:
    """The columns that name themselves."""
    taken = {each.index for each in before}
    free = [column for column in columns if column.index not in taken]
    spoken_for = {*constants, *(each.field for each in before)}
    for field, place in header.named([column.title for column in free], spoken_for, ()).items():
        yield Suggestion(field, free[place].index, "name")


Clue = tuple[int, str] | None
"""A column and why it is taken for the field."""


def _likest(table: Table, kind: str, least: float) -> Column | None:
    found = max(table.free(), key=lambda column: column.share(kind), default=None)
    return found if found and found.share(kind) >= least else None


def _contact(table: Table) -> Clue:
    if found := _likest(table, "email", 0.5):
        return found.index, "emails"
    found = _likest(table, "phone", 0.8)
    return (found.index, "phones") if found else None


def _date(table: Table) -> Clue:
    found = _likest(table, "date", 0.9)
    return (found.index, "dates") if found else None


def _phone(table: Table) -> Clue:
    found = _likest(table, "phone", 0.8)
    return (found.index, "phones") if found else None


def _order_id(table: Table) -> Clue:
    """What repeats within one moment: of all such columns the finest."""
    at = table.found.get("order_date")
    if at is None or not table.rows:
        return None
    ids = [column for column in table.free() if _is_id(column) and table.is_full(column)]
    sizes = {column.index: len(set(table.cells(column.index))) for column in ids}
    repeating = [
        index for index, size in sizes.items() if 1 < size < len(table.rows) and table.decides(index, at)
    ]
    if repeating:
        return max(repeating, key=sizes.__getitem__), "repeats"
    unique = [index for index, size in sizes.items() if size == len(table.rows) > 1]
    return (unique[0], "unique") if unique else None


def _is_id(column: Column) -> bool:
    """Whether values are short codes: no dates, no addresses, no amounts, no sentences."""
    is_amount = column.share("number") > column.share("whole") + 0.05
    other = max(column.share(kind) for kind in ("email", "date", "link", "spaced"))
    return not is_amount and other < 0.2


def _product_id(table: Table) -> Clue:
    """Codes that differ within an order, and are more than a few."""
    order = table.found.get("order_id")
    if order is None:
        return None
    ids = [column for column in table.free() if _is_id(column) and not _is_small(table, column)]
    ids = [column for column in ids if table.is_full(column) and column.share("status") < 0.5]
    ids = [column for column in ids if _differs(table, order, column.index)]
    found = max(ids, key=lambda column: column.distinct, default=None)
    return (found.index, "codes") if found else None


def _differs(table: Table, order: int, index: int) -> bool:
    """Whether rows of one order have different values; true where no order has two rows."""
    pairs, orders = len(set(table.cells(order, index))), len(set(table.cells(order)))
    return orders == len(table.rows) or pairs > orders + (len(table.rows) - orders) * 0.5


def _is_small(table: Table, column: Column) -> bool:
    values = [int(cell) for (cell,) in table.cells(column.index) if _is_count(cell)]
    return column.share("whole") >= _MOST and bool(values) and median(map(abs, values)) <= _SMALL


def _is_count(cell: str) -> bool:
    return cell.lstrip("+-").isdecimal() and len(cell) < 10


def _quantity(table: Table) -> Clue:
    small = [column for column in table.free() if _is_small(table, column) and table.is_full(column)]
    varied = [column for column in small if column.distinct > 1]
    return (varied[0].index, "small_numbers") if varied else None


def _product_name(table: Table) -> Clue:
    """Words with spaces that go with the product."""
    product = table.found.get("product_id")
    texts = [
        column
        for column in table.free()
        if column.share("word") >= 0.9 and column.share("spaced") >= 0.5 and column.share("date") < 0.2
    ]
    if product is not None:
        texts = [column for column in texts if table.decides(product, column.index)]
    found = max(texts, key=lambda column: column.distinct, default=None)
    return (found.index, "texts") if found else None


def _amounts(table: Table) -> list[Column]:
    """Columns of numbers that are no ids: with decimals, or with a currency."""
    return [
        column
        for column in table.free()
        if column.share("number") >= _MOST and column.share("number") > column.share("whole") and column.marks
    ]


def _line_total(table: Table) -> Clue:
    """What price times quantity makes, where it is not the price."""
    price, quantity = table.found.get("product_price"), table.found.get("product_quantity")
    if price is None or quantity is None:
        return None
    for column in _amounts(table):
        rows = [values for cells in table.cells(price, quantity, column.index) if (values := _numbers(cells))]
        if not any(quantity_said != 1 for _, quantity_said, _ in rows):
            continue
        right = sum(1 for one, times, total in rows if abs(one * times - total) <= Decimal("0.01"))
        if right >= _MOST * len(rows):
            return column.index, "products_of_both"
    return None


def _numbers(cells: tuple[str, ...]) -> list[Decimal]:
    """The numbers that cells say, none where one says none."""
    try:
        return [numbers.parse(cell, "," if numbers.mark_of(cell) == "," else ".") for cell in cells]
    except ValueError:
        return []


def _revenue(table: Table) -> Clue:
    """An amount that all rows of an order share, where orders have more rows than one."""
    order = table.found.get("order_id")
    if order is None or len(set(table.cells(order))) > len(table.rows) * 0.8:
        return None
    shared = [column for column in _amounts(table) if table.decides(order, column.index)]
    found = max(shared, key=lambda column: column.distinct, default=None)
    return (found.index, "same_in_order") if found and found.distinct > 1 else None


def _price(table: Table) -> Clue:
    """Of the amounts that are left the one with the fewest values: prices repeat more than totals."""
    found = min(_amounts(table), key=lambda column: column.distinct, default=None)
    return (found.index, "amounts") if found else None


def _status(table: Table) -> Clue:
    few = [column for column in table.free() if column.distinct <= _FEW and column.share("status") >= 0.5]
    return (few[0].index, "statuses") if few else None


def _currency(table: Table) -> Clue:
    found = _likest(table, "currency", 1.0)
    return (found.index, "currencies") if found else None


def _image(table: Table) -> Clue:
    found = _likest(table, "link", 0.9)
    return (found.index, "links") if found else None


_DETECTIVES: dict[str, Callable[[Table], Clue]] = {
    "contact_identifier": _contact,
    "order_date": _date,
    "order_status": _status,
    "currency": _currency,
    "order_id": _order_id,
    "product_quantity": _quantity,
    "product_id": _product_id,
    "product_name": _product_name,
    "order_revenue": _revenue,
    "product_price": _price,
    "line_total": _line_total,
    "product_image": _image,
    "phone": _phone,
}
"""Who looks for which field, in the order in which the answers help each other."""

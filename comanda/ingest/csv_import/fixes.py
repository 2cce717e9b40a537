"""What would mend all of a column at once: another way to read the file, tried by one click.

Only what can be true for the whole column is offered. What is wrong in a few cells is mended in the rejects
file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC

from comanda.ingest.csv_import.choices import USUAL, Chosen
from comanda.ingest.csv_import.fields import REQUIRED
from comanda.ingest.csv_import.problem_groups import Group
from comanda.lib import dates, numbers
from comanda.lib.dates import Order

_MUCH, _SOME = 0.2, 0.05
"""Shares of the rows from which on a column as a whole may be at fault."""
KINDS = ("date_order", "decimal", "constant", "line_total", "drop_column", "words", "remap", "look")
"""What a fix can be."""


@dataclass(frozen=True, slots=True)
class Fix:
    """``kind`` is one of ``KINDS``; ``field`` is what it is about and ``value`` what it would be.

    ``date_order`` and ``decimal``: read all dates, all numbers so. ``constant``: take ``value`` for all rows.
    ``line_total``: the column of the order's total has that of each line. ``drop_column``: do without the
    column. ``words``: say what status words mean. ``remap``: choose another column. ``look``: read the file
    with another delimiter or encoding.
    """

    kind: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A group of problems, and how the file was read: ``rows`` in all, decimal mark and order of dates."""

    group: Group
    chosen: Chosen
    rows: int
    decimal: str
    date_order: str


def of(case: Case) -> list[Fix]:
    """The fixes for a group, the likeliest first."""
    find = _FIXES.get(case.group.code)
    return find(case) if find else []


def apply(fix: Fix, chosen: Chosen) -> Chosen:
    """The choices with a fix in them; those of a fix that needs a person's answer are left as they are."""
    mapping, constants = dict(chosen.mapping), dict(chosen.constants)
    if fix.kind == "date_order":
        return replace(chosen, date_order=fix.value)
    if fix.kind == "decimal":
        return replace(chosen, decimal=fix.value)
    if fix.kind == "constant":
        mapping.pop(fix.field, None)
        constants[fix.field] = fix.value
    if fix.kind == "line_total" and "order_revenue" in mapping:
        mapping["line_total"] = mapping.pop("order_revenue")
    if fix.kind == "drop_column":
        mapping.pop(fix.field, None)
    return replace(chosen, mapping=mapping, constants=constants)


def _dates(case: Case) -> list[Fix]:
    """The order of dates that is not the one they were read by, if values would be dates then."""
    others = [order for order in Order if case.date_order and order != case.date_order]
    read = [order for order in others if any(_is_date(value, order) for value in case.group.values)]
    return [*(Fix("date_order", value=order) for order in read), *_remap(case)]


def _is_date(text: str, order: Order) -> bool:
    try:
        dates.parse(text, UTC, order)
    except ValueError:
        return False
    return True


def _is_number(text: str, mark: str) -> bool:
    try:
        numbers.parse(text, mark)
    except ValueError:
        return False
    return True


def _either_mark(case: Case) -> list[Fix]:
    return [Fix("decimal", value=mark) for mark in (".", ",")]


def _either_order(case: Case) -> list[Fix]:
    return [Fix("date_order", value=order) for order in Order]


def _numbers(case: Case) -> list[Fix]:
    """The other decimal mark, if values would be numbers then."""
    others = [mark for mark in (".", ",") if mark != case.decimal]
    read = [mark for mark in others if any(_is_number(value, mark) for value in case.group.values)]
    return [*(Fix("decimal", value=mark) for mark in read), *_remap(case)]


def _missing(case: Case) -> list[Fix]:
    """A value for all rows where no row has one; else another column."""
    name = case.group.field
    if name in USUAL and case.group.count >= case.rows:
        return [Fix("constant", name, USUAL[name]), Fix("remap", name)]
    return _remap(case)


def _line_totals(case: Case) -> list[Fix]:
    """The total taken for that of each line, or left out, where more than a few orders look so."""
    if case.group.field != "order_revenue":
        return _droppable(case)
    if case.group.count < _SOME * case.rows:
        return []
    is_free = "line_total" not in case.chosen.mapping
    return [*([Fix("line_total", "order_revenue")] if is_free else []), Fix("drop_column", "order_revenue")]


def _either_amount(case: Case) -> list[Fix]:
    return [Fix("drop_column", "product_price"), Fix("drop_column", "line_total")]


def _remap(case: Case) -> list[Fix]:
    """Another column, where so much is wrong with this one that it may be the wrong one."""
    is_much = case.group.count >= _MUCH * case.rows
    return [Fix("remap", case.group.field)] if case.group.field and is_much else []


def _droppable(case: Case) -> list[Fix]:
    """Doing without the column, or taking another, where so much is wrong with it."""
    other = _remap(case)
    return (
        [Fix("drop_column", case.group.field), *other]
        if other and case.group.field not in REQUIRED
        else other
    )


def _guests(case: Case) -> list[Fix]:
    if case.group.field != "contact_identifier":
        return _droppable(case)
    return _remap(case)


def _look(case: Case) -> list[Fix]:
    return [Fix("look")]


def _words(case: Case) -> list[Fix]:
    return [Fix("words", "order_status")]


_FIXES: Mapping[str, Callable[[Case], list[Fix]]] = {
    "date_order_undecided": _either_order,
    "date_order_contradicted": _either_order,
    "decimal_undecided": _either_mark,
    "decimal_contradicted": _either_mark,
    "not_a_date": _dates,
    "implausible_date": _dates,
    "not_a_number": _numbers,
    "too_large": _numbers,
    "missing": _missing,
    "rows_conflict": _line_totals,
    "revenue_like_a_line": _line_totals,
    "line_total_differs": _either_amount,
    "not_an_email": _guests,
    "not_a_phone": _guests,
    "not_a_currency": _droppable,
    "other_currency": _remap,
    "rows_differ": _droppable,
    "unknown_consent": _droppable,
    "unknown_status": _words,
    "too_long": _remap,
    "product_without_id": _remap,
    "order_too_long": _remap,
    "no_order_id": _remap,
    "wrong_width": _look,
    "bad_quotes": _look,
    "broken_text": _look,
    "unclosed_quote": _look,
    "undecodable": _look,
}
"""Who knows what to do about which code."""

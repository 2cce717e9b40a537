"""What would mend a whole column."""

import pytest

from comanda.ingest.csv_import import fixes
from comanda.ingest.csv_import.choices import Chosen
from comanda.ingest.csv_import.fixes import Case, Fix
from comanda.ingest.csv_import.problem_groups import Group

CHOSEN = Chosen({"order_revenue": 1, "product_price": 2, "product_quantity": 3}, {}, "", "")


def case(
    code: str, field: str = "", *values: str, count: int = 3, decimal: str = ".", date_order: str = ""
) -> Case:
    group = Group("refused", code, field, field, count, count, [2], list(values), "", "")
    return Case(group, CHOSEN, 10, decimal, date_order)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (case("date_order_undecided"), [Fix("date_order", value="dmy"), Fix("date_order", value="mdy")]),
        (case("decimal_undecided"), [Fix("decimal", value="."), Fix("decimal", value=",")]),
        (
            case("not_a_date", "order_date", "soon", "12/31/2026", date_order="dmy"),
            [Fix("date_order", value="mdy"), Fix("remap", "order_date")],
        ),
        (case("not_a_date", "order_date", "soon", date_order="dmy"), [Fix("remap", "order_date")]),
        (case("not_a_date", "order_date", "12/31/2026"), [Fix("remap", "order_date")]),
        (
            case("not_a_number", "product_price", "1,234.50", decimal=","),
            [Fix("decimal", value="."), Fix("remap", "product_price")],
        ),
        (case("not_a_number", "product_price", "dear", decimal=","), [Fix("remap", "product_price")]),
        (case("not_a_number", "product_price", "dear", count=1), []),
        (case("missing", "product_quantity"), [Fix("remap", "product_quantity")]),
        (
            case("missing", "product_quantity", count=10),
            [Fix("constant", "product_quantity", "1"), Fix("remap", "product_quantity")],
        ),
        (
            case("revenue_like_a_line", "order_revenue"),
            [Fix("line_total", "order_revenue"), Fix("drop_column", "order_revenue")],
        ),
        (
            case("line_total_differs", "line_total"),
            [Fix("drop_column", "product_price"), Fix("drop_column", "line_total")],
        ),
        (case("unknown_status", "order_status"), [Fix("words", "order_status")]),
        (case("revenue_like_a_line", "order_revenue", count=0), []),
        (case("rows_differ", "company"), [Fix("drop_column", "company"), Fix("remap", "company")]),
        (case("rows_differ", "company", count=1), []),
        (case("rows_differ", "order_date"), [Fix("remap", "order_date")]),
        (case("wrong_width"), [Fix("look")]),
        (case("nul"), []),
    ],
)
def test_it_offers_what_can_be_true_for_the_whole_column(problem: Case, expected: list[Fix]) -> None:
    assert fixes.of(problem) == expected


@pytest.mark.parametrize(
    ("fix", "mapping", "constants", "decimal", "date_order"),
    [
        (Fix("date_order", value="mdy"), CHOSEN.mapping, {}, "", "mdy"),
        (Fix("decimal", value=","), CHOSEN.mapping, {}, ",", ""),
        (
            Fix("constant", "product_quantity", "1"),
            {"order_revenue": 1, "product_price": 2},
            {"product_quantity": "1"},
            "",
            "",
        ),
        (
            Fix("line_total", "order_revenue"),
            {"line_total": 1, "product_price": 2, "product_quantity": 3},
            {},
            "",
            "",
        ),
        (Fix("drop_column", "product_price"), {"order_revenue": 1, "product_quantity": 3}, {}, "", ""),
        (Fix("remap", "product_price"), CHOSEN.mapping, {}, "", ""),
    ],
)
def test_it_puts_a_fix_into_the_choices(
    fix: Fix, mapping: dict[str, int], constants: dict[str, str], decimal: str, date_order: str
) -> None:
    assert fixes.apply(fix, CHOSEN) == Chosen(mapping, constants, decimal, date_order)


def test_it_leaves_the_choices_before_as_they_were() -> None:
    fixes.apply(Fix("drop_column", "product_price"), CHOSEN)

    assert CHOSEN.mapping == {"order_revenue": 1, "product_price": 2, "product_quantity": 3}

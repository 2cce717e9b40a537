"""What stands between what was chosen and an import, without the file."""

from dataclasses import replace
from typing import Any

import pytest

from comanda.ingest.csv_import import choices
from comanda.ingest.csv_import.choices import Chosen, Doubt, Question
from comanda.ingest.csv_import.seen import Column, Proof, Seen, Suggestion

FIELDS = (
    "order_id", "order_status", "order_date", "contact_identifier", "product_id", "product_price",
    "product_quantity",
)  # fmt: skip
ALL = Chosen({name: index for index, name in enumerate(FIELDS)})
TWO, COMMA, DMY, MDY = Proof("1,234", 2), Proof("9,50", 3), Proof("31/01/2026", 4), Proof("01/31/2026", 5)


def seen(**changed: dict[str, Any]) -> Seen:
    """A file with a good column for each field; some changed."""
    kinds = {
        "order_date": {"date": 1.0},
        "product_price": {"number": 1.0},
        "product_quantity": {"number": 1.0},
    }
    columns = [
        Column(index, name.title(), 4, 4, ["x"], kinds.get(name, {"word": 1.0}))
        for index, name in enumerate(FIELDS)
    ]
    for name, values in changed.items():
        columns[FIELDS.index(name)] = replace(columns[FIELDS.index(name)], **values)
    return Seen(",", "UTF-8", 4, columns)


def without(*fields: str, **constants: str) -> Chosen:
    return Chosen({name: index for name, index in ALL.mapping.items() if name not in fields}, constants)


def test_it_is_ready_when_all_that_is_needed_is_there() -> None:
    verdict = choices.weigh(seen(), ALL)

    assert verdict.is_ready
    assert (verdict.decimal, verdict.date_order, verdict.doubts) == ("", "", [])


def test_it_tells_what_nothing_gives() -> None:
    verdict = choices.weigh(seen(), without("order_status", "product_price"))

    assert verdict.missing == ["order_status", "product_price"]
    assert not verdict.is_ready


def test_it_takes_constants_for_columns() -> None:
    chosen = without("order_status", "contact_identifier", order_status="paid", contact_identifier="")

    assert choices.weigh(seen(), chosen).is_ready


def test_it_takes_line_totals_for_prices() -> None:
    chosen = without("product_price")
    chosen.mapping["line_total"] = FIELDS.index("product_price")

    assert choices.weigh(seen(), chosen).missing == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("product_quantity", "many"),
        ("product_quantity", ""),
        ("order_date", "soon"),
        ("currency", "EURO"),
        ("contact_identifier", "@"),
        ("colour", "red"),
    ],
)
def test_it_tells_constants_that_cannot_be(name: str, value: str) -> None:
    verdict = choices.weigh(seen(), without(name, **{name: value}))

    assert verdict.bad == [name]
    assert not verdict.is_ready


@pytest.mark.parametrize(
    ("name", "value"),
    [("product_quantity", "2"), ("order_date", "2026-03-01"), ("currency", "eur"), ("order_status", "pago")],
)
def test_it_takes_constants_that_can_be(name: str, value: str) -> None:
    assert choices.weigh(seen(), without(name, **{name: value})).bad == []


def test_it_tells_fields_that_were_given_twice() -> None:
    assert not choices.weigh(seen(), ALL, ["order_id"]).is_ready


def test_it_tells_columns_that_share_their_header() -> None:
    verdict = choices.weigh(seen(order_status={"title": "Order_Id"}), ALL)

    assert verdict.unnamed == [0, 1]
    assert not verdict.is_ready


def test_it_asks_for_the_decimal_mark_where_it_does_not_show() -> None:
    verdict = choices.weigh(seen(product_price={"marks": {"?": TWO}}), ALL)

    assert verdict.questions == [Question("decimal", "Product_Price", (TWO,))]
    assert not verdict.questions[0].is_contradiction


def test_it_lets_one_column_decide_the_decimal_mark_for_all() -> None:
    file = seen(product_price={"marks": {"?": TWO}}, product_quantity={"marks": {",": COMMA}})

    verdict = choices.weigh(file, ALL)

    assert (verdict.decimal, verdict.questions) == (",", [])


def test_it_asks_where_dates_contradict_each_other() -> None:
    verdict = choices.weigh(seen(order_date={"orders": {"dmy": DMY, "mdy": MDY}}), ALL)

    assert verdict.questions == [Question("date_order", "Order_Date", (DMY, MDY))]
    assert verdict.questions[0].is_contradiction


def test_it_asks_nothing_that_was_answered() -> None:
    file = seen(order_date={"orders": {"?": Proof("01/02/2026", 2)}}, product_price={"marks": {"?": TWO}})

    verdict = choices.weigh(file, replace(ALL, decimal=",", date_order="mdy"))

    assert verdict.is_ready
    assert (verdict.decimal, verdict.date_order) == (",", "mdy")


def test_it_asks_nothing_about_columns_that_are_not_chosen() -> None:
    file = seen(product_price={"marks": {"?": TWO}})

    assert choices.weigh(file, without("product_price")).questions == []


@pytest.mark.parametrize(
    ("name", "values", "doubt"),
    [
        ("order_date", {"kinds": {"date": 0.25}}, Doubt("no_date", "order_date", 2, 0.25)),
        ("product_price", {"kinds": {}}, Doubt("no_number", "product_price", 5, 0.0)),
        ("order_id", {"kinds": {"email": 1.0}}, Doubt("no_id", "order_id", 0, 1.0)),
        ("order_status", {"filled": 0}, Doubt("empty", "order_status", 1, 0.0)),
    ],
)
def test_it_doubts_columns_that_do_not_look_like_it(name: str, values: dict[str, Any], doubt: Doubt) -> None:
    verdict = choices.weigh(seen(**{name: values}), ALL)

    assert verdict.doubts == [doubt]
    assert verdict.is_ready


def test_it_does_not_doubt_dates_that_are_counts() -> None:
    file = seen(order_date={"kinds": {"number": 1.0, "whole": 1.0}, "epoch": "seconds"})

    assert choices.weigh(file, ALL).doubts == []


def test_it_begins_with_what_was_suggested() -> None:
    file = seen()
    file.suggestions = [Suggestion("order_id", 3, "name")]
    file.constants = {"order_status": "paid", "discount": "", "contact_identifier": ""}
    file.decimal = ","

    assert choices.suggested(file) == Chosen(
        {"order_id": 3}, {"order_status": "paid", "contact_identifier": ""}, ","
    )


def test_it_tells_an_import_what_was_left_out_on_purpose() -> None:
    file = seen()
    file.suggestions = [Suggestion("company", 1, "rejects"), Suggestion("phone", 1, "phones")]

    options = choices.options(file, without("order_status", order_status="paid"), {"coupon": "Code"})

    assert options["mapping"]["order_id"] == "Order_Id"
    assert options["constants"] == {"order_status": "paid", "company": "", "coupon": ""}
    assert choices.left_out(options) == ["company", "coupon"]

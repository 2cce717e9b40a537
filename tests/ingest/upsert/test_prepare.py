from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comanda.ingest.upsert import prepare
from comanda.shapes import ContactIn, LineIn, OrderIn, ProductIn, RefundIn
from tests import factories
from tests.ingest.upsert import strategies


@given(strategies.lines())
def test_its_unrolled_line_is_that_of_the_table(line: LineIn) -> None:
    assert prepare.line(line) == prepare.LINE.encode(line)


@given(st.builds(LineIn, st.just("mug"), *[st.decimals(allow_infinity=True, allow_nan=True)] * 3,
                 name=strategies.any_text, discount=st.decimals()))  # fmt: skip
def test_its_unrolled_line_refuses_what_the_table_refuses(line: LineIn) -> None:
    try:
        expected = prepare.LINE.encode(line)
    except prepare.Unfit:
        with pytest.raises((ValueError, ArithmeticError)):
            prepare.line(line)
    else:
        assert prepare.line(line) == expected


def test_it_gives_one_digest_to_what_says_the_same() -> None:
    one = factories.order(
        "1", factories.line(quantity="2.5", price="4"), total=Decimal("10"), discount_total=Decimal("-0")
    )
    other = factories.order("1", factories.line(quantity="2.50", price="4.000"), total=Decimal("1E+1"))
    zone_east = one.placed_at.astimezone(tz=datetime.now().astimezone().tzinfo)

    assert prepare.order(one).digest == prepare.order(other).digest
    assert prepare.order(one).digest == prepare.order(replace(one, placed_at=zone_east)).digest


@pytest.mark.parametrize(
    "change",
    [
        {"order_id": "2"},
        {"total": Decimal("10.01")},
        {"refund_total": Decimal(1)},
        {"discount_total": Decimal(1)},
        {"shipping_total": Decimal(1)},
        {"tax_total": Decimal(1)},
        {"currency": "USD"},
        {"source_status": "shipped"},
        {"status": "canceled"},
        {"number": "#1"},
        {"placed_at": factories.at(1)},
        {"updated_at": factories.at(1)},
        {"paid_at": factories.at(1)},
        {"fulfilled_at": factories.at(1)},
        {"canceled_at": factories.at(1)},
        {"coupons": ("TEN",)},
        {"tags": ("vip",)},
        {"shipping_method": "van"},
        {"payment_method": "card"},
        {"admin_url": "https://shop.test/1"},
        {"cart_id": "c1"},
        {"refunds": [RefundIn("r1", Decimal(1))]},
        {"lines": []},
        {"lines": [factories.line(), factories.line()]},
        {"lines": [factories.line("cup")]},
        {"lines": [factories.line("")]},
        {"lines": [factories.line(name="Mug")]},
        {"lines": [factories.line(discount=Decimal(1))]},
        {"contact": ContactIn(email="ana@example.com")},
        {"contact": ContactIn(email="ana@example.com", first_name="Ana")},
        {"contact": ContactIn(email="ana@example.com", accepts_marketing=False)},
        {"contact": ContactIn(email="ana@example.com", accepts_marketing=True)},
        {"contact": ContactIn(email="ana@example.com", tags=("vip",))},
        {"contact": ContactIn(email="ana@example.com", fields={"size": "L"})},
    ],
)  # fmt: skip
def test_it_gives_another_digest_to_what_says_something_else(change: dict[str, Any]) -> None:
    plain = factories.order("1")

    assert prepare.order(replace(plain, **change)).digest != prepare.order(plain).digest


def test_it_tells_apart_ids_that_hold_the_separators() -> None:
    joined = factories.order("1", factories.line("a\tb"), factories.line("c"))
    parted = factories.order("1", factories.line("a"), factories.line("b\tc"))

    assert prepare.order(joined).digest != prepare.order(parted).digest


SURROGATE = "text that is valid Unicode (it holds half a surrogate pair)"
LONG = "x" * 256
SHOWN = "x" * 200
REFUSED: list[tuple[dict[str, Any], str, str, str]] = [
    ({"order_id": ""}, "order_id", "", "an id that is not empty"),
    ({"order_id": LONG}, "order_id", SHOWN, "an id of at most 255 characters"),
    ({"order_id": "a\0b"}, "order_id", "a␀b", "text without NUL characters"),
    ({"order_id": "a\ud800"}, "order_id", "a\\ud800", SURROGATE),
    ({"currency": "XXQ"}, "currency", "XXQ", "an ISO 4217 currency code such as EUR"),
    ({"total": Decimal("NaN")}, "total", "NaN", "a finite number"),
    ({"total": Decimal("1E+400")}, "total", "1E+400", "a number of at most 14 digits before the point"),
    ({"tax_total": Decimal("0.1234567")}, "tax_total", "0.1234567", "at most 6 decimal places"),
    ({"status": "paid"}, "status", "paid", "one of created, pending, completed, canceled, unknown"),
    ({"placed_at": datetime(2026, 1, 1)}, "placed_at", "2026-01-01 00:00:00", "a time with its zone"),
    ({"coupons": ("\0",)}, "coupons", "('\\x00',)", "text without NUL characters"),
    ({"tags": (LONG,)}, "tags", f"('{'x' * 198}", "words of at most 255 characters"),
    ({"source_status": "x" * 20_001}, "source_status", SHOWN, "at most 20,000 characters"),
    ({"lines": [factories.line(), factories.line(quantity="NaN")]}, "lines.1.quantity", "NaN",
     "a finite number"),
    ({"lines": [factories.line("\0")]}, "lines.0.product_id", "␀", "text without NUL characters"),
    ({"lines": [factories.line("\ud800")]}, "lines.0.product_id", "\\ud800", SURROGATE),
    ({"lines": [factories.line(LONG)]}, "lines.0.product_id", SHOWN, "an id of at most 255 characters"),
    ({"lines": [factories.line(name="\ud800")]}, "lines.0.name", "\\ud800", SURROGATE),
    ({"lines": [factories.line()] * 10_001}, "lines", "10001", "at most 10,000 lines"),
    ({"lines": [factories.line(quantity="99999999999999", price="0")] * 2}, "lines", "199999999999998",
     "quantities that add up to a number of at most 14 digits before the point"),
    ({"refunds": [RefundIn("r", Decimal(1)), RefundIn("r", Decimal(2))]}, "refunds",
     "two refunds with one refund_id", "a refund_id of its own for each refund"),
    ({"refunds": [RefundIn("", Decimal(1))]}, "refunds.0.refund_id", "", "an id that is not empty"),
    ({"refunds": [RefundIn(str(n), Decimal(1)) for n in range(10_001)]}, "refunds", "10001",
     "at most 10,000 refunds"),
    ({"contact": ContactIn(email="\0")}, "contact.email", "␀", "text without NUL characters"),
    ({"contact": ContactIn(phone="\ud800")}, "contact.phone", "\\ud800", SURROGATE),
    ({"contact": ContactIn(customer_id=LONG)}, "contact.customer_id", SHOWN,
     "an id of at most 255 characters"),
    ({"contact": ContactIn(tags=("x" * 201,))}, "contact.tags", f"('{'x' * 198}",
     "words of at most 200 characters"),
    ({"contact": ContactIn(lists=("\0",))}, "contact.lists", "('\\x00',)", "text without NUL characters"),
    ({"contact": ContactIn(fields={"a": "\0"})}, "contact.fields", "{'a': '\\x00'}",
     "text without NUL characters"),
    ({"contact": ContactIn(consent_proof="\0")}, "contact.consent_proof", "␀", "text without NUL characters"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field", "value", "expected"), REFUSED)
def test_it_refuses_an_order_and_says_how_to_mend_it(
    change: dict[str, Any], field: str, value: str, expected: str
) -> None:
    with pytest.raises(prepare.Unfit) as caught:
        prepare.order(replace(factories.order("1"), **change))

    problem = caught.value.problem
    assert (problem.code, problem.field, problem.value, problem.expected) == (
        "invalid",
        field,
        value,
        expected,
    )
    assert problem.mend == f"Send {expected} as {field}."


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("field", ["placed_at", "updated_at", "paid_at", "fulfilled_at", "canceled_at"])
def test_it_refuses_the_ends_of_time(field: str, moment: datetime) -> None:
    change: dict[str, Any] = {field: moment}

    with pytest.raises(prepare.Unfit) as caught:
        prepare.order(replace(factories.order("1"), **change))

    latest = datetime.now(UTC) + timedelta(days=366)
    assert caught.value.problem.field == field
    assert caught.value.problem.expected == f"a date between 1970-01-01 and {latest:%Y-%m-%d}"


def test_it_refuses_products_and_carts_likewise() -> None:
    with pytest.raises(prepare.Unfit) as product:
        prepare.product(ProductIn("mug", price=Decimal("Infinity")))
    with pytest.raises(prepare.Unfit) as nameless:
        prepare.product(ProductIn(""))
    with pytest.raises(prepare.Unfit) as cart:
        prepare.cart(factories.cart("c", factories.line(price="1E+99", total=Decimal(1))))
    with pytest.raises(prepare.Unfit) as state:
        prepare.cart(replace(factories.cart("c"), state="lost"))  # type: ignore[arg-type]

    assert (product.value.problem.field, product.value.problem.expected) == ("price", "a finite number")
    assert nameless.value.problem.field == "product_id"
    assert cart.value.problem.field == "lines.0.unit_price"
    assert state.value.problem.expected == "one of active, abandoned, recovered, ordered"


def test_it_takes_a_product_that_says_only_its_id() -> None:
    assert prepare.product(ProductIn("mug")).split("\t") == [
        "mug",
        "",
        "",
        "",
        "",
        "",
        r"\N",
        "",
        "",
        "",
        "f",
        r"\N",
    ]


any_line = st.builds(LineIn, strategies.any_text, st.decimals(), st.decimals(), st.decimals())
any_contact = st.builds(
    ContactIn,
    strategies.any_text,
    strategies.any_text,
    strategies.any_text,
    fields=st.dictionaries(strategies.any_text, strategies.any_text),
)
any_order = st.builds(
    OrderIn,
    strategies.any_text | st.just("1"),
    st.datetimes(timezones=st.timezones()),
    strategies.any_text | st.just("EUR"),
    st.decimals(),
    st.lists(any_line, max_size=2),
    contact=any_contact | st.none(),
)


@given(any_order)
def test_it_either_prepares_or_refuses_whatever_comes(order: OrderIn) -> None:
    problem = None
    try:
        row = prepare.order(order)
    except prepare.Unfit as unfit:
        problem = unfit.problem
    if problem:
        assert problem.field
        assert problem.expected
        assert "\0" not in problem.value
        problem.value.encode()
    else:
        assert row.key == order.order_id

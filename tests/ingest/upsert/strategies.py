"""Hypothesis strategies for what shops say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from comanda.shapes import ContactIn, LineIn, OrderIn, OrderStatus, RefundIn

any_text = st.text(st.characters(codec=None), max_size=300)
"""Text with anything in it: NUL, lone surrogates, controls, right-to-left marks."""

_FIRST = datetime(2020, 1, 1, tzinfo=UTC)


def texts(max_size: int = 40) -> SearchStrategy[str]:
    """Text that can be kept, with a liking for what COPY, arrays and JSON must escape."""
    awkward = st.sampled_from(
        ["\\", "\t", "\n", "\r", '"', "'", "{", "}", ",", "\\N", "\\.", "é", "ש", "‮", "👍🏽"]
    )
    plain = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=max_size)
    return st.one_of(plain, st.lists(awkward, max_size=max_size // 2).map("".join))


amounts: SearchStrategy[Decimal] = st.decimals(
    min_value=-(10**6), max_value=10**6, places=2, allow_nan=False, allow_infinity=False
)
moments: SearchStrategy[datetime] = st.integers(0, 10**8).map(
    lambda seconds: _FIRST + timedelta(seconds=seconds)
)


def lines() -> SearchStrategy[LineIn]:
    """Lines of a few products."""
    return st.builds(
        LineIn,
        product_id=st.sampled_from(["", "mug", "cup", "tea\tpot", "p\\N", "ü"]),
        quantity=amounts,
        unit_price=amounts,
        total=amounts,
        name=texts(),
        sku=st.sampled_from(["", "S1", "S2"]),
        variant_id=st.sampled_from(["", "red"]),
        category=st.sampled_from(["", "Kitchen"]),
        image_url=st.sampled_from(["", "https://example.com/mug.png"]),
        discount=amounts,
    )


people: SearchStrategy[ContactIn] = st.builds(
    ContactIn,
    email=st.sampled_from(
        ["", "ana@example.com", " ANA@Example.com", "rui@example.com", "not an e-mail", "noreply@shop.test"]
    ),
    phone=st.sampled_from(["", "+351912345678", "912 345 678", "+351911111111", "12"]),
    customer_id=st.sampled_from(["", "7", "8", "9"]),
    first_name=st.sampled_from(["", "Ana", "Rui", "\\N"]),
    last_name=st.sampled_from(["", "Silva\t"]),
    accepts_marketing=st.sampled_from([None, True, False]),
    tags=st.lists(st.sampled_from(["vip", "b2b", 'q"{,}\\']), max_size=2).map(tuple),
    fields=st.dictionaries(st.sampled_from(["size", "colour"]), texts(5), max_size=2),
)


@st.composite
def orders(draw: st.DrawFn, ids: SearchStrategy[str], version: datetime | None = None) -> OrderIn:
    """An order, undated unless a version is given."""
    refunds = draw(st.lists(st.builds(RefundIn, refund_id=texts(9).filter(bool), amount=amounts), max_size=2,
                            unique_by=lambda refund: refund.refund_id))  # fmt: skip
    return OrderIn(
        order_id=draw(ids),
        placed_at=draw(moments),
        currency=draw(st.sampled_from(["EUR", "BRL", "JPY"])),
        total=draw(amounts),
        lines=draw(st.lists(lines(), max_size=4)),
        status=draw(st.sampled_from(OrderStatus)),
        source_status=draw(texts()),
        contact=draw(st.none() | people),
        number=draw(texts()),
        updated_at=version,
        paid_at=draw(st.none() | moments),
        discount_total=draw(amounts),
        shipping_total=draw(amounts),
        tax_total=draw(amounts),
        refund_total=draw(amounts),
        refunds=refunds,
        coupons=draw(st.lists(texts(), max_size=2).map(tuple)),
        tags=draw(st.lists(texts(), max_size=2).map(tuple)),
        payment_method=draw(texts()),
    )

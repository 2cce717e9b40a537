"""What holds of the door whatever comes through it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comanda.ingest.upsert import Shape, StoreRef, upsert
from comanda.shapes import ContactIn, OrderIn, Outcome
from tests.factories import HISTORY, at, clear, make_store, query
from tests.ingest.upsert import strategies

pytestmark = pytest.mark.django_db(transaction=True)

IDS = st.sampled_from(["1", "2", "3", "\\N", "é\t"])
EMAILS = st.sampled_from(["", "ana@example.com", "ANA@example.com ", "rui@example.com", "nobody"])

_IDENTITIES = """
(SELECT array_agg(i.kind || ' ' || i.value ORDER BY i.kind, i.value) FROM contact_identity i
 WHERE i.contact_id = {contact})
"""
ORDERS = f"""
SELECT o.external_id, o.number, o.status, o.source_status, o.currency, o.total, o.refund_total,
       o.discount_total, o.shipping_total, o.tax_total, o.items, o.placed_at, o.paid_at,
       o.source_updated_at, o.coupons, o.tags, o.payment_method, encode(o.digest, 'hex'),
       {_IDENTITIES.format(contact="o.contact_id")}
FROM orders o ORDER BY 1
"""
LINES = """
SELECT o.external_id, l.position, p.external_id, l.quantity, l.unit_price, l.total, l.discount, l.name, l.sku,
       l.variant_id, l.category, l.image_url
FROM order_line l JOIN orders o ON o.id = l.order_id LEFT JOIN product p ON p.id = l.product_id ORDER BY 1, 2
"""
REFUNDS = """
SELECT o.external_id, r.external_id, r.amount, r.refunded_at, r.reason
FROM refund r JOIN orders o ON o.id = r.order_id ORDER BY 1, 2
"""
CONTACTS = f"""
SELECT {_IDENTITIES.format(contact="c.id")}, c.email, c.phone, c.first_name, c.last_name, c.accepts_marketing,
       c.consent_at, c.fields::text, c.source_updated_at,
       (SELECT array_agg(t.name ORDER BY t.name) FROM tag t JOIN contact_tag m ON m.tag_id = t.id
        WHERE m.contact_id = c.id),
       (SELECT array_agg(s.at::text || s.accepts_marketing ORDER BY s.at, s.accepts_marketing) FROM consent s
        WHERE s.contact_id = c.id)
FROM contact c ORDER BY 1
"""
PRODUCTS = "SELECT external_id, name, sku, category, image_url, in_catalogue FROM product ORDER BY 1"


def state(*questions: str) -> list[Any]:
    return [query(question) for question in questions]


def fresh() -> StoreRef:
    clear()
    return make_store("fresh")


def pieces(shapes: Sequence[Shape], cuts: list[int]) -> Iterator[Sequence[Shape]]:
    """The same shapes, one after another, in calls of these sizes over and over."""
    start = 0
    while start < len(shapes):
        for size in cuts:
            yield shapes[start : start + size]
            start += size


batches = st.lists(strategies.orders(IDS), max_size=5, unique_by=lambda order: order.order_id)
cuts = st.lists(st.integers(1, 4), min_size=1, max_size=4)


@settings(max_examples=60)
@given(batches)
def test_it_changes_nothing_when_told_the_same_again(batch: list[OrderIn]) -> None:
    store = fresh()
    first = upsert(store, batch, HISTORY)
    before = state(ORDERS, LINES, REFUNDS, CONTACTS, PRODUCTS, "SELECT * FROM activity ORDER BY id")

    again = upsert(store, batch, HISTORY)

    assert {result.outcome for result in first} <= {Outcome.CREATED}
    assert {result.outcome for result in again} <= {Outcome.UNCHANGED}
    assert [result.id for result in again] == [result.id for result in first]
    assert state(ORDERS, LINES, REFUNDS, CONTACTS, PRODUCTS, "SELECT * FROM activity ORDER BY id") == before


@st.composite
def histories(draw: st.DrawFn) -> list[OrderIn]:
    """Versions of a few orders, each with a date of its own, in order of version."""
    minutes = draw(st.lists(st.integers(0, 50), max_size=7, unique=True).map(sorted))
    versions = [draw(strategies.orders(IDS, at(minute))) for minute in minutes]
    return [replace(version, contact=ContactIn(draw(EMAILS))) for version in versions]


@settings(max_examples=60)
@given(histories(), cuts, st.randoms(), st.data())
def test_it_ends_the_same_in_whatever_order_versions_come(
    history: list[OrderIn], sizes: list[int], random: Any, data: st.DataObject
) -> None:
    store = fresh()
    for version in history:
        upsert(store, [version], HISTORY)
    expected = state(ORDERS, LINES, REFUNDS)

    doubled = data.draw(st.lists(st.sampled_from(history), max_size=3)) if history else []
    shuffled = [*history, *doubled]
    random.shuffle(shuffled)
    store = fresh()
    for piece in pieces(shuffled, sizes):
        upsert(store, piece, HISTORY)

    assert state(ORDERS, LINES, REFUNDS) == expected


@st.composite
def streams(draw: st.DrawFn) -> list[Shape]:
    """Orders and contacts in a row, versions dated or not, people named in all ways."""
    shapes: list[Shape] = []
    for _ in range(draw(st.integers(0, 8))):
        version = draw(st.none() | st.integers(0, 9).map(at))
        if draw(st.booleans()):
            shapes.append(draw(strategies.orders(IDS, version)))
        else:
            dated = {"updated_at": version, "consent_at": draw(st.integers(0, 9).map(at))}
            shapes.append(replace(draw(strategies.people), **dated))  # type: ignore[arg-type]
    return shapes


@settings(max_examples=60)
@given(streams(), cuts)
def test_it_ends_the_same_in_calls_of_whatever_size(stream: list[Shape], sizes: list[int]) -> None:
    store = fresh()
    one_by_one = [upsert(store, [shape], HISTORY)[0] for shape in stream]
    expected = state(ORDERS, LINES, REFUNDS, CONTACTS, PRODUCTS)

    store = fresh()
    together = [result for piece in pieces(stream, sizes) for result in upsert(store, piece, HISTORY)]

    assert state(ORDERS, LINES, REFUNDS, CONTACTS, PRODUCTS) == expected
    assert [result.outcome for result in together] == [result.outcome for result in one_by_one]
    assert [result.note for result in together] == [result.note for result in one_by_one]


@settings(max_examples=60)
@given(batches)
def test_it_keeps_money_to_the_cent_by_currency(batch: list[OrderIn]) -> None:
    store = fresh()
    upsert(store, batch, HISTORY)

    expected: dict[str, list[Decimal]] = {}
    for order in batch:
        sums = expected.setdefault(order.currency, [Decimal(0)] * 5)
        sums[0] += order.total
        sums[1] += sum(line.total for line in order.lines)
        sums[2] += sum(line.quantity for line in order.lines)
        sums[3] += sum(refund.amount for refund in order.refunds)
        sums[4] += order.refund_total
    found = query(
        """
        SELECT o.currency, sum(o.total),
               sum((SELECT COALESCE(sum(l.total), 0) FROM order_line l WHERE l.order_id = o.id)),
               sum(o.items),
               sum((SELECT COALESCE(sum(r.amount), 0) FROM refund r WHERE r.order_id = o.id)),
               sum(o.refund_total)
        FROM orders o GROUP BY 1
        """
    )
    assert {currency: sums for currency, *sums in found} == expected


any_line = strategies.lines().flatmap(lambda line: st.sampled_from([line, replace(line, name="\ud800")]))
hostile = st.builds(
    lambda order, text: replace(
        order, source_status=text, tags=(text,), contact=ContactIn(fields={"a": text})
    ),
    strategies.orders(IDS),
    strategies.any_text,
)


@settings(max_examples=60)
@given(st.lists(hostile, max_size=3), st.lists(any_line, max_size=3))
def test_it_answers_for_each_shape_whatever_comes(batch: list[OrderIn], lines: list[Any]) -> None:
    store = fresh()
    shapes = [replace(order, lines=lines) for order in batch]

    results = upsert(store, shapes, HISTORY)

    assert len(results) == len(shapes)
    for result in results:
        assert (result.outcome is Outcome.REFUSED) == bool(result.problems) == (result.id is None)

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from comanda.ingest.upsert import rows, text
from comanda.records import database
from comanda.shapes import OrderStatus
from tests.ingest.upsert.strategies import any_text, texts


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("0E-10", "0"),
        ("0E+1000", "0"),
        ("2.50", "2.5"),
        ("2.5", "2.5"),
        ("1E+2", "100"),
        ("1E+13", "10000000000000"),
        ("-17.000", "-17"),
        ("0.000001", "0.000001"),
        ("99999999999999.999999", "99999999999999.999999"),
        ("-99999999999999.999999", "-99999999999999.999999"),
        ("1." + "0" * 60, "1"),
    ],
)
def test_it_writes_a_number_in_its_shortest_form(value: str, written: str) -> None:
    assert text.number(Decimal(value)) == written


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("NaN", "a finite number"),
        ("sNaN", "a finite number"),
        ("-Infinity", "a finite number"),
        ("1E+14", "a number of at most 14 digits before the point"),
        ("1E+400", "a number of at most 14 digits before the point"),
        ("0.0000001", "at most 6 decimal places"),
        ("1E-400", "at most 6 decimal places"),
        ("1." + "0" * 40 + "1", "at most 6 decimal places"),
        ("99999999999999.9999999", "at most 6 decimal places"),
    ],
)
def test_it_refuses_a_number_that_the_column_cannot_hold(value: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        text.number(Decimal(value))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**13), max_value=10**13))
def test_it_keeps_every_digit_of_a_number(value: Decimal) -> None:
    assert Decimal(text.number(value)) == value


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize(
    "zone",
    [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-14)), ZoneInfo("America/Sao_Paulo")],
)
def test_it_refuses_the_ends_of_time_in_any_zone(moment: datetime, zone: Any) -> None:
    with pytest.raises(ValueError, match="a date between 1970-01-01 and 20"):
        text.history(moment.replace(tzinfo=zone))


def test_it_refuses_a_time_without_zone() -> None:
    with pytest.raises(ValueError, match="a time with its zone"):
        text.history(datetime(2026, 3, 1))


def test_it_takes_times_from_1970_to_a_year_ahead() -> None:
    now = datetime.now(UTC)

    assert text.history(datetime(1970, 1, 1, tzinfo=UTC)) == "1970-01-01T00:00:00+00:00"
    assert text.history(now + timedelta(days=365)) == (now + timedelta(days=365)).isoformat()
    with pytest.raises(ValueError, match="a date between"):
        text.history(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC))
    with pytest.raises(ValueError, match="a date between"):
        text.history(now + timedelta(days=367))


def test_it_writes_times_in_utc() -> None:
    moment = datetime(2026, 7, 1, 1, 30, 0, 123456, tzinfo=ZoneInfo("Europe/Lisbon"))

    assert text.history(moment) == "2026-07-01T00:30:00.123456+00:00"
    assert text.history(None) == r"\N"


@pytest.mark.parametrize(
    ("convert", "value", "expected"),
    [
        (text.text, "a\0b", "text without NUL characters"),
        (text.text, "a\ud800b", "text that is valid Unicode"),
        (text.text, "x" * 20_001, "at most 20,000 characters"),
        (text.key, "", "an id that is not empty"),
        (text.key, "x" * 256, "an id of at most 255 characters"),
        (text.key, "\0", "text without NUL"),
        (text.optional_key, "\udfff", "text that is valid Unicode"),
        (text.currency, "eur", "an ISO 4217 currency code"),
        (text.currency, "", "an ISO 4217 currency code"),
        (text.words, ("x" * 256,), "words of at most 255 characters"),
        (text.words, ("\0",), "text without NUL"),
        (text.words, ("\ud800",), "text that is valid Unicode"),
        (text.words, tuple("x" * 1001), "at most 1,000 words"),
        (text.names, ("x" * 201,), "words of at most 200 characters"),
        (text.fields, {"size": "\0"}, "text without NUL"),
        (text.fields, {"size\ud800": "L"}, "text that is valid Unicode"),
        (text.fields, {"": "L"}, "an id that is not empty"),
        (text.fields, {str(n): "" for n in range(1001)}, "at most 1,000 fields"),
        (text.one_of(OrderStatus), "paid", "one of created, pending, completed, canceled, unknown"),
    ],
)
def test_it_refuses_in_words_for_a_person(convert: Callable[[Any], str], value: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        convert(value)


def test_it_takes_all_that_fits() -> None:
    assert text.text("x" * 20_000) == "x" * 20_000
    assert text.key("x" * 255) == "x" * 255
    assert text.optional_key("") == ""
    assert text.names(("x" * 200,)) == '{"' + "x" * 200 + '"}'
    assert text.words(()) == "{}"
    assert text.fields({"b": "2", "a": "1"}) == text.fields({"a": "1", "b": "2"}) == '{"a":"1","b":"2"}'
    assert text.one_of(OrderStatus)(OrderStatus.COMPLETED) == "completed"


@given(any_text)
def test_it_answers_any_text_or_says_why_not(value: str) -> None:
    for convert in (text.text, text.key, text.optional_key, text.currency):
        try:
            written = convert(value)
        except ValueError:
            continue
        assert not set("\t\n\r\0") & set(written)
        written.encode()


@pytest.fixture
def scratch(db: None) -> psycopg.Cursor[Any]:
    """A table of its own for what COPY brings."""
    cursor = database.cursor()
    cursor.execute("CREATE TEMP TABLE scratch (id int, said text, words text[], data jsonb, body bytea)")
    return cursor


@given(st.lists(st.tuples(texts(), st.lists(texts(max_size=255)), st.binary())))
def test_it_brings_any_text_through_copy_unharmed(
    scratch: psycopg.Cursor[Any], given_rows: list[tuple[str, list[str], bytes]]
) -> None:
    scratch.execute("TRUNCATE scratch")

    rows.copy(
        scratch,
        "scratch",
        ("id", "said", "words", "data", "body"),
        (
            f"{number}\t{text.text(said)}\t{text.words(words)}\t{text.data([said])}\t{text.binary(body)}"
            for number, (said, words, body) in enumerate(given_rows)
        ),
    )

    scratch.execute("SELECT said, words, data ->> 0, body FROM scratch ORDER BY id")
    found = [(said, words, again, bytes(body)) for said, words, again, body in scratch.fetchall()]
    assert found == [(said, words, said, body) for said, words, body in given_rows]


@pytest.mark.parametrize(
    "said",
    [r"\N", r"\.", "\\", "\t\n\r\v\b", "שלום ‮abc", "👩‍👩‍👧‍👦", "NULL", '{"a"}', "'; DROP TABLE orders; --"],
)
def test_it_brings_what_looks_like_syntax_through_copy(scratch: psycopg.Cursor[Any], said: str) -> None:
    rows.copy(scratch, "scratch", ("said", "words"), [f"{text.text(said)}\t{text.words([said])}"])

    scratch.execute("SELECT said, words FROM scratch")
    assert scratch.fetchall() == [(said, [said])]


def test_it_sends_large_rows_in_pieces(scratch: psycopg.Cursor[Any]) -> None:
    rows.copy(scratch, "scratch", ("id", "said"), (f"{n}\t{'x' * 19_999}" for n in range(100)))

    scratch.execute("SELECT count(*), sum(length(said)) FROM scratch")
    assert scratch.fetchone() == (100, 1_999_900)


def test_it_takes_ascending_ids_from_the_sequence(db: None) -> None:
    with connection.cursor():
        cursor = database.cursor()
        first = rows.next_ids(cursor, "orders", 3)
        second = rows.next_ids(cursor, "orders", 2)

    assert first == [first[0], first[0] + 1, first[0] + 2]
    assert second == [first[2] + 1, first[2] + 2]
    assert rows.next_ids(cursor, "orders", 0) == []

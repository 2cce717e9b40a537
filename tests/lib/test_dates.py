from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comanda.lib import dates
from comanda.lib.dates import Epoch, Note, Order

LISBON = ZoneInfo("Europe/Lisbon")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
DAY, MONTH = Order.DAY_FIRST, Order.MONTH_FIRST


@pytest.mark.parametrize(
    ("text", "order", "naive"),
    [
        ("2025-01-16", None, "2025-01-16T00:00:00"),
        ("2025-01-16 14:32:10", None, "2025-01-16T14:32:10"),
        ("2025-01-16T14:32", None, "2025-01-16T14:32:00"),
        ("2025-01-16T14:32:10.123456789", None, "2025-01-16T14:32:10.123456"),
        ("2025-01-16T14:32:10,5", None, "2025-01-16T14:32:10.500000"),
        ("2025/1/6 9:05", None, "2025-01-06T09:05:00"),
        ("2025.01.16", None, "2025-01-16T00:00:00"),
        ("20250116", None, "2025-01-16T00:00:00"),
        ("20250116T143210", None, "2025-01-16T14:32:10"),
        ("16/01/2025", DAY, "2025-01-16T00:00:00"),
        ("01/16/2025", MONTH, "2025-01-16T00:00:00"),
        ("03/04/2025", DAY, "2025-04-03T00:00:00"),
        ("03/04/2025", MONTH, "2025-03-04T00:00:00"),
        ("05/05/2025", None, "2025-05-05T00:00:00"),
        ("16.01.2025 14:32", DAY, "2025-01-16T14:32:00"),
        ("16-01-25", DAY, "2025-01-16T00:00:00"),
        ("16-01-69", DAY, "2069-01-16T00:00:00"),
        ("16-01-70", DAY, "1970-01-16T00:00:00"),
        ("1/16/2025 2:32 PM", MONTH, "2025-01-16T14:32:00"),
        ("1/16/2025 12:05am", MONTH, "2025-01-16T00:05:00"),
        ("1/16/2025 12:05 p.m.", MONTH, "2025-01-16T12:05:00"),
        ("16/01/2025, 14:32", DAY, "2025-01-16T14:32:00"),
        ("16/01/2025 às 14:32", DAY, "2025-01-16T14:32:00"),
        ("16 Jan 2025", None, "2025-01-16T00:00:00"),
        ("16 de janeiro de 2025 10:11", None, "2025-01-16T10:11:00"),
        ("3 août 2025", None, "2025-08-03T00:00:00"),
        ("16-sept-2025", None, "2025-09-16T00:00:00"),
        ("Jan 16, 2025 3:04 PM", None, "2025-01-16T15:04:00"),
        ("29/02/2024", DAY, "2024-02-29T00:00:00"),
    ],
)
def test_it_reads_dates_as_people_write_them(text: str, order: Order | None, naive: str) -> None:
    expected = datetime.fromisoformat(naive).replace(tzinfo=SAO_PAULO)
    assert dates.parse(f" {text} ", SAO_PAULO, order) == (expected, Note.PLAIN)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-01-16T14:32:10Z", "2025-01-16T14:32:10+00:00"),
        ("2025-01-16 14:32:10 UTC", "2025-01-16T14:32:10+00:00"),
        ("2025-01-16 14:32:10 -0300", "2025-01-16T14:32:10-03:00"),
        ("2025-01-16T14:32:10.5+05:30", "2025-01-16T14:32:10.500000+05:30"),
        ("2025-01-16T14:32:10+02", "2025-01-16T14:32:10+02:00"),
        ("20250116T143210Z", "2025-01-16T14:32:10+00:00"),
    ],
)
def test_it_keeps_the_zone_that_a_date_names(text: str, instant: str) -> None:
    at, note = dates.parse(text, SAO_PAULO)
    assert at.isoformat() == instant
    assert note is Note.PLAIN


@pytest.mark.parametrize(
    ("text", "order", "why"),
    [
        ("", None, "It is empty."),
        ("soon", None, "It is no date."),
        ("2025-02-30", None, "There is no such day or time."),
        ("31/04/2025", DAY, "There is no such day or time."),
        ("16/01/2025", MONTH, "There is no such day or time."),
        ("2025-01-16 24:00", None, "There is no such day or time."),
        ("2025-01-16 10:60", None, "There is no such day or time."),
        ("2025-01-16 10:00+25:00", None, "There is no such day or time."),
        ("0000-01-01", None, "There is no such day or time."),
        ("03/04/2025", None, "It is not known whether the day or the month stands first."),
        ("1/16/2025 14:32 PM", MONTH, "Its hour does not go with am or pm."),
        ("16 Foo 2025", None, "It names no month that is known."),
        ("16/01-2025", DAY, "It is no date."),
        ("45678.5", None, "It is no date."),
        ("1737037930", None, "It is no date."),
        ("2025-01-16" + " " * 90 + "x", None, "It is too long for a date."),
        ("٢٠٢٥-01-16", None, "It is no date."),
    ],
)
def test_it_says_why_something_is_no_date(text: str, order: Order | None, why: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        dates.parse(text, LISBON, order)
    assert str(caught.value) == why


def test_it_reads_counts_since_1970() -> None:
    expected = datetime(2025, 1, 16, 14, 32, 10, tzinfo=UTC)
    assert dates.parse("1737037930", LISBON, epoch=Epoch.SECONDS) == (expected, Note.PLAIN)
    with_half = expected + timedelta(milliseconds=500)
    assert dates.parse("1737037930500", LISBON, epoch=Epoch.MILLISECONDS) == (with_half, Note.PLAIN)
    with pytest.raises(ValueError, match="It is no count of seconds since 1970"):
        dates.parse("2025-01-16", LISBON, epoch=Epoch.SECONDS)


def test_it_moves_a_skipped_hour_forward_by_the_gap() -> None:
    at, note = dates.parse("2025-03-30 01:30:00", LISBON)
    assert at.isoformat() == "2025-03-30T02:30:00+01:00"
    assert note is Note.SKIPPED


def test_it_takes_the_first_of_a_doubled_hour() -> None:
    at, note = dates.parse("2025-10-26 01:30:00", LISBON)
    assert at.isoformat() == "2025-10-26T01:30:00+01:00"
    assert note is Note.DOUBLED


def test_it_knows_what_dates_prove_about_day_and_month() -> None:
    assert dates.order_of(["2025-01-16", "soon", "05/05/2025"]) == (None, None, None)
    assert dates.order_of(["03/04/2025", "17/04/2025"]) == ("17/04/2025", None, "03/04/2025")
    assert dates.order_of(["03/04/2025", "4/17/2025"]) == (None, "4/17/2025", "03/04/2025")
    assert dates.order_of(["17.04.25", "4-17-25"]) == ("17.04.25", "4-17-25", None)
    assert dates.order_of(["17/17/2025"]) == (None, None, None)


def test_it_knows_a_column_of_counts() -> None:
    assert dates.epoch_of(["1737037930", " 999999999 "]) is Epoch.SECONDS
    assert dates.epoch_of(["1737037930500"]) is Epoch.MILLISECONDS
    assert dates.epoch_of(["1737037930", "2025-01-16"]) is Epoch.NONE
    assert dates.epoch_of(["1737037930", "1737037930500"]) is Epoch.NONE
    assert dates.epoch_of(["20250116", "20250116143210"]) is Epoch.NONE
    assert dates.epoch_of([]) is Epoch.NONE


FORMATS = {
    "%Y-%m-%dT%H:%M:%S.%f": None,
    "%d/%m/%Y %H:%M:%S.%f": DAY,
    "%m-%d-%Y %H:%M:%S.%f": MONTH,
    "%d.%m.%Y %I:%M:%S.%f %p": DAY,
    "%d %B %Y %H:%M:%S.%f": None,
}


@given(
    st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 30)),
    st.sampled_from(sorted(FORMATS)),
    st.integers(-14 * 60, 14 * 60),
)
def test_it_reads_back_what_is_written(naive: datetime, form: str, offset: int) -> None:
    at = naive.replace(tzinfo=timezone(timedelta(minutes=offset)))
    written = at.strftime(form) + at.strftime("%z")
    assert dates.parse(written, LISBON, FORMATS[form]) == (at, Note.PLAIN)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)),
    st.sampled_from(["Europe/Lisbon", "America/Sao_Paulo"]),
)
def test_it_gives_an_instant_that_the_zone_has(naive: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    at, note = dates.parse(naive.isoformat(), zone)
    assert at.astimezone(UTC).astimezone(zone) == at
    if note is Note.SKIPPED:
        assert timedelta(0) < at.replace(tzinfo=None) - naive <= timedelta(hours=1)
    else:
        assert at.replace(tzinfo=None) == naive


@given(st.text(max_size=80), st.sampled_from([DAY, MONTH, None]))
def test_it_gives_a_date_or_a_reason_for_any_text(text: str, order: Order | None) -> None:
    try:
        at, why = dates.parse(text, LISBON, order)[0], "."
    except ValueError as error:
        at, why = None, str(error)
    assert why.endswith(".")
    assert at is None or at.tzinfo is not None

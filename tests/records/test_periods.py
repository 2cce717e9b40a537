"""Periods: where they begin and end, by the clock of a zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from comanda.records import periods

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)


def test_it_takes_today_and_the_days_before_it() -> None:
    period = periods.ending(NOW, 7, LISBON)

    assert [start.date().day for start in period.starts] == [20, 21, 22, 23, 24, 25, 26]
    assert period.since == datetime(2026, 11, 20, tzinfo=LISBON)
    assert period.until == NOW


def test_it_sets_it_against_as_many_days_until_the_same_hour() -> None:
    period = periods.ending(NOW, 7, LISBON)

    assert period.earlier[0] == datetime(2026, 11, 13, tzinfo=LISBON)
    assert period.earlier_until == datetime(2026, 11, 19, 14, 5, tzinfo=LISBON)


def test_its_days_begin_at_midnight_even_where_the_clock_was_changed() -> None:
    period = periods.ending(NOW, 90, LISBON)

    assert {(start.hour, start.minute) for start in (*period.starts, *period.earlier)} == {(0, 0)}
    assert {start.utcoffset().total_seconds() for start in period.starts} == {0.0, 3600.0}  # type: ignore[union-attr]


def test_what_is_today_depends_on_the_zone() -> None:
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)

    days = [periods.ending(late, 7, ZoneInfo(zone)).starts[-1].date() for zone in ("UTC", "Asia/Tokyo")]

    assert days == [date(2026, 11, 26), date(2026, 11, 27)]


def test_a_year_is_cut_into_weeks() -> None:
    period = periods.ending(NOW, 365, LISBON)

    lengths = [(end.date() - start.date()).days for start, end in period.pieces[:-1]]
    assert period.is_by_week
    assert lengths == [8, *[7] * 50]
    assert period.starts[-1].date() == date(2026, 11, 20)
    assert period.since.date() == date(2025, 11, 27)


@pytest.mark.parametrize("days", periods.LENGTHS)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Lisbon", "America/Sao_Paulo", "Pacific/Apia"])
def test_its_edges_are_in_the_order_of_time(days: int, zone: str) -> None:
    for now in (NOW, datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)):
        edges = [edge.astimezone(UTC) for edge in periods.ending(now, days, ZoneInfo(zone)).edges]
        assert edges == sorted(edges)

"""Money, numbers and times as languages write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from comanda.web.frame import tags


@pytest.mark.parametrize(
    ("language", "currency", "said"),
    [("en", "GBP", "£1,234.50"), ("pt-br", "BRL", "R$\xa01.234,50"), ("es", "EUR", "1.234,50\xa0€"),
     ("fr", "EUR", "1\u202f234,50\xa0€"), ("en", "JPY", "¥1,235"), ("en", "KWD", "KWD1,234.500")],
)  # fmt: skip
def test_it_writes_money(language: str, currency: str, said: str) -> None:
    with translation.override(language):
        assert tags.money(Decimal("1234.5"), currency) == said


def test_it_rounds_money_as_totals_are_rounded_elsewhere() -> None:
    assert tags.money(Decimal("9747747.935"), "GBP") == "£9,747,747.94"
    assert tags.money(Decimal("-0.004"), "GBP") in ("£0.00", "-£0.00")
    assert tags.money(None, "GBP") == ""


def test_it_writes_numbers() -> None:
    with translation.override("pt-br"):
        assert tags.number(Decimal("1234567.50")) == "1.234.567,5"
        assert tags.number(Decimal("1234.567"), 0) == "1.235"
        assert tags.percent(0.125, 1) == "12,5%"
        assert tags.number(None) == ""


@pytest.mark.parametrize(
    ("size", "language", "said"),
    [(100, "en", "0.1 kB"), (10_240, "fr", "10 ko"), (39_321_600, "fr", "37,5 Mo"),
     (39_321_600, "pt-br", "37,5 MB"), (5 * 1024**4, "es", "5.120 GB")],
)  # fmt: skip
def test_it_writes_sizes_in_the_units_of_the_language(size: int, language: str, said: str) -> None:
    with translation.override(language):
        assert tags.file_size(size).replace("\xa0", " ").replace("\u202f", " ") == said


def test_it_writes_a_time_in_the_readers_zone_and_all_of_it_on_hover() -> None:
    when = datetime(2026, 7, 1, 12, tzinfo=UTC)

    with timezone.override(ZoneInfo("Europe/Lisbon")):
        said = tags.moment(when)

    assert '<time datetime="2026-07-01T12:00:00+00:00"' in said
    assert ">Jul 1, 2026, 1:00\u202fPM</time>" in said
    assert "Wednesday, July 1, 2026, 1:00\u202fPM WEST" in said


def test_it_names_a_zone_that_has_no_letters() -> None:
    with timezone.override(ZoneInfo("America/Sao_Paulo")):
        assert "UTC-03" in tags.moment(datetime(2026, 7, 1, 12, tzinfo=UTC), "zoned")


def test_it_says_how_long_ago() -> None:
    now = datetime.now(UTC)

    assert tags.ago(now - timedelta(hours=3)) == "3 hours ago"
    assert tags.ago(now + timedelta(days=2, minutes=1)) == "in 2 days"
    assert tags.ago(now) == "just now"


def test_it_writes_days() -> None:
    with translation.override("fr"):
        assert tags.day(date(2026, 11, 26), "long") == "26 novembre 2026"


def test_it_knows_no_icon_that_was_not_built() -> None:
    with pytest.raises(KeyError):
        tags.icon("no-such-icon")


def test_it_cuts_names_before_they_are_escaped() -> None:
    template = "{% load comanda %}{% first_of none name as called %}{{ called|truncatechars:6 }}"

    shown = Template(template).render(Context({"none": None, "name": "<<<<<<<<"}))

    assert shown == "&lt;&lt;&lt;&lt;&lt;…"
    assert Template("{% load comanda %}{% first_of a b %}").render(Context({})) == ""


def test_it_escapes_what_a_shop_calls_its_status() -> None:
    assert "<script>" not in tags.status_badge("completed", '"><script>')


def test_an_address_breaks_before_its_at_and_nothing_in_it_is_markup() -> None:
    assert tags.breakable("<b>ana</b>@example.com") == "&lt;b&gt;ana&lt;/b&gt;<wbr>@example.com"
    assert tags.breakable("Ana") == "Ana"

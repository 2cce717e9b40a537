"""What someone bought over time, as a small picture: bars of revenue, and below them bars of orders.

Drawn as SVG whose sizes are attributes, in units of which the picture is ``WIDTH`` wide.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from comanda.records.contact_orders import Month
from comanda.web.frame import tags as writing

WIDTH, HEIGHT, FOOT = 600, 64, 22
"""``HEIGHT`` is that of the bars of revenue, ``FOOT`` that of those of orders."""

_MOST_BARS = 36
_YEAR, _QUARTER, _MONTH = 12, 3, 1
_LEAST_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of time: its place and sizes, and what a reader is told of it."""

    x: str
    width: str
    y: str
    height: str
    foot: str
    title: str
    is_negative: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """``begin`` and ``end`` are written below the picture."""

    bars: Sequence[Bar]
    begin: str
    end: str
    summary: str


def draw(months: Sequence[Month], currency: str, today: date) -> Chart | None:
    """The picture; None where there is too little to see."""
    if len(months) < 2:
        return None
    first, last = _number(months[0].first_day), max(_number(months[-1].first_day), _number(today))
    step = next((each for each in (_MONTH, _QUARTER) if (last - first) // each < _MOST_BARS), _YEAR)
    spans = list(_spans(months, first // step * step, last, step))
    most = max(abs(span.revenue) for span in spans) or Decimal(1)
    busiest = max(span.orders for span in spans)
    pitch = WIDTH / max(len(spans), _LEAST_WIDTH)
    bars = [
        Bar(
            x=f"{number * pitch + pitch * 0.12:.1f}",
            width=f"{pitch * 0.76:.1f}",
            height=f"{(tall := float(abs(span.revenue) / most) * HEIGHT):.1f}",
            y=f"{HEIGHT - tall:.1f}",
            foot=f"{span.orders / busiest * FOOT:.1f}",
            title=_told(span, currency, step),
            is_negative=span.revenue < 0,
        )
        for number, span in enumerate(spans)
    ]
    begin, end = _named(spans[0].first_day, step), _named(spans[-1].first_day, step)
    summary = _t("Revenue and orders from %(begin)s to %(end)s") % {"begin": begin, "end": end}
    return Chart(bars, begin, end, summary)


def _number(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def _spans(months: Sequence[Month], first: int, last: int, step: int) -> Iterator[Month]:
    """The months put together by ``step``, those without orders too."""
    for begin in range(first, last + 1, step):
        within = [month for month in months if begin <= _number(month.first_day) < begin + step]
        yield Month(
            date(begin // 12, begin % 12 + 1, 1),
            sum(month.orders for month in within),
            sum((month.revenue for month in within), Decimal(0)),
        )


def _told(span: Month, currency: str, step: int) -> str:
    orders = ngettext("%(count)s order", "%(count)s orders", span.orders) % {
        "count": writing.number(span.orders)
    }
    told = {
        "when": _named(span.first_day, step),
        "revenue": writing.money(span.revenue, currency),
        "orders": orders,
    }
    return _t("%(when)s: %(revenue)s, %(orders)s") % told


def _named(first_day: date, step: int) -> str:
    if step == _YEAR:
        return str(first_day.year)
    return writing.month(first_day)

"""What the address of a list of orders asks for: which, in what order, from where on."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comanda.records import order_filters
from comanda.records.order_filters import NotUnderstood
from comanda.records.order_list import Listing, Page, Place, Sort

AT_ONCE = 50
SORTS: dict[str, Promise] = {
    Sort.LATEST: _("Latest first"),
    Sort.OLDEST: _("Oldest first"),
    Sort.LARGEST: _("Largest total first"),
    Sort.SMALLEST: _("Smallest total first"),
}
_BY_TOTAL = frozenset({Sort.LARGEST, Sort.SMALLEST})
FAULTS: dict[str, Promise] = {
    "q": _("A number has 200 characters at most, and no NUL characters."),
    "status": _("There is no such status."),
    "store": _("There is no such store."),
    "currency": _("A currency is written with three capital letters, such as EUR."),
    "from": _("The first day is not a day of the calendar."),
    "to": _("The last day is not a day of the calendar."),
    "buyer": _("Buyers are either known or guests."),
    "refund": _("Orders can be narrowed to those with a refund."),
    "coupon": _("A coupon code has 200 characters at most, and no NUL characters."),
}
"""Filter → what is told when its words mean nothing."""


@dataclass(frozen=True)
class Asked:
    """``words`` say which orders (see ``order_filters``); ``cursor`` is the end of the page before, or ""."""

    words: Mapping[str, Sequence[str]]
    sort: Sort = Sort.LATEST
    cursor: str = ""

    @cached_property
    def fault(self) -> Promise | None:
        """What is wrong with the words, if anything is."""
        try:
            self.listing  # noqa: B018  # it is read here
        except NotUnderstood as word:
            return FAULTS[word.key]
        return None

    @cached_property
    def listing(self) -> Listing:
        """The orders; raises NotUnderstood."""
        zone: Any = timezone.get_current_timezone()
        return Listing(order_filters.read(self.words, zone))

    @cached_property
    def sort_now(self) -> Sort:
        """The order asked for, or the usual one where these orders cannot be put into it in a moment."""
        return self.sort if self.listing.offers(self.sort) else Sort.LATEST

    def page(self) -> Page:
        """A page of orders; from the beginning if its place in the list cannot be told."""
        after = _place(self.cursor, self.sort_now) if self.sort_now == self.sort else None
        return self.listing.page(self.sort_now, AT_ONCE, after)

    @property
    def one(self) -> dict[str, str]:
        """The last word of each filter, as fields show them."""
        return {key: said[-1] for key, said in self.words.items() if said}

    @property
    def has_more_filters(self) -> bool:
        """Whether one of the filters that do not show at once is set."""
        return any(self.words.get(key) for key in ("currency", "buyer", "refund", "coupon"))

    @property
    def address(self) -> str:
        """The query of this list, from its beginning."""
        return self.address_in(self.sort)

    def address_in(self, sort: Sort) -> str:
        """The query of the same orders in another order."""
        said = [(key, word) for key, words in self.words.items() for word in words]
        return urlencode([*said, ("sort", sort.value)] if sort != Sort.LATEST else said)


def of(request: HttpRequest) -> Asked:
    """What a request's address says; an order that there is not is the usual one."""
    sort = Sort.LATEST
    with contextlib.suppress(ValueError):
        sort = Sort(request.GET.get("sort", Sort.LATEST))
    words = order_filters.only_words(dict(request.GET.lists()))
    return Asked(words, sort, request.GET.get("cursor", ""))


def cursor(page: Page) -> str | None:
    """How an address says where the next page begins."""
    if not page.more or page.end is None:
        return None
    key, order_id = page.end
    return f"{key.isoformat() if isinstance(key, datetime) else key}~{order_id}"


def _place(said: str, sort: Sort) -> Place | None:
    key, _, order_id = said.partition("~")
    with contextlib.suppress(ValueError, ArithmeticError):
        number = int(order_id)
        place = Decimal(key) if sort in _BY_TOTAL else datetime.fromisoformat(key)
        if 0 <= number < 2**63 and _can_be(place):
            return place, number
    return None


def _can_be(place: Decimal | datetime) -> bool:
    if isinstance(place, Decimal):
        return place.is_finite() and abs(place) < 10**14
    return place.tzinfo is not None

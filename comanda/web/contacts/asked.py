"""What the address of a list of contacts asks for: which, in what order, from where on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, QueryDict

from comanda.records import contact_filters, contact_sorts
from comanda.records.contact_list import Listing, Page
from comanda.records.contact_sorts import Sort

AT_ONCE = 50
USUAL_SORT = "last-order"
_ALWAYS = "newest"
"""The order that is offered however many contacts there are."""


@dataclass(frozen=True)
class Asked:
    """``words`` say which contacts (see ``contact_filters``), ``cursor`` is the last of the page before."""

    words: Mapping[str, Sequence[str]]
    sort_key: str = USUAL_SORT
    cursor: int | None = None

    @cached_property
    def listing(self) -> Listing:
        """The contacts; raises Http404 for words that mean nothing."""
        try:
            return Listing(contact_filters.conditions(self.words))
        except contact_filters.NotUnderstood as word:
            raise Http404(str(word)) from None

    @cached_property
    def sort_now(self) -> str:
        """The order asked for, or where there are too many contacts for it, one that is offered."""
        for key in (self.sort_key, USUAL_SORT):
            sort = contact_sorts.find(key)
            if sort is not None and self.listing.offers(sort):
                return key
        return _ALWAYS

    @property
    def sort(self) -> Sort:
        """The order of the list."""
        return contact_sorts.find(self.sort_now) or contact_sorts.SORTS[_ALWAYS]

    def page(self) -> Page:
        """A page of contacts; raises Gone."""
        after = None if self.cursor is None else self.listing.place(self.sort, self.cursor)
        return self.listing.page(self.sort, AT_ONCE, after)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but all contacts is asked for."""
        return any(self.words.values())

    @property
    def named_sort(self) -> str:
        """The order asked for, "" if that is the usual one."""
        return "" if self.sort_key == USUAL_SORT else self.sort_key

    def address(self, words: Mapping[str, Sequence[str]] | None = None, sort: str | None = None) -> str:
        """The query of the same list, perhaps with other words or in another order, from its beginning."""
        asked = [(key, word) for key, all_of_it in (words or self.words).items() for word in all_of_it]
        key = self.sort_key if sort is None else sort
        return urlencode([*asked, ("sort", key)] if key != USUAL_SORT else asked)

    def without(self, key: str, word: str) -> str:
        """The query without one of its words."""
        return self.address({**self.words, key: [each for each in self.words[key] if each != word]})


def read(given: QueryDict) -> Asked:
    """What an address or form says."""
    words = contact_filters.only_words(dict(given.lists()))
    cursor = given.get("cursor", "")
    return Asked(
        {key: list(dict.fromkeys(of_it)) for key, of_it in words.items() if of_it},
        given.get("sort") or USUAL_SORT,
        int(cursor) if re.fullmatch("[0-9]{1,18}", cursor) else None,
    )


def of(request: HttpRequest) -> Asked:
    """What a request's address says."""
    return read(request.GET)

"""One page of a list."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from comanda.api.rest import paging
from comanda.api.rest.fields import Answer

Shown = TypeVar("Shown")
Row = TypeVar("Row", bound=Model)


class Page(Answer, Generic[Shown]):
    """Some of a list; ``next`` is the cursor of the page behind it, null at the end."""

    items: list[Shown]
    next: str | None


def page(
    listing: str,
    found: QuerySet[Row],
    limit: int,
    show: Callable[[Row], Shown],
    position: Callable[[Row], Sequence[Any]] = lambda row: (row.pk,),
) -> dict[str, Any]:
    """The first ``limit`` of what was found, and the cursor behind them if there is more."""
    rows = list(found[: limit + 1])
    more = paging.encode(listing, position(rows[limit - 1])) if len(rows) > limit else None
    return {"items": [show(row) for row in rows[:limit]], "next": more}


def behind(listing: str, cursor: str | None) -> Any:
    """The id behind which a page begins, None for the first page; raises ApiProblem for a foreign cursor."""
    return paging.decode(listing, cursor)[0] if cursor else None

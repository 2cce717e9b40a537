"""Why the door was knocked at."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cause:
    """Where shapes come from. ``live`` is false for history, from which no flow ever starts.

    What happened before ``news_since`` is history too, whoever brings it.
    ``import_id`` is given by imports alone: what they write is remembered, so that it can be undone.
    """

    source: str
    live: bool
    import_id: int | None = None
    news_since: datetime | None = None

    def is_news(self, at: datetime) -> bool:
        """Whether something of this instant is told as news."""
        return self.live and (self.news_since is None or at >= self.news_since)


@dataclass(frozen=True, slots=True)
class StoreRef:
    """What the door needs to know of the store."""

    id: int
    key: str
    country: str = ""
    list_id: int | None = None

"""Why the door was knocked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """Where shapes come from. ``live`` is false for history, from which no flow ever starts.

    ``import_id`` is given by imports alone: what they write is remembered, so that it can be undone.
    """

    source: str
    live: bool
    import_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoreRef:
    """What the door needs to know of the store."""

    id: int
    key: str
    country: str = ""
    list_id: int | None = None

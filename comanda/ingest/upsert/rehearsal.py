"""A dry run: what the door would write, batch after batch, with nothing kept.

Each batch is written by the ordinary code and rolled back, so that no lock outlives it. What an earlier
batch made is not there for the next one: this remembers it, so that the counts are those of a real run.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Rehearsal:
    """Counts records made and changed. Remembers each by an 8-byte hash, about 100 bytes in memory."""

    contacts_created: int = 0
    contacts_updated: int = 0
    products_created: int = 0
    products_updated: int = 0
    _seen: set[int] = field(default_factory=set)

    def contact_made(self, identities: Iterable[object]) -> None:
        """A contact would be made, found by these identities from then on."""
        marks = {hash(("contact", identity)) for identity in identities}
        if not marks & self._seen:
            self.contacts_created += 1
        self._seen |= marks

    def contact_changed(self, contact_id: int) -> None:
        """A contact known before would be changed."""
        self.contacts_updated += self._first(("contact", contact_id))

    def product_made(self, key: str) -> None:
        """A product would be made."""
        self.products_created += self._first(("product", key))

    def product_changed(self, product_id: int) -> None:
        """A product known before would be changed."""
        self.products_updated += self._first(("product", product_id))

    def _first(self, thing: object) -> bool:
        mark = hash(thing)
        if mark in self._seen:
            return False
        self._seen.add(mark)
        return True

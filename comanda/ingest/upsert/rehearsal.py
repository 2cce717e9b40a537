"""A dry run: what the door would write, batch after batch, with nothing kept.

Each batch is written by the ordinary code and rolled back, so that no lock outlives it. What an earlier
batch made is not there for the next one: this remembers it, so that the counts are those of a real run.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Rehearsal:
    """Counts records made and changed. Remembers each by an 8-byte hash, about 100 bytes in memory.

    ``made`` are contacts that a real run would have made, by the ids that they were given for the moment;
    ``emailed`` those who would have an e-mail by now and have none in the database.
    """

    contacts_created: int = 0
    contacts_updated: int = 0
    products_created: int = 0
    products_updated: int = 0
    made: set[int] = field(default_factory=set)
    emailed: set[int] = field(default_factory=set)
    _owners: dict[int, int] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def contact_made(self, contact_id: int) -> None:
        """A contact would be made."""
        self.made.add(contact_id)
        self.contacts_created += 1

    def contact_changed(self, contact_id: int) -> None:
        """A contact would be changed; one that the import makes itself counts as made only."""
        if contact_id not in self.made:
            self.contacts_updated += self._first(("contact", contact_id))

    def identity_gained(self, identity: object, contact_id: int) -> None:
        """A contact would be found by this from then on."""
        self._owners[hash(identity)] = contact_id

    def owner(self, identity: object) -> int | None:
        """Who would be found by this, thanks to an earlier batch."""
        return self._owners.get(hash(identity))

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

"""Tags and lists changed for all contacts that are meant: at once if those are few, else as a job."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from comanda.jobs import app, leaving
from comanda.jobs.again import Again
from comanda.records import contact_filters, contact_groups, database
from comanda.records.contact_groups import Change
from comanda.records.contact_list import Listing

AT_ONCE = 2_000
"""So many contacts are changed in one transaction, and no more while someone waits."""

Asked = Mapping[str, Sequence[str]]
"""What contacts are meant, in the words of ``contact_filters``."""


AGAIN = Again(*database.LOST)
"""What a job that is brought up again did already it finds done."""


@dataclass(frozen=True, slots=True)
class Done:
    """``changed`` contacts by now; if ``goes_on``, a job changes all of them."""

    changed: int
    goes_on: bool


def change(change: Change, group_id: int, asked: Asked, actor: str) -> Done:
    """Does it with all contacts that are meant. Raises NoSuchGroup."""
    ids = Listing(contact_filters.conditions(asked)).ids(AT_ONCE + 1)
    if len(ids) <= AT_ONCE:
        return Done(contact_groups.change(change, group_id, ids, actor), False)
    words = {key: list(values) for key, values in asked.items()}
    change_all.defer(change=str(change), group_id=group_id, asked=words, actor=actor)
    return Done(0, True)


@app.task(name="contacts.change", queue="contacts", retry=AGAIN)
def change_all(change: str, group_id: int, asked: dict[str, list[str]], actor: str) -> None:
    """Changes all contacts that are meant, some at a time."""
    wanted, name, changed = Change(change), "", 0
    for ids in _steps(Listing(contact_filters.conditions(asked))):
        leaving.check()
        with transaction.atomic(durable=True), database.cursor() as cursor:
            try:
                name = contact_groups.hold(cursor, wanted, group_id)
            except contact_groups.NoSuchGroup:  # deleted meanwhile, and with it all that was done
                return
            changed += contact_groups.apply(cursor, wanted, group_id, ids)
    if changed:
        contact_groups.note(wanted, name, actor, changed)


def _steps(listing: Listing) -> Iterator[list[int]]:
    after = 0
    while ids := listing.ids(AT_ONCE, after):
        yield ids
        after = ids[-1]

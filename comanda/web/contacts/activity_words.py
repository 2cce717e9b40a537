"""What happened to a contact, in words: for each activity a sentence, and what changed, before and after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comanda.records.models import Activity
from comanda.web.contacts import change_words
from comanda.web.contacts.activity_names import Names
from comanda.web.contacts.change_words import Change

GROUPS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "orders": (_("Orders"), ("order_created", "order_updated", "order_removed", "order_restored")),
    "carts": (
        _("Carts"),
        ("cart_begun", "cart_updated", "cart_abandoned", "cart_recovered", "cart_ordered"),
    ),
    "marketing": (_("Marketing"), ("consent_given", "consent_withdrawn")),
    "groups": (_("Tags and lists"), ("tag_added", "tag_removed", "list_joined", "list_left")),
    "details": (
        _("Details"),
        ("contact_created", "contact_updated", "contact_identified", "contact_restored"),
    ),
}
"""What activity can be narrowed to: its name, and the kinds that belong to it."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind of activity is told; ``gone`` where its order is there no more."""

    icon: str
    sentence: Promise
    gone: Promise | None = None


_UNKNOWN = _Kind(icon="point", sentence=_("Something happened: %(kind)s"))
_KINDS = {
    "order_created": _Kind(
        icon="receipt",
        sentence=_("Order %(number)s was made, for %(total)s"),
        gone=_("An order was made, for %(total)s"),
    ),
    "order_updated": _Kind(
        icon="refresh", sentence=_("Order %(number)s was updated"), gone=_("An order was updated")
    ),
    "order_removed": _Kind(
        icon="receipt-off",
        sentence=_("Order %(number)s was taken out: its import was undone"),
        gone=_("An order was taken out: its import was undone"),
    ),
    "order_restored": _Kind(
        icon="arrow-back-up",
        sentence=_("Order %(number)s is as it was before an import that was undone"),
        gone=_("An order was put back as it was before an import that was undone"),
    ),
    "cart_begun": _Kind(icon="shopping-cart", sentence=_("A cart was begun, for %(total)s")),
    "cart_updated": _Kind(icon="shopping-cart", sentence=_("A cart was changed, to %(total)s")),
    "cart_abandoned": _Kind(icon="shopping-cart-x", sentence=_("A cart was abandoned, with %(total)s in it")),
    "cart_recovered": _Kind(
        icon="shopping-cart-up", sentence=_("A cart was taken up again, with %(total)s in it")
    ),
    "cart_ordered": _Kind(icon="shopping-cart-check", sentence=_("A cart of %(total)s became an order")),
    "consent_given": _Kind(icon="mail-check", sentence=_("Said yes to marketing (%(source)s)")),
    "consent_withdrawn": _Kind(icon="mail-off", sentence=_("Said no to marketing (%(source)s)")),
    "tag_added": _Kind(icon="tag", sentence=_("Got the tag %(tag)s")),
    "tag_removed": _Kind(icon="tag-off", sentence=_("Lost the tag %(tag)s")),
    "list_joined": _Kind(icon="list-check", sentence=_("Came on the list %(list)s")),
    "list_left": _Kind(icon="list", sentence=_("Left the list %(list)s")),
    "contact_created": _Kind(icon="user-plus", sentence=_("Became a contact")),
    "contact_updated": _Kind(icon="edit", sentence=_("Details changed")),
    "contact_identified": _Kind(icon="id", sentence=_("Is also known by %(identities)s")),
    "contact_restored": _Kind(
        icon="arrow-back-up", sentence=_("Details are as they were before an import that was undone")
    ),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, as it is shown. ``order_id`` leads to the order, where it is there."""

    at: datetime
    icon: str
    sentence: str
    store: str
    order_id: int | None
    changes: Sequence[Change]


def tell(happened: Sequence[Activity]) -> list[Happening]:
    """Each in words, in the same order."""
    names = Names(happened)
    return [_tell(row, names) for row in happened]


def _tell(row: Activity, names: Names) -> Happening:
    kind, number = _KINDS.get(row.kind, _UNKNOWN), names.order(row)
    words = kind.gone if kind.gone is not None and not number else kind.sentence
    told: Mapping[str, Any] = {
        "number": number,
        "total": change_words.amount(row.data.get("total"), names.currency(row)),
        "source": row.data.get("source", ""),
        "tag": names.tag(row),
        "list": names.list(row),
        "identities": ", ".join(_identities(row)),
        "kind": row.kind,
    }
    changes = change_words.tell(row.data.get("changes") or {}, names.currency(row), names.fields)
    return Happening(
        row.at, kind.icon, str(words) % told, names.store(row), row.order_id if number else None, changes
    )


def _identities(row: Activity) -> Iterator[str]:
    """E-mails and phones; a customer id is said as the shop's."""
    for _kind, _store_id, value in row.data.get("identities", ()):
        yield str(value)

"""The columns of the list of contacts: what they are called, and which of them a user has chosen."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comanda.records import preferences
from comanda.records.models import Field
from comanda.web.fields import words

_CHOICE = "contacts.columns"
FIELD = "field:"
_MOST = 60


@dataclass(frozen=True, slots=True)
class Column:
    """``sorts`` are the keys of its orders: the one that a first click gives, and the other way round.

    ``field`` is that of the installation whose values it shows, if it is one's own.
    """

    key: str
    label: str | Promise
    is_usual: bool = False
    sorts: tuple[str, str] | None = None
    is_number: bool = False
    field: Field | None = None


COLUMNS = (
    Column("phone", _("Phone")),
    Column("company", _("Company")),
    Column("language", _("Language")),
    Column("marketing", _("Marketing"), is_usual=True),
    Column("tags", _("Tags"), is_usual=True),
    Column("lists", _("Lists")),
    Column("orders", _("Orders"), is_usual=True, sorts=("orders", "orders-up"), is_number=True),
    Column("revenue", _("Revenue"), is_usual=True, is_number=True),
    Column("last_order", _("Last order"), is_usual=True, sorts=("last-order", "last-order-up")),
    Column("added", _("Added"), is_usual=True, sorts=("newest", "oldest")),
)
"""All but those of the installation's own fields. Name and e-mail always stand first."""


def every() -> list[Column]:
    """All columns that can be chosen."""
    own = Field.objects.order_by("name", "key")[:_MOST]
    return [*COLUMNS, *(Column(f"{FIELD}{field.key}", words.name(field), field=field) for field in own)]


def chosen(user_id: int, offered: Iterable[Column]) -> list[Column]:
    """The columns that the user wants to see."""
    keys = preferences.find(user_id, _CHOICE)
    return [column for column in offered if (column.is_usual if keys is None else column.key in keys)]


def choose(user_id: int, keys: Iterable[str]) -> None:
    """Remembers which columns the user wants to see, of those that there are."""
    wanted = set(keys)
    preferences.keep(user_id, _CHOICE, [column.key for column in every() if column.key in wanted])

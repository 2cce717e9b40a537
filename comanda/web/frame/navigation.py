"""The side of every page: where one can go."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comanda.records import access
from comanda.records.models import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the side: ``scope`` is needed to see it, ``key`` is the letter that goes there after g."""

    path: str
    label: Promise
    icon: str
    scope: str
    key: str

    def leads_to(self, path: str) -> bool:
        """Whether the page at ``path`` lies behind this link."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


ENTRIES = (
    Entry("/", _("Home"), icon="home", scope="orders:read", key="h"),
    Entry("/contacts", _("Contacts"), icon="users", scope="contacts:read", key="c"),
    Entry("/orders", _("Orders"), icon="receipt", scope="orders:read", key="o"),
    Entry("/products", _("Products"), icon="package", scope="products:read", key="p"),
    Entry("/stores", _("Stores"), icon="building-store", scope="stores:read", key="s"),
    Entry("/imports", _("Imports"), icon="file-import", scope="imports:read", key="i"),
)
GROUPS = (
    Entry("/tags", _("Tags"), icon="tags", scope="contacts:read", key="t"),
    Entry("/lists", _("Lists"), icon="list-details", scope="contacts:read", key="l"),
    Entry("/fields", _("Fields"), icon="forms", scope="contacts:read", key="f"),
)
SETTINGS = Entry("/settings", _("Settings"), icon="settings", scope="contacts:read", key="e")


def visible(entries: Iterable[Entry], role: Role) -> list[Entry]:
    """Those that a role may open."""
    return [entry for entry in entries if entry.scope in access.ROLES[role]]

"""The store that an address names."""

from django.http import Http404

from comanda.connectors import registry
from comanda.connectors.base import Connector
from comanda.records import connections
from comanda.records.models import Store


def get(key: str) -> Store:
    """The store with this key; raises Http404."""
    kept = Store.objects.select_related("contact_list").filter(key=key).first()
    if kept is None:
        raise Http404
    return kept


def get_with_platform(key: str) -> tuple[Store, type[Connector]]:
    """A store whose platform can be connected; raises Http404."""
    kept = get(key)
    return kept, get_platform(kept.platform)


def is_joined(store: Store) -> bool:
    """Whether a shop can be asked: the store is connected, and takes something in."""
    is_open = store.archived_at is None and store.removal_asked_at is None
    return is_open and connections.find(store) is not None


def get_platform(name: str) -> type[Connector]:
    """A platform; raises Http404."""
    kind = registry.all_platforms().get(name)
    if kind is None:
        raise Http404
    return kind

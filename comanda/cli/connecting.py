"""Keys of a shop's connection as commands take them: sorted out, tried, kept."""

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from comanda.cli.output import Refused
from comanda.connectors import registry
from comanda.connectors.base import Connector
from comanda.ingest.sync import joining
from comanda.ingest.sync.joining import Check
from comanda.records import connections, stores
from comanda.records.models import Store

Fields = dict[str, str]


def is_platform(name: str) -> bool:
    """Whether stores of this platform are connected with a shop."""
    return name in registry.all_platforms()


def sort(platform: str, given: Mapping[str, str], *, from_input: bool) -> tuple[Fields, Fields]:
    """What is of the store, and what of its connection; with ``from_input``, lines of standard input too."""
    kind = registry.all_platforms().get(platform)
    if kind is None:
        if platform not in ("csv", "api"):
            known = ", ".join(("csv", "api", *registry.all_platforms()))
            raise Refused(f"--platform {platform}: expected one of {known}.")
        return dict(given), {}
    names = {field.name for field in kind.fields}
    if from_input:
        given = {**given, **_read(sys.stdin)}
    own = {name: value for name, value in given.items() if name not in names}
    keys = {name: value for name, value in given.items() if name in names}
    expect_all(kind, keys)
    return own, keys


def _read(lines: Iterable[str]) -> dict[str, str]:
    pairs = (line.strip().partition("=") for line in lines if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def expect_all(kind: type[Connector], keys: Mapping[str, str]) -> None:
    """Raises Refused when a field is missing, or cannot be what it is said to be."""
    missing = [field.name for field in kind.fields if field.required and not keys.get(field.name)]
    if missing:
        needed = " ".join(f"--set {name}=…" for name in missing)
        raise Refused(
            f"{kind.title} also needs: {needed} (or --set - and lines NAME=VALUE on standard input)."
        )
    for field in kind.fields:
        value = keys.get(field.name, "")
        if value and field.pattern and not re.fullmatch(field.pattern, value):
            example = f", such as {field.example}" if field.example else ""
            raise Refused(f"--set {field.name}=…: this is no {field.label.lower()} of {kind.title}{example}.")


def kept(store: Store) -> Fields:
    """The fields of a store that is connected already: those that are not given anew stay."""
    connection = connections.find(store)
    return connections.unseal(connection) if connection else {}


def add(key: str, columns: Mapping[str, Any], keys: Mapping[str, str]) -> Store:
    """A new store, connected; nothing is kept when its shop does not let us in. Raises Refused."""
    made = stores.create(key, **columns)
    found = join(made, keys)
    if found.error is not None:
        made.delete()
        raise Refused(f"{found.error} The store was not added.")
    return made


def join(store: Store, keys: Mapping[str, str]) -> Check:
    """Connects a store if its shop lets us in; the check says what is wrong otherwise."""
    found = joining.check(store, keys)
    if found.shop is not None:
        joining.connect(store, keys, found.shop)
    return found

"""The platforms there are: every package beside this module that names its class as ``CONNECTOR``."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

import comanda.connectors
from comanda.connectors.base import Connector


@cache
def all_platforms() -> Mapping[str, type[Connector]]:
    """Every connector by the name of its platform."""
    found = {}
    for module in pkgutil.iter_modules(comanda.connectors.__path__, "comanda.connectors."):
        if module.ispkg:
            connector: type[Connector] = import_module(module.name).CONNECTOR
            found[connector.platform] = connector
    return dict(sorted(found.items()))

"""The fake shops there are: every module here that has a ``Fake``, by its platform."""

import pkgutil
from functools import cache
from importlib import import_module

import tests.fake_shops
from tests.fake_shops.server import FakeShop


@cache
def all_fakes() -> dict[str, type[FakeShop]]:
    """By platform."""
    found: dict[str, type[FakeShop]] = {}
    for module in pkgutil.iter_modules(tests.fake_shops.__path__, "tests.fake_shops."):
        if module.name.rpartition(".")[2] != "__main__":
            fake = getattr(import_module(module.name), "Fake", None)
            if fake is not None:
                found[fake.platform] = fake
    return dict(sorted(found.items()))

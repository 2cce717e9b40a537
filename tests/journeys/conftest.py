"""A Comanda in use, for tests that only look at it or roll back what they do."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests import cleaning
from tests.journeys.browser import world
from tests.journeys.browser.world import World


@pytest.fixture(scope="module")
def used(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all tests of a module."""
    with django_db_blocker.unblock():
        yield world.make(tmp_path_factory.mktemp("world"))
        cleaning.clean()

"""One shop of Nuvemshop."""

from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture
def platform() -> str:
    """Of these tests."""
    return "nuvemshop"

"""One Chromium and one server for all browser tests; a browser's memory lasts for one test."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser

from comanda.records.models import Role
from tests.api.server import serving
from tests.journeys.browser import axe, visitor
from tests.journeys.browser.visitor import Desk
from tools import chromium as program

_HERE = Path(__file__).parent
_NO_CHROMIUM = (
    "there is no Chromium. On Debian: apt-get install chromium; elsewhere, name its program by CHROMIUM"
)
_NO_AXE = "there is no axe-core. Run make frontend where npm can reach its packages"
_left_out: Counter[str] = Counter()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What cannot be tested here is left out, and the summary says so."""
    has_chromium, has_axe = program.find() is not None, axe.SOURCE.exists()
    for item in items:
        if _HERE not in item.path.parents or (has_chromium and has_axe):
            continue
        if not has_chromium or item.path.name == "test_accessibility.py":
            reason = _NO_AXE if has_chromium else _NO_CHROMIUM
            _left_out[reason] += 1
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line that cannot be overlooked."""
    for reason, count in _left_out.items():
        terminalreporter.section("LEFT OUT", red=True, bold=True)
        terminalreporter.line(f"{count} browser tests: {reason}.")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread; Django is told that its calls are none of it."""
    path = program.find()
    assert path
    with pytest.MonkeyPatch.context() as patch, program.launched(path) as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser
        connections.close_all()  # while there is a loop, this thread has connections of their own


@pytest.fixture(scope="package")
def address(django_db_setup: None) -> Iterator[str]:
    """Where all of Comanda is served, by its real web server over the test database.

    By name, for browsers make passkeys for names only.
    """
    with serving() as where:
        yield where.replace("127.0.0.1", "localhost")


@pytest.fixture
def desk(chromium: Browser, address: str, transactional_db: None) -> Iterator[Desk]:
    """Opens pages; what they do wrong fails the test."""
    with visitor.desk(chromium, address) as made:
        yield made


@pytest.fixture
def owner(transactional_db: None) -> str:
    """The session of who may do all."""
    return visitor.sign_in(visitor.someone(Role.OWNER))

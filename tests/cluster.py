"""The PostgreSQL that all tests share: started before Django reads its settings, gone after the last test.

It is the embedded server itself, in a data folder of its own, with the durability it has in service; or the
external one that ``COMANDA_DATABASE_URL`` names, in a database that the tests make and drop. A pytest plugin
(``-p tests.cluster``), because Django's settings ask for the database's address when they are read.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from comanda.lib import postgres


class _Cluster:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="comanda-tests-"))
        external = os.environ.get("COMANDA_DATABASE_URL", "")
        for name in [name for name in os.environ if name.startswith("COMANDA_")]:
            del os.environ[name]
        self.server = None if external else postgres.start(self.folder)
        os.environ["COMANDA_DATA"] = str(self.folder)
        os.environ["COMANDA_DATABASE_URL"] = self.server.dsn if self.server else external

    def remove(self) -> None:
        if self.server:
            self.server.stop()
        shutil.rmtree(self.folder)


_running: list[_Cluster] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Starts the cluster; a wrapper comes before all that reads Django's settings."""
    _running.append(_Cluster())
    yield


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stops it, once the test database is dropped."""
    while _running:
        _running.pop().remove()

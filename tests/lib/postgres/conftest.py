"""Clusters of their own for the tests of the embedded server."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from comanda.lib import postgres
from comanda.lib.postgres.accounts import Account


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose cluster is set up and stopped."""
    data_dir = tmp_path_factory.mktemp("template") / "data"
    postgres.start(data_dir).stop()
    return data_dir


@pytest.fixture
def data_dir(template: Path, tmp_path: Path) -> Path:
    """A copy of it, to do anything to."""
    subprocess.run(["cp", "-a", template, tmp_path / "data"], check=True)
    return tmp_path / "data"


@pytest.fixture
def ordinary() -> Account:
    """A user without privileges: ourselves, or, run by root, nobody."""
    entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


@pytest.fixture
def ordinary_folder(ordinary: Account) -> Iterator[Path]:
    """An empty folder of that user's, on a path that is open to him."""
    folder = Path(tempfile.mkdtemp(prefix="comanda-", dir="/tmp"))
    if ordinary.is_other:
        os.chown(folder, ordinary.uid, ordinary.gid)
    yield folder
    shutil.rmtree(folder)

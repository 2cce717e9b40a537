"""A data folder and a queue of their own for tests of files by API."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.api.rest.imports.uploading import execute


@pytest.fixture(autouse=True)
def _fresh(transactional_db: None, settings: LazySettings, tmp_path: Path) -> None:
    """Each test has a data folder of its own, and a queue without the jobs of other tests."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "work").mkdir()
    execute("TRUNCATE procrastinate_jobs CASCADE")

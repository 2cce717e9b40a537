"""The tests' own database is as durable as one in service."""

import pytest
from django.db import connection

from tests.factories import value


@pytest.mark.django_db
def test_it_runs_on_a_database_of_its_own_with_full_durability() -> None:
    settings = {name: value(f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")}

    assert settings == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    assert connection.settings_dict["NAME"].startswith("test_")

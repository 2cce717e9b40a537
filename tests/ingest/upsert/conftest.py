"""What the door's tests share."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.factories import value


@pytest.fixture
def no_deadlock(db: None) -> Iterator[None]:
    """No test may make PostgreSQL find a deadlock, not even one that is tried again."""
    question = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    before = value(question)
    yield
    connection.close()  # a backend tells its statistics at the latest when it leaves
    assert value(question) == before

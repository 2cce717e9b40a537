"""What all tests lean on."""

import pytest
from hypothesis import HealthCheck, settings

from comanda.ingest.upsert import StoreRef
from tests import cleaning, factories

cleaning.install()

settings.register_profile(
    "comanda",
    deadline=None,
    print_blob=True,
    # Database fixtures last for a whole test; tests that draw examples empty the tables for each.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("comanda")


@pytest.fixture
def store(db: None) -> StoreRef:
    """A shop in Portugal that sells in euros."""
    return factories.make_store()

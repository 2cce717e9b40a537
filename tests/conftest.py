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


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--seed``, for another course of chaos."""
    parser.addoption("--seed", type=int, default=1, help="what chance begins with in tests of chaos")


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """What chance begins with."""
    return int(pytestconfig.getoption("seed"))


@pytest.fixture
def store(db: None) -> StoreRef:
    """A shop in Portugal that sells in euros."""
    return factories.make_store()

"""One data folder for all tests of commands; its PostgreSQL stays up between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comanda.lib import postgres
from tests.cli.command import Comanda


@pytest.fixture(scope="session")
def comanda(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comanda]:
    """A Comanda with a store ``shop`` (EUR, Europe/Lisbon)."""
    data = tmp_path_factory.mktemp("comanda") / "data"
    data.mkdir()
    with postgres.start(data):
        made = Comanda(data)
        added = made.run(
            "store", "add", "--name", "Shop", "--timezone", "Europe/Lisbon", "--set", "country=PT"
        )
        assert added.returncode == 0, added.stderr
        yield made


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """Three orders of which the last cannot be read."""
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,order_status,order_date,contact_identifier,product_id,product_price,product_quantity\n"
        "A1,paid,2026-03-01 12:00,ana@example.com,mug,10.00,2\n"
        "A2,pending,2026-03-02 12:00,ana@example.com,cup,4.50,1\n"
        "A3,paid,some day,bia@example.com,mug,10.00,1\n"
    )
    return file

"""The demo as a newcomer runs it."""

from pathlib import Path

from comanda.demo import shop
from tests.cli.command import Comanda


def test_it_finds_in_the_api_what_the_sample_holds(tmp_path: Path) -> None:
    comanda = Comanda(tmp_path / "data")

    first = comanda.ask("demo", "--check")
    again = comanda.ask("demo", "--check")
    imports = comanda.ask("import", "list")

    assert first == {"expected": shop.EXPECTED, "found": shop.EXPECTED, "met": True}
    assert again == first
    assert [(each["rows"], each["refused"], each["state"]) for each in imports] == [(541_909, 0, "done")]

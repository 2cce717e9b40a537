"""A database is used only with the secrets that it was written with."""

from pathlib import Path

import pytest

from comanda.records import installation, tombstones
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _forget() -> None:
    installation.key.cache_clear()


def test_it_takes_the_first_secret_for_the_right_one(db: None) -> None:
    installation.check()

    installation.check()

    assert bytes(factories.value("SELECT proof FROM installation")) == installation.key("proof")


def test_it_refuses_other_secrets_and_says_what_to_do(settings: object, tmp_path: Path, db: None) -> None:
    installation.check()
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]  # pytest-django's fixture has no public type
    installation.key.cache_clear()

    with pytest.raises(installation.SecretsDiffer, match="Copy the folder `secrets`"):
        installation.check()

    installation.key.cache_clear()


def test_it_makes_keys_that_tell_nothing_of_each_other() -> None:
    assert installation.key("digest") != installation.key("tombstone")
    assert len(installation.key("digest")) == 32


def test_it_keeps_no_plain_hash_of_an_address() -> None:
    other = tombstones.digest(("email", 0, "ana@example.com"))

    assert other == tombstones.digest(("email", 0, "ana@example.com"))
    assert other != tombstones.digest(("email", 0, "bia@example.com"))

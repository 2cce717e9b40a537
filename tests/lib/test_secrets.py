"""Secrets are made once, whole, and for their owner's eyes only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from comanda.lib import secrets

AT_ONCE = 16


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_makes_a_secret_of_256_bits(tmp_path: Path) -> None:
    secret = secrets.load(tmp_path / "key")

    assert len(secret) == 43  # 32 bytes in base64 without padding
    assert secret.strip() == secret


def test_it_gives_the_same_secret_again(tmp_path: Path) -> None:
    made = secrets.load(tmp_path / "key")

    assert secrets.load(tmp_path / "key") == made


def test_it_makes_a_different_secret_for_another_file(tmp_path: Path) -> None:
    assert secrets.load(tmp_path / "one") != secrets.load(tmp_path / "two")


def test_it_keeps_others_out(tmp_path: Path) -> None:
    secrets.load(tmp_path / "secrets" / "key")

    assert mode(tmp_path / "secrets" / "key") == 0o600
    assert mode(tmp_path / "secrets") == 0o700


def test_it_takes_a_secret_that_is_there_and_leaves_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("chosen by hand\n")

    assert secrets.load(path) == "chosen by hand"
    assert path.read_text() == "chosen by hand\n"


def test_it_gives_all_who_come_at_once_the_same_secret_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"
    start = Barrier(AT_ONCE)

    def load() -> str:
        start.wait()
        return secrets.load(path)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [future.result() for future in [pool.submit(load) for _ in range(AT_ONCE)]]

    assert set(found) == {path.read_text().strip()}
    assert [left.name for left in path.parent.iterdir()] == ["key"]


def test_it_says_so_where_it_may_not_write(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder")

    with pytest.raises(NotADirectoryError):
        secrets.load(tmp_path / "taken" / "key")

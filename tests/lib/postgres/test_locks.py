import os
import subprocess
from pathlib import Path

import pytest

from comanda.lib.postgres import PostgresError
from comanda.lib.postgres.locks import FileLock

OWNER = (os.getuid(), os.getgid())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_it_makes_a_file_that_only_its_owner_can_open(path: Path) -> None:
    FileLock(path, OWNER).release()

    assert path.stat().st_mode & 0o777 == 0o600


def test_it_is_taken_by_one_at_a_time(path: Path) -> None:
    with FileLock(path, OWNER) as one, FileLock(path, OWNER) as two:
        first = one.try_exclusive(), two.try_exclusive()
        one.release()

        assert first == (True, False)
        assert two.try_exclusive()


def test_it_is_shared_until_the_last_lets_go(path: Path) -> None:
    with FileLock(path, OWNER) as one, FileLock(path, OWNER) as two, FileLock(path, OWNER) as three:
        one.share()
        two.share()
        held_by_two = three.try_exclusive()
        one.release()
        held_by_one = three.try_exclusive()
        two.release()

        assert (held_by_two, held_by_one, three.try_exclusive()) == (False, False, True)


def test_it_complains_when_it_waits_in_vain(path: Path) -> None:
    with FileLock(path, OWNER) as one, FileLock(path, OWNER) as two:
        one.exclusive(0, "never said")

        with pytest.raises(PostgresError, match="somebody has it"):
            two.exclusive(0, "somebody has it")


def test_it_is_kept_by_a_program_that_inherits_it(path: Path) -> None:
    lock = FileLock(path, OWNER)
    assert lock.try_exclusive()
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[lock.fd]) as program:
        lock.release()
        with FileLock(path, OWNER) as other:
            while_it_runs = other.try_exclusive()
            program.kill()
            program.wait()

            assert (while_it_runs, other.try_exclusive()) == (False, True)


def test_it_is_not_kept_by_a_program_that_is_merely_started(path: Path) -> None:
    lock = FileLock(path, OWNER)
    assert lock.try_exclusive()
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE), FileLock(path, OWNER) as other:
        lock.release()

        assert other.try_exclusive()


def test_it_follows_no_symbolic_link(path: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("untouched")
    path.symlink_to(tmp_path / "precious")

    with pytest.raises(OSError, match="symbolic links"):
        FileLock(path, OWNER)


def test_it_has_no_file_once_it_is_released(path: Path) -> None:
    lock = FileLock(path, OWNER)
    lock.release()
    lock.release()

    assert not lock.is_held
    with pytest.raises(ValueError, match="is released"):
        lock.try_exclusive()

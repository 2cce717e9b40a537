from pathlib import Path

import pytest

from comanda.lib.postgres import logs


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path


def test_it_keeps_only_the_newest_files(cluster: Path) -> None:
    for day in range(1, 10):
        (cluster / "log" / f"postgres-2026010{day}-000000.log").write_text("x")
    (cluster / "log" / "notes.txt").write_text("mine")

    logs.prune(cluster)

    assert sorted(path.name for path in (cluster / "log").iterdir()) == [
        "notes.txt",
        *(f"postgres-2026010{day}-000000.log" for day in range(5, 10)),
    ]


def test_it_reads_only_what_was_added(cluster: Path) -> None:
    old, new = cluster / "log" / "postgres-1.log", cluster / "log" / "postgres-2.log"
    old.write_text("FATAL:  of yesterday\n")
    before = logs.mark(cluster)
    with old.open("a") as file:
        file.write("more\n")
    new.write_text("FATAL:  of today\n")

    assert logs.read_since(cluster, before) == "more\nFATAL:  of today\n"


def test_it_reads_through_no_symbolic_link(cluster: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (cluster / "log" / "postgres-1.log").symlink_to(tmp_path / "secret")

    assert logs.read_since(cluster, {}) == ""


def test_it_knows_that_there_may_be_no_logs_yet(tmp_path: Path) -> None:
    logs.prune(tmp_path)

    assert (logs.mark(tmp_path), logs.read_since(tmp_path, {})) == ({}, "")

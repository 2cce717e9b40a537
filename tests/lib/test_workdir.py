"""Folders for a while."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from comanda.lib import workdir

HOLD = """
import sys
from pathlib import Path
from comanda.lib import workdir
with workdir.opened(Path(sys.argv[1]), "import-7") as folder:
    (folder / "rows").write_text("many")
    print(folder, flush=True)
    sys.stdin.read()
"""


def hold(parent: Path) -> "tuple[subprocess.Popen[str], Path]":
    """Another process that has a folder open."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_it_makes_a_private_folder_and_takes_it_away(tmp_path: Path) -> None:
    parent = tmp_path / "data" / "work"

    with workdir.opened(parent, "import-7") as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "rows").write_text("many")
        assert folder.parent == parent
        assert folder.name.startswith("import-7-")
        assert (folder.stat().st_mode & 0o777, parent.stat().st_mode & 0o777) == (0o700, 0o700)

    assert list(parent.iterdir()) == []


def test_it_takes_it_away_when_the_work_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), workdir.opened(tmp_path, "x"):
        raise KeyboardInterrupt

    assert list(tmp_path.iterdir()) == []


def test_it_takes_away_what_a_killed_process_left(tmp_path: Path) -> None:
    process, left = hold(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (left / "rows").read_text() == "many"

    with workdir.opened(tmp_path, "import-8") as folder:
        assert not left.exists()
        assert {path.name for path in tmp_path.iterdir()} == {folder.name, folder.name + ".lock"}


def test_it_leaves_alone_what_a_living_process_has(tmp_path: Path) -> None:
    process, held = hold(tmp_path)

    with workdir.opened(tmp_path, "import-8"), workdir.opened(tmp_path, "import-8"):
        assert (held / "rows").read_text() == "many"

    process.communicate("")
    assert list(tmp_path.iterdir()) == []


def test_it_leaves_alone_what_is_none_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "upload-1").mkdir()
    (tmp_path / "note.txt").touch()

    with workdir.opened(tmp_path, "x"):
        pass

    assert sorted(os.listdir(tmp_path)) == ["note.txt", "upload-1"]

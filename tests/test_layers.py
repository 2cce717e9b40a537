"""Imports go downward, and the build notices when one does not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs import-linter on the project in ``folder``."""
    run = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", run], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's modules and settings in a folder of their own."""
    shutil.copytree(
        ROOT / "comanda", tmp_path / "comanda", ignore=shutil.ignore_patterns("__pycache__", "*.zst")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_it_imports_downward_only() -> None:
    told = lint(ROOT)

    assert told.returncode == 0, told.stdout
    assert "BROKEN" not in told.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("shapes.py", "from comanda.records import models", "imports go downward"),
        ("records/__init__.py", "from comanda.ingest import upsert", "imports go downward"),
        ("records/__init__.py", "from comanda import connectors", "imports go downward"),
        ("lib/__init__.py", "import django", "know no Django"),
        ("connectors/__init__.py", "from django.db import models", "know no Django"),
        ("ingest/upsert/__init__.py", "import duckdb", "opens DuckDB"),
        ("ingest/__init__.py", "import ninja", "speaks django-ninja"),
    ],
)
def test_it_notices_an_import_that_goes_astray(copy: Path, module: str, line: str, contract: str) -> None:
    with (copy / "comanda" / module).open("a") as file:
        file.write(f"\n{line}\n")

    told = lint(copy)

    assert told.returncode == 1
    broken = [said for said in told.stdout.splitlines() if said.endswith("BROKEN")]
    assert any(contract in said for said in broken), told.stdout


def test_it_notices_a_package_that_belongs_to_no_layer(copy: Path) -> None:
    (copy / "comanda" / "helpers.py").write_text('"""Odds and ends."""\n')

    told = lint(copy)

    assert told.returncode == 1
    assert "comanda.helpers" in told.stdout

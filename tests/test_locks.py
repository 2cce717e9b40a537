"""The lock files pin everything by hash, and work wherever packages come from."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-build.txt", "requirements-node.txt"]
PIN = re.compile(r"^([a-z0-9._-]+)==([^\s;]+)(?: ; [^\n]*)? \\\n {4}--hash=sha256:[0-9a-f]{64}\b", re.M)
PLACE = re.compile(r"https?:/|file:/|--index|--extra-index|--find-links|--trusted| @ |/\w+/")


def pins(lock: str) -> dict[str, str]:
    """Package → version."""
    return dict(PIN.findall((ROOT / lock).read_text(encoding="utf-8")))


@pytest.mark.parametrize("lock", LOCKS)
def test_it_pins_every_package_by_hash(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()

    entries = [line for line in lines if line and not line.startswith((" ", "#"))]

    assert len(entries) == len(pins(lock)) > 0


@pytest.mark.parametrize("lock", LOCKS)
def test_it_names_no_place_where_packages_come_from(lock: str) -> None:
    assert PLACE.findall((ROOT / lock).read_text(encoding="utf-8")) == []


def test_it_pins_what_the_front_end_is_built_of_by_hash_and_names_no_place() -> None:
    text = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: each for name, each in json.loads(text)["packages"].items() if name}

    assert len(packages) > 20
    assert [name for name, each in packages.items() if not each["integrity"].startswith("sha512-")] == []
    assert [name for name, each in packages.items() if "resolved" in each] == []
    assert re.findall(r"(?:https?|git|file):", re.sub(r'"url": "[^"]*"', "", text)) == []


def test_it_builds_the_front_end_of_what_is_locked() -> None:
    wanted = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"][""]

    for kind in ("dependencies", "devDependencies"):
        assert locked[kind] == wanted[kind]


def test_it_locks_all_that_the_project_asks_for_in_versions_that_it_takes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {
        "requirements.txt": project["dependencies"],
        "requirements-dev.txt": [*project["dependencies"], *project["optional-dependencies"]["dev"]],
    }

    for lock, requirements in wanted.items():
        pinned = pins(lock)
        for requirement in map(Requirement, requirements):
            assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def test_it_gives_a_developer_the_same_versions_as_a_user() -> None:
    run, dev, build = (pins(lock) for lock in LOCKS[:3])

    assert dev.items() >= run.items()
    assert {name: dev[name] for name in build.keys() & dev.keys()} == {
        name: build[name] for name in build.keys() & dev.keys()
    }


def test_it_asks_for_every_package_that_it_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {canonicalize_name(Requirement(each).name) for each in project["dependencies"]}
    owners = packages_distributions()

    imported = {name for path in (ROOT / "comanda").rglob("*.py") for name in imports(path)}
    foreign = imported - sys.stdlib_module_names - {"comanda"}
    unasked = {name for name in foreign if not asked & {canonicalize_name(each) for each in owners[name]}}

    assert unasked == set()


def imports(path: Path) -> Iterator[str]:
    """The packages that a module names in its imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]

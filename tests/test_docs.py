"""The docs say what is there: all of it, and nothing else."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperCommand
from typer.main import get_command

from comanda import env
from comanda.cli.commands import app
from comanda.connectors.base import Connector
from comanda.connectors.registry import all_platforms
from tools import reference
from tools.reference import cli

ROOT, DOCS = reference.ROOT, reference.DOCS
PROSE = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
COMMANDS: dict[tuple[str, ...], TyperCommand] = dict(cli.walk(get_command(app), ("comanda",)))
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}


@pytest.mark.parametrize("name", reference.PAGES)
def test_it_has_reference_pages_as_the_code_makes_them(name: str) -> None:
    made = reference.PAGES[name]()

    assert (DOCS / name).read_text(encoding="utf-8") == made, "run `make docs`"


@pytest.mark.parametrize("setting", env.SETTINGS.values(), ids=env.SETTINGS)
def test_it_tells_of_every_setting(setting: env.Setting) -> None:
    assert f"| `{setting.variable}` |" in (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("flag", [name for name, value in vars(Connector).items() if isinstance(value, bool)])
def test_it_tells_which_platforms_have_a_capability(flag: str) -> None:
    table = (DOCS / "reference" / "platforms.md").read_text(encoding="utf-8")
    said = re.findall(rf"^\| [^|]+\? `{flag}` \|(.+)\|$", table, re.MULTILINE)

    assert [[cell.strip() == "yes" for cell in row.split("|")] for row in said] == [
        [getattr(kind, flag) for kind in all_platforms().values()]
    ]


def test_it_names_no_setting_that_there_is_not() -> None:
    named = {
        name for file in PROSE for name in re.findall(r"\bCOMANDA_[A-Z_]+", file.read_text(encoding="utf-8"))
    }

    assert named - {setting.variable for setting in env.SETTINGS.values()} == set()


def test_it_leads_to_every_page() -> None:
    configured = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    index = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")

    led_to = {*leaves(configured["nav"]), *re.findall(r"\]\((\d{4}.*?)\)", index)}

    assert led_to == {str(path.relative_to(DOCS)).replace("decisions/0", "0") for path in DOCS.rglob("*.md")}


def leaves(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    else:
        for each in nav if isinstance(nav, list) else nav.values():
            yield from leaves(each)


def commands_shown() -> Iterator[tuple[str, str]]:
    """Every call of ``comanda`` in a block of code, with the page it stands on."""
    for file in PROSE:
        for block in re.findall(r"```\w*\n(.*?)```", file.read_text(encoding="utf-8"), re.S):
            for line in block.replace("\\\n", " ").splitlines():
                if found := re.search(r"(?:^|/bin/)comanda ([a-z].*)", line.strip()):
                    yield file.name, found[1]


SHOWN = sorted(set(commands_shown()))


@pytest.mark.parametrize(("file", "call"), SHOWN, ids=[f"{file}: {call[:50]}" for file, call in SHOWN])
def test_it_shows_no_command_or_option_that_there_is_not(file: str, call: str) -> None:
    words = call.split()
    path = max((path for path in COMMANDS if path[1:] == tuple(words[: len(path) - 1])), key=len)
    known = {name for parameter in COMMANDS[path].params for name in parameter.opts} | {"--help"}

    assert {word for word in words if re.fullmatch(r"--[a-z-]+", word)} <= known


def test_it_shows_commands_at_all() -> None:
    assert len(SHOWN) > 20


class Fetches(HTMLParser):
    """Collects what a browser would load from another place."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get(FETCHED.get(tag, ""), "") or ""
        if re.match(r"(https?:)?//", address):
            self.found.append(f"{tag} {address}")


def test_it_builds_without_a_warning_and_fetches_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    pages = list(tmp_path.rglob("*.html"))
    parser = Fetches()

    for page in pages:
        parser.feed(page.read_text(encoding="utf-8"))

    assert len(pages) > 15
    assert parser.found == []


def test_it_says_truly_where_things_happen() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("## Where does X happen?")[2].partition("\n## ")[0]
    named = re.findall(r"`([\w./-]+)`", table)

    missing = [name for name in named if not (ROOT / name).exists()]

    assert len(named) > 40
    assert missing == []


@pytest.mark.parametrize("page", sorted((DOCS / "explanation").glob("*.md")), ids=lambda page: page.name)
def test_it_explains_files_that_are_there(page: Path) -> None:
    named = re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8"))
    files = [str(path.relative_to(ROOT)) for path in (ROOT / "comanda").rglob("*.py")]

    missing = [name for name in named if not any(file == name or file.endswith(f"/{name}") for file in files)]

    assert missing == []

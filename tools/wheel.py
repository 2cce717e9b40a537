"""What is published: ``python -m tools.wheel`` builds it into ``dist/`` and looks at what it holds.

The wheel is made from the source archive, on a PATH without Node, as whoever installs from it makes it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tools.build.messages import LANGUAGES

ROOT = Path(__file__).parent.parent
_BUILT = "comanda/web/static/built/"
_ALWAYS = ("manifest.json", "icons.json", "theme.js", "theme.js.gz", "favicon.svg")
_KINDS = frozenset({".py", ".sql", ".html", ".txt", ".css", ".po", ".md", ".zst", ".csv"})
_LARGEST = 20_000_000


def main() -> None:
    """Builds and checks; exits with 1 and what is wrong."""
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    _run("--sdist", "--outdir", str(ROOT / "dist"), str(ROOT))
    (archive,) = (ROOT / "dist").glob("*.tar.gz")
    with tempfile.TemporaryDirectory(prefix="comanda-wheel-") as folder:
        shutil.unpack_archive(archive, folder, filter="data")
        (unpacked,) = Path(folder).iterdir()
        _run("--wheel", "--outdir", str(ROOT / "dist"), str(unpacked), path=_without_node())
    (wheel,) = (ROOT / "dist").glob("*.whl")
    wrong = list(faults(wheel, ROOT))
    print("\n".join(wrong) or f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, all in order")
    sys.exit(bool(wrong))


def faults(wheel: Path, root: Path) -> Iterator[str]:
    """What a wheel lacks, or should not hold."""
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
        wanted = _sources(root) | _built(packed)
    yield from (f"missing: {name}" for name in sorted(wanted - held))
    yield from (
        f"does not belong in it: {name}" for name in sorted(held - wanted) if not name.startswith(_BUILT)
    )
    yield from (
        f"of no known kind: {name}" for name in sorted(_sources(root)) if Path(name).suffix not in _KINDS
    )
    if wheel.stat().st_size > _LARGEST:
        yield f"larger than {_LARGEST / 1e6:.0f} MB"


def _sources(root: Path) -> set[str]:
    files = {str(path.relative_to(root)) for path in (root / "comanda").rglob("*") if path.is_file()}
    return {name for name in files if not name.startswith(_BUILT) and not name.endswith((".mo", ".pyc"))}


def _built(packed: zipfile.ZipFile) -> set[str]:
    """All that the manifest leads to, and the messages; raises KeyError where there is no manifest."""
    chunks = json.loads(packed.read(f"{_BUILT}manifest.json")).values()
    names = {name for chunk in chunks for name in (chunk["file"], *chunk.get("css", ()))} | set(_ALWAYS)
    messages = {f"comanda/locale/{language}/LC_MESSAGES/django.mo" for language in LANGUAGES}
    return messages | {f"{_BUILT}{name}" for name in names}


def _run(*words: str, path: str | None = None) -> None:
    environ = {**os.environ, "PATH": path or os.environ["PATH"]}
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", *words], env=environ, check=True)


def _without_node() -> str:
    places = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(place for place in places if not shutil.which("node", path=place))


if __name__ == "__main__":
    main()

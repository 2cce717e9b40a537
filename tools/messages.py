"""The messages of all languages, collected from the code.

``python -m tools.messages`` writes what the code says into ``comanda/locale/*/LC_MESSAGES/django.po``: new
messages come without a translation, those that are gone go. Templates are read as Django reads them.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po
from django.utils.translation.template import templatize

from tools.build.messages import LANGUAGES, load, path

ROOT = Path(__file__).parent.parent
_KEYWORDS: Any = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None, "_t": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip


def collect(root: Path) -> Catalog:
    """Every message that the code says."""
    catalog = Catalog(charset="utf-8")
    for file in sorted(_files(root / "comanda")):
        for line, message, comments, context in _said(file):
            catalog.add(
                message, None, [(str(file.relative_to(root)), line)], auto_comments=comments, context=context
            )
    return catalog


def _files(package: Path) -> Iterator[Path]:
    """Code and templates, those of mails too."""
    for pattern in ("*.py", "*.html", "templates/**/*.txt"):
        yield from package.rglob(pattern)


def _said(file: Path) -> Iterator[Any]:
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        # The pseudo-code that stands for a template has its indentation, which means nothing.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(file)).splitlines())
    yield from extract("python", io.BytesIO(text.encode()), _KEYWORDS, ["Translators:"])


def update(root: Path) -> None:
    """Brings every language up to what the code says."""
    said = collect(root)
    for language in LANGUAGES:
        known = path(root, language)
        catalog = load(root, language) if known.exists() else Catalog(locale=language)
        catalog.update(said, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.fuzzy, catalog.header_comment = False, "# What Comanda says to people."
        known.parent.mkdir(parents=True, exist_ok=True)
        out = io.BytesIO()
        write_po(out, catalog, width=110, sort_output=True, include_lineno=False)
        known.write_bytes(b"".join(line for line in out.getvalue().splitlines(True) if _lasts(line)))


def _lasts(line: bytes) -> bool:
    """Not those lines of the head that would differ each time."""
    passing = (
        b"POT-Creation",
        b"PO-Revision",
        b"Last-Trans",
        b"Language-Team",
        b"Generated",
        b"Report",
        b"Project",
    )
    return not line.startswith(tuple(b'"' + word for word in passing))


if __name__ == "__main__":
    update(ROOT)

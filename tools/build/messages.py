"""The messages of all languages, compiled for the running program."""

from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("pt_BR", "es", "fr")


def path(root: Path, language: str) -> Path:
    """Where the messages of a language lie."""
    return root / "comanda" / "locale" / language / "LC_MESSAGES" / "django.po"


def load(root: Path, language: str) -> Catalog:
    """The translations there are."""
    with path(root, language).open("rb") as file:
        return read_po(file, locale=language)


def compile_all(root: Path) -> None:
    """Writes each language's ``.mo`` beside its ``.po``."""
    for language in LANGUAGES:
        source = path(root, language)
        with source.with_suffix(".mo").open("wb") as out:
            write_mo(out, load(root, language))

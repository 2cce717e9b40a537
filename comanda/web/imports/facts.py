"""How a file was read, as the page of its import tells it."""

from dataclasses import dataclass

from django.utils.functional import Promise

from comanda.records.models import Import
from comanda.web.imports import words


@dataclass(frozen=True, slots=True)
class Facts:
    """``mapping`` gives headers their field, ``constants`` fields a value for all rows."""

    delimiter: Promise | str
    decimal: Promise | str
    date_order: Promise | str
    mapping: list[tuple[str, Promise | str]]
    constants: list[tuple[Promise | str, str]]
    left_out: list[str]


def of(job: Import) -> Facts:
    """All that was found out of the file, or said of it; blank until it was looked into."""
    form = job.format
    header: list[str] = form.get("header", [])
    constants: dict[str, str] = form.get("constants", {})
    mapping = sorted(form.get("mapping", {}).items(), key=lambda each: each[1])
    return Facts(
        words.DELIMITER_NAMES.get(form.get("delimiter", ""), ""),
        words.DECIMAL_NAMES.get(form.get("decimal", ""), ""),
        words.DATE_ORDER_NAMES.get(form.get("date_order", ""), ""),
        [(header[index], words.LABELS.get(name, name)) for name, index in mapping],
        [(words.LABELS.get(name, name), value) for name, value in constants.items() if _is_said(name, value)],
        [title for title in form.get("ignored", []) if title],
    )


def _is_said(name: str, value: str) -> bool:
    """Whether a constant says something: fields left out on purpose have an empty one."""
    return bool(value) or name == "contact_identifier"

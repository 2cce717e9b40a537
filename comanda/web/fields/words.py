"""What fields are called, and how their values are read."""

from contextlib import suppress
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.records.models import Field, FieldKind
from comanda.web.frame import tags

_BY_ITSELF: dict[str, tuple[str, Promise]] = {
    "last_order": ("Last order", _("Last order")),
    "total_orders": ("Total orders", _("Total orders")),
    "accepts_marketing": ("Accepts marketing", _("Accepts marketing")),
}
"""Key of a field that connected shops bring → the name it is given, and the same for the reader."""


def name(field: Field) -> str:
    """What a field is called: one that came by itself in the reader's language, until someone names it."""
    given, translated = _BY_ITSELF.get(field.key, ("", ""))
    return str(translated) if given and field.name == given else field.name or field.key


def called(field: Field | None, key: str) -> str:
    """The same; the key, for a field that was deleted."""
    return name(field) if field else key


def value(field: Field | None, text: str) -> str:
    """A value as it is read; text that is not of its field's kind stays as it is."""
    if field is not None and field.kind == FieldKind.DATE:
        with suppress(ValueError):
            return tags.day(date.fromisoformat(text))
    if field is not None and field.kind == FieldKind.YES_NO:
        return {"yes": gettext("Yes"), "no": gettext("No")}.get(text, text)
    return text

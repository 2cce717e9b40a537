"""What stands for a person in a list: a name and two letters on a colour."""

from dataclasses import dataclass

from django.utils.translation import gettext as _t

from comanda.records.models import Contact

_COLOURS = (
    "bg-blue-lt", "bg-indigo-lt", "bg-purple-lt", "bg-pink-lt", "bg-orange-lt", "bg-teal-lt", "bg-cyan-lt",
)  # fmt: skip

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Face:
    """``colour`` is a class of the kit; a name too long for any heading is cut."""

    name: str
    letters: str
    colour: str


def face(contact: Contact) -> Face:
    """Of the name; else of the e-mail or phone."""
    name = " ".join(filter(None, (contact.first_name, contact.last_name)))
    shown = name or contact.email or contact.phone
    words = [word for word in (contact.first_name or shown, contact.last_name) if word]
    letters = "".join(word[0] for word in words).upper() if name or contact.email else ""
    return Face(
        (shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…")
        or _t("Contact %(number)s") % {"number": contact.pk},
        letters,
        _COLOURS[contact.pk % len(_COLOURS)],
    )

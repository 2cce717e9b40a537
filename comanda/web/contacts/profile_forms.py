"""The forms of a profile, and the details as they are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from comanda.records import contacts
from comanda.records.contact_consents import LONGEST_PROOF
from comanda.records.contact_edits import DETAILS, Conflict, Reason
from comanda.records.fields import all_of
from comanda.records.models import Contact, Field, FieldKind
from comanda.web.fields import words
from comanda.web.forms import Form, dress

LONGEST = 20_000
"""As the API has it: what came in there must be there to be edited here."""

_OWN = "field:"
_LABELS: dict[str, Promise] = {
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "company": _("Company"),
    "language": _("Language"),
}


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail as it is read; ``key`` is "" for one of the contact's own fields."""

    key: str
    label: str | Promise
    value: str


def shown(contact: Contact) -> list[Detail]:
    """All that has a value, and the name, e-mail and phone even without."""
    always = ("first_name", "last_name", "email", "phone")
    found = [
        Detail(key, label, getattr(contact, key))
        for key, label in _LABELS.items()
        if key in always or getattr(contact, key)
    ]
    own = {field.key: field for field in all_of()}
    return found + [_own(own.get(key), key, text) for key, text in contact.fields.items() if text]


def _own(field: Field | None, key: str, text: str) -> Detail:
    return Detail("", words.called(field, key), words.value(field, text))


def _own_fields(contact: Contact) -> Iterator[tuple[str, Field | None]]:
    """Those that there are, and None for what this contact has besides; each with its key."""
    known = {field.key: field for field in all_of()}
    yield from known.items()
    yield from ((key, None) for key in contact.fields if key not in known)


class DetailsForm(Form):
    """All details of a contact. An own field left empty is taken away."""

    def __init__(self, contact: Contact, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="contact-%s")
        for key, label in _LABELS.items():
            self.fields[key] = _text(str(label), getattr(contact, key))
        for key, own in _own_fields(contact):
            value = contact.fields.get(key, "")
            self.fields[f"{_OWN}{key}"] = _text(words.called(own, key), value, _widget(own, value))
        for name, field in self.fields.items():
            dress(field.widget, is_wrong=self.is_bound and name in self.errors)

    def details(self) -> dict[str, str]:
        """What was changed of ``contact_edits.DETAILS``, since the form was shown."""
        return {key: self.cleaned_data[key] for key in DETAILS if key in self.changed_data}

    def own_fields(self) -> dict[str, str | None]:
        """What was changed of own fields, None for those that are to go."""
        changed = [name for name in self.changed_data if name.startswith(_OWN)]
        return {name.removeprefix(_OWN): self.cleaned_data[name] or None for name in changed}

    def refuse(self, conflict: Conflict) -> None:
        """Says at its field why an e-mail or phone cannot be."""
        self.add_error(conflict.field, _reason(conflict, self.data.get(conflict.field, "")))
        dress(self.fields[conflict.field].widget, is_wrong=True)


def _text(label: str, value: str, widget: forms.Widget | None = None) -> forms.CharField:
    """Remembers what it showed: what comes in from a shop meanwhile is not taken back by saving."""
    return forms.CharField(
        label=label,
        initial=value,
        required=False,
        max_length=LONGEST,
        show_hidden_initial=True,
        widget=widget,
    )


def _widget(own: Field | None, value: str) -> forms.Widget | None:
    """What fits the kind of an own field, unless it holds text of another kind."""
    if own is None:
        return None
    if own.kind == FieldKind.YES_NO and value in ("", "yes", "no"):
        return forms.Select(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))])
    if own.kind == FieldKind.DATE and (not value or _is_date(value)):
        return forms.TextInput({"type": "date"})
    if own.kind == FieldKind.NUMBER:
        return forms.TextInput({"inputmode": "decimal"})
    return None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_REASONS: dict[tuple[str, Reason], Promise] = {
    ("email", Reason.INVALID): _("This is no e-mail address that could exist."),
    ("phone", Reason.INVALID): _("Write the number with its country code, as in +351 912 345 678."),
    ("email", Reason.TAKEN): _("This e-mail is another contact's."),
    ("phone", Reason.TAKEN): _("This phone is another contact's."),
    ("email", Reason.ERASED): _("This e-mail is of someone who was erased and stays so."),
    ("phone", Reason.ERASED): _("This phone is of someone who was erased and stays so."),
    ("email", Reason.NEEDED): _("Leave an e-mail or a phone: nothing else tells who this is."),
}


def _reason(conflict: Conflict, given: str) -> str:
    told = str(_REASONS[conflict.field, conflict.reason])
    if conflict.reason is not Reason.TAKEN:
        return told
    owner = (
        contacts.newest_first(email=given)
        if conflict.field == "email"
        else contacts.newest_first(phone=given)
    )
    found = owner.first()
    link = '{} <a href="/contacts/{}">{}</a>'
    return told if found is None else format_html(link, told, found.pk, _("Show that contact"))


class ConsentForm(Form):
    """What a contact says on marketing, and how one knows."""

    accepts = forms.ChoiceField(
        label=_("What was said"),
        choices=[("yes", _("Accepts marketing")), ("no", _("Refuses marketing"))],
        widget=forms.RadioSelect,
    )
    proof = forms.CharField(
        label=_("How do you know?"),
        help_text=_("Who said it to whom, when and how: kept as the proof."),
        max_length=LONGEST_PROOF,
        widget=forms.Textarea({"rows": 3}),
    )

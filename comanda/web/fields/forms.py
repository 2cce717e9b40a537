"""Forms of fields."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comanda.records.fields import LONGEST_NAME
from comanda.records.models import FieldKind
from comanda.web.forms import Form

KINDS = {
    FieldKind.TEXT: _("Text"),
    FieldKind.NUMBER: pgettext_lazy("kind of value", "Number"),
    FieldKind.DATE: _("Date"),
    FieldKind.YES_NO: _("Yes or no"),
}
"""Kind → what it is called."""


class FieldForm(Form):
    """What a field is called, and what its values are."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("As people read it."))
    kind = forms.ChoiceField(label=_("Kind of value"), choices=list(KINDS.items()))


class NewFieldForm(FieldForm):
    """The same with the key, which is never changed later."""

    key = forms.CharField(
        label=_("Key"),
        max_length=64,
        required=False,
        help_text=_("As programs write it, such as shoe_size; left empty, it is made of the name."),
    )

"""What a new key is to be."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.records import access
from comanda.records.models import Role
from comanda.web.forms import Form
from comanda.web.team.forms import ROLES

_LASTS = (
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("1 year")),
    ("", _("Never")),
)


class KeyForm(Form):
    """Name, role, scopes and time of a key."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("What will use it, so that you know later which one to revoke."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    days = forms.ChoiceField(label=_("Expires after"), choices=_LASTS, required=False)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, name) for role, (name, _said) in ROLES.items()],
        widget=forms.RadioSelect,
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[(scope, scope) for scope in access.SCOPES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """A key does no more than its role allows."""
        cleaned = super().clean() or {}
        if "role" in cleaned and "scopes" in cleaned:
            beyond = [
                scope for scope in cleaned["scopes"] if scope not in access.ROLES[Role(cleaned["role"])]
            ]
            if beyond:
                told = gettext("This role does not allow {scopes}.").format(scopes=", ".join(beyond))
                self.add_error("scopes", told)
        return cleaned

    @property
    def expires_at(self) -> datetime | None:
        """When the key is to end, if it is."""
        days = self.cleaned_data["days"]
        return datetime.now(UTC) + timedelta(days=int(days)) if days else None

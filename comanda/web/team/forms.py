"""Forms about other people's sign-in."""

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comanda.records.models import Role
from comanda.web.account.forms import EmailField
from comanda.web.forms import Form

ROLES: dict[Role, tuple[Promise, Promise]] = {
    Role.OWNER: (
        pgettext_lazy("role", "Owner"),
        _("May do all: stores, users, API keys and erasing people, too."),
    ),
    Role.MARKETER: (
        pgettext_lazy("role", "Marketer"),
        _("Works with contacts, orders, products and imports. Changes no stores, users or API keys."),
    ),
    Role.VIEWER: (
        pgettext_lazy("role", "Viewer"),
        _("Sees all that marketers see, except exports of all that is known of a person. Changes nothing."),
    ),
}
"""Role → what it is called, and what it may do, in a sentence."""


class RoleForm(Form):
    """What someone may do."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, name) for role, (name, _said) in ROLES.items()],
        widget=forms.RadioSelect,
    )


class InviteForm(RoleForm):
    """Whom to invite, as what."""

    email = EmailField(autocomplete="off")
    field_order = ("email", "role")

"""What each kind of one-time link asks for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comanda.records import welcome
from comanda.records.models import OneTimeLink, Purpose, User
from comanda.web.account.forms import EmailField, NewPasswordField, refuse_weak
from comanda.web.forms import Form


class LinkForm(Form):
    """The answers to a link; ``enter`` uses it up and gives who it lets in, or raises ValueError."""

    def __init__(self, link: OneTimeLink, data: Mapping[str, Any] | None = None) -> None:
        self.link = link
        super().__init__(data)

    def enter(self, token: str) -> User:
        """Does what the link is for."""
        raise NotImplementedError


class SignInForm(LinkForm):
    """Asks for nothing."""

    def enter(self, token: str) -> User:
        return welcome.sign_in(token)


class PasswordForm(LinkForm):
    """Asks for a new password."""

    password = NewPasswordField()

    def clean(self) -> dict[str, Any]:
        """The password is checked last, against the answers too."""
        cleaned = super().clean() or {}
        who = User(email=cleaned.get("email", self.link.email), name=cleaned.get("name", ""))
        refuse_weak(self, "password", who)
        return cleaned

    def enter(self, token: str) -> User:
        return welcome.set_password(token, self.cleaned_data["password"])


class JoinForm(PasswordForm):
    """Asks whoever was invited for their name, too."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = NewPasswordField(label=_("Password"))
    field_order = ("email", "name", "password")

    def enter(self, token: str) -> User:
        return welcome.join(token, self.cleaned_data["name"], self.cleaned_data["password"])


class OwnerForm(JoinForm):
    """Asks the first user for their address, too."""

    email = EmailField(autocomplete="username")

    def enter(self, token: str) -> User:
        given = self.cleaned_data
        return welcome.make_owner(token, given["email"], given["name"], given["password"])


FORMS: dict[str, type[LinkForm]] = {
    Purpose.OWNER: OwnerForm,
    Purpose.INVITE: JoinForm,
    Purpose.RESET: PasswordForm,
    Purpose.SIGN_IN: SignInForm,
}
"""What a link is for → what it asks."""

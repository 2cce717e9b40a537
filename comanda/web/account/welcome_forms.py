"""What each kind of one-time link asks for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.lib import emails
from comanda.records import welcome
from comanda.records.models import OneTimeLink, Purpose, User


class LinkForm(forms.Form):
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

    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A few words in a row are easy to remember and hard to guess."),
    )

    def clean(self) -> dict[str, Any]:
        """The password is checked last, against the answers too."""
        cleaned = super().clean() or {}
        if "password" in cleaned:
            given = User(email=cleaned.get("email", self.link.email), name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], given)
            except forms.ValidationError as error:
                self.add_error("password", error)
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
    field_order = ("email", "name", "password")

    def enter(self, token: str) -> User:
        return welcome.join(token, self.cleaned_data["name"], self.cleaned_data["password"])


class OwnerForm(JoinForm):
    """Asks the first user for their address, too."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=320, widget=forms.EmailInput({"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        """The address as it is kept."""
        try:
            return emails.normalise(self.cleaned_data["email"])
        except ValueError:
            raise forms.ValidationError(gettext("Enter a valid e-mail address.")) from None

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

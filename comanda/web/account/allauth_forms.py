"""The forms of allauth in the product's look and words."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as factors
from allauth.mfa.recovery_codes import forms as codes
from allauth.mfa.totp import forms as app
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.web.forms import dress

_UNREADABLE = (AttributeError, LookupError, TypeError, ValueError, struct.error)
"""What reading bytes of others for a credential can raise."""


class Dressed(forms.Form):
    """Gives the widgets the kit's classes; what the kit's labels say, no placeholder says again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.word()
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            dress(field.widget, is_wrong=self.is_bound and name in self.errors)

    def word(self) -> None:
        """Puts our words for allauth's, before anything is looked at."""

    def focus(self, name: str, **attributes: str) -> None:
        """Where the cursor stands when the page opens."""
        self.fields[name].widget.attrs |= {"autofocus": True, **attributes}


class LoginForm(Dressed, account.LoginForm):  # type: ignore[misc]  # allauth declares no types
    """Address and password."""

    def word(self) -> None:
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Keep me signed in on this device")
        self.focus("password" if self.is_bound else "login")


class ReauthenticateForm(Dressed, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    def word(self) -> None:
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.focus("password")


class _Code(Dressed):
    def word(self) -> None:
        self.fields["code"].label = _("Code")
        self.focus("code", spellcheck="false", maxlength="20")


class CodeForm(_Code, factors.AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""


class CodeAgainForm(_Code, factors.ReauthenticateForm):  # type: ignore[misc]
    """A code once more."""


class ActivateAppForm(_Code, app.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""


class DeactivateAppForm(Dressed, app.DeactivateTOTPForm):  # type: ignore[misc]
    """Nothing but a click."""


class NewCodesForm(Dressed, codes.GenerateRecoveryCodesForm):  # type: ignore[misc]
    """Nothing but a click."""


class _Name(Dressed):
    def word(self) -> None:
        self.fields["name"].label = _("What to call it")
        self.fields["name"].validators.append(MaxLengthValidator(100))


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever is sent for a credential: what cannot be read is refused in words, and is no bug of ours."""
    try:
        yield
    except (*_UNREADABLE, forms.ValidationError):
        told = gettext("This passkey is not known here, or the page was open for too long. Try again.")
        raise forms.ValidationError(told) from None


class _Given(forms.Form):
    def clean_credential(self) -> Any:
        """The passkey that was used."""
        with _reading():
            return super().clean_credential()  # type: ignore[misc]  # allauth's


class PasskeyForm(_Given, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of address and password."""


class SecondPasskeyForm(_Given, passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class PasskeyAgainForm(_Given, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey once more."""


class AddPasskeyForm(_Name, passkeys.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey; as a rule it signs in by itself."""

    def clean(self) -> Any:
        with _reading():
            return super().clean()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["passwordless"] = True
        super().__init__(*args, **kwargs)

    def word(self) -> None:
        super().word()
        self.fields["name"].help_text = _("So that you know it again: the device, or where the key hangs.")
        self.fields["passwordless"].label = _("Sign in with it alone, without the password")
        self.fields["passwordless"].help_text = _(
            "The device then asks for your fingerprint, face or PIN. Otherwise it serves as the second step "
            "after the password."
        )


class RenamePasskeyForm(_Name, passkeys.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

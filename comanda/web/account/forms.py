"""What people change of their own, and what who lost their password tells."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.lib import emails
from comanda.records.models import User
from comanda.web.forms import Form


class EmailField(forms.EmailField):
    """An address, as it is kept."""

    def __init__(self, **options: Any) -> None:
        widget = forms.EmailInput({"autocomplete": options.pop("autocomplete", "email")})
        super().__init__(**{"label": _("E-mail"), "max_length": 320, "widget": widget, **options})

    def clean(self, value: Any) -> str:
        """Raises ValidationError when it is none."""
        try:
            return emails.normalise(super().clean(value))
        except ValueError:
            raise forms.ValidationError(gettext("Enter a valid e-mail address.")) from None


class NewPasswordField(forms.CharField):
    """A password to be; who it is for checks it by ``refuse_weak``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": _("New password"),
                "max_length": 1000,
                "strip": False,
                "widget": forms.PasswordInput({"autocomplete": "new-password"}),
                "help_text": _(
                    "At least 10 characters. A few words in a row are easy to remember and hard to guess."
                ),
                **options,
            }
        )


def refuse_weak(form: forms.Form, field: str, user: User) -> None:
    """Says at a field what is wrong with the password in it."""
    if field in form.cleaned_data:
        try:
            validate_password(form.cleaned_data[field], user)
        except forms.ValidationError as error:
            form.add_error(field, error)


class LostPasswordForm(Form):
    """Who lost their password."""

    email = EmailField()


class ProfileForm(Form):
    """What someone is called, and the language that they read."""

    name = forms.CharField(
        label=_("Name"), max_length=200, required=False, widget=forms.TextInput({"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class NewEmailForm(Form):
    """What someone wants to sign in with."""

    email = EmailField(label=_("New e-mail"))


class NewPasswordForm(Form):
    """The password, and the one to come after it."""

    current = forms.CharField(
        label=_("Current password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    password = NewPasswordField()

    def __init__(self, user: User, data: Any = None) -> None:
        self._user = user
        super().__init__(data)

    def clean_current(self) -> str:
        """Whoever finds a browser open must not change the password."""
        current: str = self.cleaned_data["current"]
        if not self._user.check_password(current):
            raise forms.ValidationError(gettext("This is not your password."))
        return current

    def clean(self) -> dict[str, Any]:
        """The new one must do."""
        cleaned = super().clean() or {}
        refuse_weak(self, "password", self._user)
        return cleaned

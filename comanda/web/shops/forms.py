"""What is asked for to connect a shop, made from what its platform needs; and the settings of its sync."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.connectors.base import Connector
from comanda.connectors.base import Field as Asked
from comanda.ingest.sync import steering
from comanda.lib import addresses
from comanda.web.forms import Form, dress
from comanda.web.shops import words

_PREFIX = "field_"
_LONGEST = 4000


class ConnectForm(Form):
    """Name and address of a shop, and the fields of its platform.

    ``kept`` are secrets that are known already: their fields may stay empty. With ``is_authorising`` those
    fields may, too, that the shop's own page will give.
    """

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("Leave it empty to take the name that the shop has."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    url = forms.CharField(
        label=_("Address of the shop"),
        max_length=500,
        help_text=_("As people open it: https://shop.example"),
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(
        self,
        kind: type[Connector],
        data: Any = None,
        *,
        kept: Mapping[str, str],
        is_new: bool = True,
        is_authorising: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.kind = kind
        for asked in kind.fields:
            made = _field(asked, kept, is_authorising=is_authorising)
            dress(made.widget)
            self.fields[_PREFIX + asked.name] = made
        if not is_new:
            del self.fields["name"]
        if kind.address_help:
            self.fields["url"].help_text = words.said(kind.address_help)
        if not kind.asks_for_url:
            del self.fields["url"]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Those of the platform."""
        return [self[_PREFIX + asked.name] for asked in self.kind.fields]

    @property
    def typed(self) -> dict[str, str]:
        """The platform's fields as they were typed, as far as they are right."""
        found = ((asked.name, self.cleaned_data.get(_PREFIX + asked.name)) for asked in self.kind.fields)
        return {name: str(value) for name, value in found if value is not None}

    @property
    def secrets(self) -> dict[str, str]:
        """Those typed that are not shown again."""
        return {each.name: self.typed.get(each.name, "") for each in self.kind.fields if each.secret}

    def clean_url(self) -> str:
        """Raises ValidationError for what is no address."""
        typed: str = self.cleaned_data["url"]
        try:
            return addresses.normalise(typed)
        except ValueError:
            told = words.trouble("address_invalid", {"url": typed})
            raise forms.ValidationError(f"{told.happened} {told.mend}" if told else typed) from None

    def miss(self, field: str) -> None:
        """Says that a field of the platform is missing."""
        self.add_error(_PREFIX + field, gettext("This is needed for the shop's own page."))


def initial(fields: Mapping[str, str], kind: type[Connector]) -> dict[str, str]:
    """What a form shows of fields that are kept: no secrets."""
    return {_PREFIX + each.name: fields.get(each.name, "") for each in kind.fields if not each.secret}


def _field(asked: Asked, kept: Mapping[str, str], *, is_authorising: bool) -> forms.Field:
    is_kept = asked.secret and bool(kept.get(asked.name))
    told: dict[str, Any] = {
        "label": words.said(asked.label),
        "help_text": gettext("Kept. Leave it empty, or type another.") if is_kept else words.said(asked.help),
        "required": asked.required and not is_kept and not is_authorising,
    }
    if asked.choices:
        offered = [(value, words.said(label)) for value, label in asked.choices]
        return forms.ChoiceField(choices=offered, **told)
    return forms.CharField(
        max_length=_LONGEST,
        validators=_validators(asked),
        widget=_widget(asked, is_kept=is_kept),
        **told,
    )


def _validators(asked: Asked) -> list[RegexValidator]:
    if not asked.pattern:
        return []
    said = gettext("That does not look right. Copy it again, whole and without spaces.")
    return [RegexValidator(rf"\A(?:{asked.pattern})\Z", said)]


def _widget(asked: Asked, *, is_kept: bool) -> forms.Widget:
    shown = "••••••••" if is_kept else asked.example
    known = {"autocomplete": "off", "spellcheck": "false", "placeholder": shown}
    if asked.secret:
        return forms.PasswordInput({**known, "autocomplete": "new-password"})
    return forms.TextInput(known)


class DelayForm(Form):
    """After how long a cart counts as abandoned."""

    minutes = forms.IntegerField(
        label=_("A cart counts as abandoned after (minutes)"),
        min_value=5,
        max_value=steering.LONGEST_DELAY,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )

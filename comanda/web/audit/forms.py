"""Which deeds to show."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comanda.records import audit
from comanda.records.audit import Wanted
from comanda.web.audit import labels
from comanda.web.forms import Form


class WantedForm(Form):
    """Who, what, and when, all optional."""

    actor = forms.ChoiceField(label=_("Who"), required=False)
    action = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        known = sorted((labels.action(each), each) for each in audit.actions())
        self._offer("actor", _("Everyone"), [(each, each) for each in audit.actors()])
        self._offer("action", _("Everything"), [(written, called) for called, written in known])

    def _offer(self, name: str, every: object, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every), *choices]

    @property
    def wanted(self) -> Wanted:
        """What was asked for, where it can be read; days are those of the reader's zone."""
        self.is_valid()
        given = self.cleaned_data
        until = given.get("until")
        return Wanted(
            given.get("actor", ""),
            given.get("action", ""),
            _begin(given.get("since")),
            _begin(until + timedelta(days=1) if until else None),
        )


def _begin(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None

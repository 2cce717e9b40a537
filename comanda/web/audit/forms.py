"""Which deeds to show."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.records import audit
from comanda.records.audit import Wanted
from comanda.web.audit import labels
from comanda.web.forms import Form


def _actors() -> list[tuple[str, str]]:
    return [("", gettext("Everyone")), *((each, labels.who(each)[0]) for each in audit.actors())]


def _actions() -> list[tuple[str, str]]:
    known = sorted((labels.action(each), each) for each in audit.actions())
    return [("", gettext("Everything")), *((written, called) for called, written in known)]


class WantedForm(Form):
    """Who, what, and when, all optional."""

    actor = forms.ChoiceField(label=_("Who"), required=False, choices=_actors)
    action = forms.ChoiceField(label=_("What"), required=False, choices=_actions)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

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
            _begin(until + timedelta(days=1) if until and until < date.max else None),
        )


def _begin(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None

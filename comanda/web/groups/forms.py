"""Forms of tags and lists."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from comanda.records.groups import LONGEST_NAME
from comanda.web.forms import Form
from comanda.web.groups.words import Words


class NameForm(Form):
    """What a tag or list is called."""

    name = forms.CharField(max_length=LONGEST_NAME)

    def __init__(self, words: Words, data: object = None, *, name: str = "", prefix: str = "") -> None:
        super().__init__(data, initial={"name": name}, prefix=prefix or None)
        self.fields["name"].label = str(words.said["name"])


class MergeForm(Form):
    """Which other one it is merged into."""

    into = forms.TypedChoiceField(label=_("Into"), coerce=int)

    def __init__(self, others: Iterable[tuple[int, str]], data: object = None) -> None:
        super().__init__(data)
        choices = [("", _("Choose one")), *((str(group_id), name) for group_id, name in others)]
        self.fields["into"].choices = choices  # type: ignore[attr-defined]

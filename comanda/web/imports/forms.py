"""What people say in the wizard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from comanda.ingest.csv_import.choices import Chosen
from comanda.ingest.csv_import.dialect import DELIMITERS
from comanda.ingest.csv_import.encoding import CODECS
from comanda.ingest.csv_import.fields import FIELDS
from comanda.ingest.csv_import.fixes import Fix
from comanda.ingest.csv_import.seen import Seen
from comanda.records.models import Import, Store
from comanda.shapes import OrderStatus
from comanda.web.forms import Form
from comanda.web.imports import receiving

_COLUMN, _VALUE = "column-", "value-"
_FAULTS = {
    receiving.TOO_LARGE: _(
        "This file is larger than this server takes. Pack it (.zip or .gz), or bring it in parts."
    ),
    receiving.NO_ROOM: _("There is no room left on the server's disk. Ask whoever runs it to make room."),
}


def said(query: QueryDict, name: str) -> str:
    """What was asked for, without the NUL characters that no database can look for."""
    return query.get(name, "").replace("\0", "")


def open_stores() -> QuerySet[Store]:
    """Stores that files can be brought into."""
    return Store.objects.filter(archived_at=None).order_by("name", "id")


def usual_store() -> str:
    """The key of the store that took the last file, or else of one that no shop brings orders to."""
    last = Import.objects.filter(store__in=open_stores()).order_by("-id").select_related("store").first()
    if last is not None:
        return last.store.key
    first = open_stores().filter(connection=None).first()
    return first.key if first else ""


class _StoreField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when run
    """A choice of stores by their key, told by their name."""

    def to_python(self, value: Any) -> Store | None:
        """The store; a key with NUL characters, which no database can look for, is that of none."""
        found: Store | None = super().to_python(value.replace("\0", "?") if isinstance(value, str) else value)
        return found

    def label_from_instance(self, obj: Store) -> str:
        return str(obj.name)


class UploadForm(Form):
    """A store and a file for it; ``fault`` is what stopped the upload, if anything did."""

    store = _StoreField(
        open_stores(),
        label=_("Store"),
        to_field_name="key",
        empty_label=None,
        error_messages={"invalid_choice": _("This store is not there any more. Choose another.")},
    )
    file = forms.FileField(
        label=_("File"),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Export it again, with its header and its rows."),
        },
    )

    def __init__(self, *args: Any, fault: str = "", **kwargs: Any) -> None:
        self._fault = fault
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Tells what stopped the upload in place of that there is no file."""
        if self._fault:
            self.errors.pop("file", None)
            self.add_error("file", _FAULTS[self._fault])
        return self.cleaned_data


class LookForm(forms.Form):
    """How the file is to be read; "" is to be found out."""

    delimiter = forms.ChoiceField(choices=[("", ""), *((mark, mark) for mark in DELIMITERS)], required=False)
    encoding = forms.ChoiceField(choices=[("", ""), *((name, name) for name in CODECS)], required=False)


class WordsForm(forms.Form):
    """What status words mean."""

    def __init__(self, words: Iterable[str], data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self._words = list(words)
        for place, _word in enumerate(self._words):
            self.fields[f"word-{place}"] = forms.ChoiceField(
                choices=[("", ""), *((status, status) for status in OrderStatus)], required=False
            )

    def meanings(self) -> dict[str, str]:
        """The words that were given a meaning; only of a valid form."""
        said = {word: self.cleaned_data[f"word-{place}"] for place, word in enumerate(self._words)}
        return {word: status for word, status in said.items() if status}


@dataclass(slots=True)
class Answer:
    """The columns form as it was sent: ``fields`` by the number of their column, and what was chosen by it.

    ``doubled`` are fields that were chosen for two columns, of which the first counts.
    """

    chosen: Chosen
    fields: dict[int, str] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)


def read_columns(sent: QueryDict, seen: Seen) -> Answer:
    """What was chosen, as far as it can be: what nobody could have chosen is passed over."""
    chosen = Chosen(
        decimal=_one_of(sent, "decimal", ".,"), date_order=_one_of(sent, "date_order", ("dmy", "mdy"))
    )
    answer = Answer(chosen)
    for column in seen.columns:
        name = sent.get(f"{_COLUMN}{column.index}", "")
        if name not in FIELDS:
            continue
        answer.fields[column.index] = name
        if chosen.mapping.setdefault(name, column.index) != column.index:
            answer.doubled.append(name)
    for name in FIELDS:
        if name not in chosen.mapping and (value := _value(sent, name)) is not None:
            chosen.constants[name] = value
    return answer


def _one_of(sent: QueryDict, name: str, known: Iterable[str]) -> str:
    said = sent.get(name, "")
    return said if said in known else ""


def _value(sent: QueryDict, name: str) -> str | None:
    """A value for all rows; an empty one counts only where it says that there are no buyers."""
    said = sent.get(f"{_VALUE}{name}")
    if name == "contact_identifier":
        return "" if said is not None else None
    return (said or "").strip().replace("\0", "") or None


def read_fix(sent: QueryDict) -> Fix:
    """A fix that was chosen."""
    return Fix(sent.get("kind", ""), sent.get("field", ""), sent.get("value", ""))

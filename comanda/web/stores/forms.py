"""What can be said of a store."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.records import audit, stores
from comanda.records.models import List, Store, StoreKind
from comanda.web.forms import Form
from comanda.web.stores import choices

_PLACE = ("address", "latitude", "longitude")
_KEY = rf"\A{stores.KEY.pattern}\Z"


class DegreesField(forms.FloatField):
    """Degrees; a decimal comma is one too."""

    widget = forms.TextInput

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(min_value=-most, max_value=most, required=False, **options)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError for what is no number."""
        return super().to_python(value.strip().replace(",", ".") if isinstance(value, str) else value)


class StoreForm(Form):
    """A store that there is: what may be changed of it."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    description = forms.CharField(
        label=_("Description"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
    url = forms.CharField(
        label=_("Address on the web"),
        max_length=500,
        required=False,
        widget=forms.TextInput({"inputmode": "url"}),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("For orders that name no currency."), widget=choices.LongSelect
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("For dates that name no time zone."), widget=choices.LongSelect
    )
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        help_text=_("For phone numbers without a country code."),
        widget=choices.LongSelect,
    )
    contact_list = forms.CharField(
        label=_("Contact list"),
        max_length=200,
        required=False,
        help_text=_("Everyone who buys here joins this list. Choose one, or name a new one."),
        widget=forms.TextInput({"list": "lists", "autocomplete": "off"}),
    )
    address = forms.CharField(label=_("Address"), max_length=500, required=False)
    latitude = DegreesField(90, label=_("Latitude"))
    longitude = DegreesField(180, label=_("Longitude"))

    def __init__(self, data: Any = None, *, store: Store | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.store = store
        self._offer("currency", choices.currencies(store.currency if store else ""))
        self._offer("timezone", choices.zones(store.timezone if store else ""))
        self._offer("country", choices.countries())
        for field in ("url",) if self._is_physical() else _PLACE:
            del self.fields[field]

    def _is_physical(self) -> bool:
        return self.store is not None and self.store.kind == StoreKind.PHYSICAL

    def _offer(self, name: str, offered: choices.Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered

    @property
    def lists(self) -> list[str]:
        """Names of the lists that there are."""
        return list(List.objects.order_by("name").values_list("name", flat=True)[:500])

    def clean(self) -> dict[str, Any]:
        """A place has both coordinates or none."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and (given.get("latitude") is None) != (given.get("longitude") is None):
            missing = "latitude" if given.get("latitude") is None else "longitude"
            self.add_error(missing, gettext("Give both coordinates, or neither."))
        return given

    def save(self, actor: str) -> bool:
        """Changes the store as typed; False when the form has more to say now."""
        assert self.store is not None
        before = _columns(self.store)
        changed = {name: value for name, value in self.cleaned_data.items() if before[name] != value}
        if not changed:
            return True
        try:
            with transaction.atomic():
                stores.edit(self.store, **changed)
                audit.note(actor, "store.edit", f"store {self.store.key}", columns=sorted(changed))
        except stores.StoreRefused as refused:
            self.blame(refused)
            return False
        return True

    def blame(self, refused: stores.StoreRefused) -> None:
        """Says beside its field what cannot be kept."""
        expected = gettext(refused.expected)
        said = gettext("This cannot be kept: expected %(expected)s.") % {"expected": expected}
        self.add_error(refused.field if refused.field in self.fields else None, said)


class NewStoreForm(StoreForm):
    """A new store; ``columns`` are those that its form does not ask for."""

    key = forms.CharField(
        label=_("Key"),
        required=False,
        max_length=64,
        help_text=_("Names the store in addresses, commands and the API. It cannot be changed later."),
        validators=[
            RegexValidator(rf"\A{stores.KEY.pattern}\Z", _("Use lower-case letters, digits and dashes."))
        ],
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "data-key": ""}),
    )
    field_order = ("name", "key")

    @property
    def columns(self) -> dict[str, Any]:
        """What a new store is."""
        return {"kind": StoreKind.ONLINE}

    def save(self, actor: str) -> bool:
        """Adds the store, which is then ``store``; False when the form has more to say now."""
        given = {**self.columns, **self.cleaned_data}
        key = given.pop("key") or stores.free_key(given["name"])
        try:
            with transaction.atomic():
                self.store = stores.create(key, **given)
                audit.note(actor, "store.add", f"store {key}")
        except stores.KeyTaken:
            self.add_error("key", gettext("There is a store with this key. Choose another."))
            return False
        except stores.StoreRefused as refused:
            self.blame(refused)
            return False
        return True


class PhysicalStoreForm(NewStoreForm):
    """A new place where people buy."""

    def _is_physical(self) -> bool:
        return True

    @property
    def columns(self) -> dict[str, Any]:
        """A place."""
        return {"kind": StoreKind.PHYSICAL}


class OnlineStoreForm(NewStoreForm):
    """A new store on the web whose orders come by file (``csv``) or by program (``api``)."""

    platform = "csv"

    @property
    def columns(self) -> dict[str, Any]:
        """A shop on the web."""
        return {"kind": StoreKind.ONLINE, "platform": self.platform}


def begun() -> dict[str, str]:
    """What a new store most likely is, by the reader's clock."""
    zone = timezone.get_current_timezone_name()
    country = choices.country_of(zone)
    return {"timezone": zone, "country": country, "currency": choices.currency_of(country)}


def known(store: Store) -> dict[str, Any]:
    """What is known of a store."""
    return _columns(store)


def _columns(store: Store) -> dict[str, Any]:
    kept = {name: getattr(store, name) for name in StoreForm.base_fields if name != "contact_list"}
    return {**kept, "contact_list": store.contact_list.name if store.contact_list else ""}


class DeletionForm(Form):
    """That someone means it: they type the store's key."""

    typed = forms.CharField(required=False, widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, store: Store, data: Any = None) -> None:
        super().__init__(data)
        self._store = store
        self.fields["typed"].label = gettext("Type %(key)s to delete it") % {"key": store.key}

    def clean_typed(self) -> str:
        """Raises ValidationError for any other word."""
        typed: str = self.cleaned_data["typed"].strip()
        if typed != self._store.key:
            raise forms.ValidationError(gettext("That is not its key. Nothing was deleted."))
        return typed

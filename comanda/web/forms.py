"""What all forms share: how they are drawn, and that nothing typed is lost."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting

_CLASSES = {"select": "form-select", "checkbox": "form-check-input", "radio": "form-check-input"}
_WRONG = "is-invalid"


class Renderer(TemplatesSetting):
    """Draws forms by ``parts/form.html``, fields by ``parts/field.html``; widgets as Django has them."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/field.html"


class Form(forms.Form):
    """A form in the product's look: ``{{ form }}`` draws it, ``{{ form.name.as_field_group }}`` one field.

    Text with NUL characters is refused by its field, in words; nothing that was typed is lost.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field.widget)

    def add_error(self, field: str | None, error: Any) -> None:
        """Marks what is wrong; so nothing is checked before a form is whole, and its choices may follow."""
        super().add_error(field, error)
        for name in self.errors:
            if name in self.fields:
                mark_wrong(self.fields[name].widget)


def mark_wrong(widget: forms.Widget) -> None:
    """Gives a widget the kit's class for what is wrong, once."""
    classes = str(widget.attrs.get("class", "")).split()
    if _WRONG not in classes:
        widget.attrs["class"] = " ".join([*classes, _WRONG])


def dress(widget: forms.Widget, *, is_wrong: bool = False) -> None:
    """Gives a widget the kit's classes."""
    kind = getattr(widget, "input_type", "text")
    classes = [widget.attrs.get("class", ""), _CLASSES.get(kind, "form-control")]
    if is_wrong:
        classes.append(_WRONG)
    widget.attrs["class"] = " ".join(filter(None, classes))

"""What all forms share: how they are drawn, and that nothing typed is lost."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting

_CLASSES = {"select": "form-select", "checkbox": "form-check-input", "radio": "form-check-input"}


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
        for name, field in self.fields.items():
            dress(field.widget, is_wrong=self.is_bound and name in self.errors)


def dress(widget: forms.Widget, *, is_wrong: bool = False) -> None:
    """Gives a widget the kit's classes."""
    kind = getattr(widget, "input_type", "text")
    classes = [widget.attrs.get("class", ""), _CLASSES.get(kind, "form-control")]
    if is_wrong:
        classes.append("is-invalid")
    widget.attrs["class"] = " ".join(filter(None, classes))

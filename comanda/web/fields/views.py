"""Pages of fields."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comanda.records import fields
from comanda.records.fields import FieldRefused
from comanda.records.models import Field
from comanda.web.access import actor, needs
from comanda.web.fields import words
from comanda.web.fields.forms import KINDS, FieldForm, NewFieldForm

_LARGEST_ID = 2**63 - 1


@require_safe
@needs("contacts:read")
def list_fields(request: HttpRequest) -> HttpResponse:
    """All fields; how many contacts hold a value is asked for by the page itself."""
    return render(request, "fields/all.html", {"rows": _rows({}), "is_counted": False})


@require_safe
@needs("contacts:read")
def count_values(request: HttpRequest) -> HttpResponse:
    """The same with how many contacts hold a value, and the keys that nobody described."""
    counts = fields.counts()
    known = {field.key for field in fields.all_of()} | fields.under_way()
    strange = sorted((key, count) for key, count in counts.items() if key not in known)
    told = {"rows": _rows(counts), "is_counted": True, "strange": strange}
    is_part = bool(getattr(request, "htmx", False))
    return render(request, "fields/rows.html" if is_part else "fields/all.html", told)


def _rows(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "field": field,
            "name": words.name(field),
            "kind": KINDS.get(field.kind, field.kind),
            "contacts": counts.get(field.key, 0),
        }
        for field in fields.all_of()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("contacts:write")
def create_field(request: HttpRequest) -> HttpResponse:
    """Describes a new field."""
    if request.method != "POST":
        key = request.GET.get("key", "")
        form = NewFieldForm(initial={"key": key, "name": key.replace("_", " ").capitalize()})
        return render(request, "fields/new.html", {"form": form})
    form = NewFieldForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            field = fields.create(said["key"], said["name"], said["kind"], actor(request))
        except FieldRefused as refused:
            form.add_error(refused.column, str(refused))
        else:
            messages.success(request, gettext("The field “{name}” was added.").format(name=field.name))
            return redirect("fields")
    return render(request, "fields/new.html", {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("contacts:write")
def edit_field(request: HttpRequest, field_id: int) -> HttpResponse:
    """Calls it something else."""
    field = _found(field_id)
    if request.method != "POST":
        form = FieldForm(initial={"name": field.name, "kind": field.kind})
        return render(request, "fields/one.html", {"field": field, "called": words.name(field), "form": form})
    form = FieldForm(request.POST)
    if form.is_valid():
        try:
            fields.edit(field, form.cleaned_data["name"], form.cleaned_data["kind"], actor(request))
        except FieldRefused as refused:
            form.add_error(refused.column, str(refused))
        else:
            messages.success(request, gettext("The field is called “{name}” now.").format(name=field.name))
            return redirect("fields")
    kept = _found(field_id)
    told = {"field": kept, "called": words.name(kept), "form": form}
    return render(request, "fields/one.html", told, status=422)


@require_safe
@needs("contacts:read")
def count_one(request: HttpRequest, field_id: int) -> HttpResponse:
    """How many contacts hold a value of it. A part of its page."""
    return render(request, "fields/count.html", {"contacts": fields.count(_found(field_id).key)})


@require_POST
@needs("contacts:write")
def delete_field(request: HttpRequest, field_id: int) -> HttpResponse:
    """Deletes it with all its values."""
    field = _found(field_id)
    name = field.name or field.key
    if fields.delete(field, actor(request)):
        told = gettext("The field “{name}” was deleted; its values go behind the scenes.")
    else:
        told = gettext("The field “{name}” was deleted with its values.")
    messages.success(request, told.format(name=name))
    return redirect("fields")


def _found(field_id: int) -> Field:
    field = fields.find(field_id) if field_id <= _LARGEST_ID else None
    if field is None:
        raise Http404
    return field

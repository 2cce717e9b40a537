"""Pages of tags and lists; ``words`` says which of both."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from comanda.records import group_jobs, groups
from comanda.records.groups import Done, Group, GroupRefused, NameTaken
from comanda.web.access import actor, needs
from comanda.web.groups.forms import MergeForm, NameForm
from comanda.web.groups.words import Words

_LARGEST_ID = 2**63 - 1


@require_safe
@needs("contacts:read")
def show_all(request: HttpRequest, words: Words) -> HttpResponse:
    """All of them, with how many contacts each has."""
    return _show_all(request, words, NameForm(words))


@require_safe
@needs("contacts:read")
def count(request: HttpRequest, words: Words) -> HttpResponse:
    """The same with their counts, where these take a while. A part of the page."""
    return render(request, "groups/rows.html", _rows(words, groups.all_of(words.kind)))


@require_POST
@needs("contacts:write")
def create(request: HttpRequest, words: Words) -> HttpResponse:
    """Adds one."""
    form = NameForm(words, request.POST)
    if form.is_valid():
        try:
            groups.create(words.kind, form.cleaned_data["name"], actor(request))
        except GroupRefused as refused:
            _refuse(form, words, refused)
        else:
            _say(request, words, "created", form.cleaned_data["name"])
            return redirect(words.plural)
    return _show_all(request, words, form, status=422)


@require_safe
@needs("contacts:read")
def show_one(request: HttpRequest, words: Words, group_id: int) -> HttpResponse:
    """One of them: renamed, merged or deleted here."""
    return _show_one(request, words, _found(words, group_id))


@require_POST
@needs("contacts:write")
def rename(request: HttpRequest, words: Words, group_id: int) -> HttpResponse:
    """Calls it something else."""
    group = _found(words, group_id)
    form = NameForm(words, request.POST)
    if form.is_valid():
        try:
            groups.rename(words.kind, group_id, form.cleaned_data["name"], actor(request))
        except GroupRefused as refused:
            _refuse(form, words, refused)
        else:
            _say(request, words, "renamed", form.cleaned_data["name"])
            return redirect(words.kind.noun, group_id)
    return _show_one(request, words, group, name=form)


@require_POST
@needs("contacts:write")
def merge(request: HttpRequest, words: Words, group_id: int) -> HttpResponse:
    """Puts its contacts into another one."""
    group = _found(words, group_id)
    form = MergeForm(_others(words, group), request.POST)
    if form.is_valid():
        try:
            done = group_jobs.merge(words.kind, group_id, form.cleaned_data["into"], actor(request))
        except GroupRefused as refused:
            form.add_error("into", str(refused))
        else:
            _say_done(request, words, "merged", done)
            return redirect(words.plural)
    return _show_one(request, words, group, merge=form)


@require_POST
@needs("contacts:write")
def delete(request: HttpRequest, words: Words, group_id: int) -> HttpResponse:
    """Takes it off its contacts and deletes it."""
    _found(words, group_id)
    try:
        done = group_jobs.delete(words.kind, group_id, actor(request))
    except GroupRefused as refused:
        messages.error(request, str(refused))
    else:
        _say_done(request, words, "deleted", done)
    return redirect(words.plural)


def _show_all(request: HttpRequest, words: Words, form: NameForm, status: int = 200) -> HttpResponse:
    is_counted = not groups.are_many(words.kind)
    every = groups.all_of(words.kind, counted=is_counted)
    told = _rows(words, every) | {"form": form, "is_counted": is_counted}
    return render(request, "groups/all.html", told, status=status)


def _rows(words: Words, every: list[Group]) -> dict[str, Any]:
    busy = group_jobs.under_way(words.kind)
    names = {each.id: each.name for each in every}
    rows = [(each, each.id in busy, names.get(busy.get(each.id) or 0, "")) for each in every]
    return {"words": words, "rows": rows, "is_list": words.kind is groups.LISTS}


def _show_one(
    request: HttpRequest,
    words: Words,
    group: Group,
    name: NameForm | None = None,
    merge: MergeForm | None = None,
) -> HttpResponse:
    others = _others(words, group)
    told: dict[str, Any] = {
        "words": words,
        "group": group,
        "is_busy": group.id in group_jobs.under_way(words.kind),
        "is_list": words.kind is groups.LISTS,
        "name_form": name or NameForm(words, name=group.name),
        "merge_form": merge or MergeForm(others),
        "has_others": bool(others),
        "delete_ask": str(words.said["delete_ask"]).format(name=group.name),
        "merge_ask": str(words.said["merge_ask"]).format(name=group.name),
    }
    return render(request, "groups/one.html", told, status=422 if name or merge else 200)


def _found(words: Words, group_id: int) -> Group:
    group = groups.find(words.kind, group_id) if group_id <= _LARGEST_ID else None
    if group is None:
        raise Http404
    return group


def _others(words: Words, group: Group) -> list[tuple[int, str]]:
    busy = group_jobs.under_way(words.kind)
    return [each for each in groups.names(words.kind) if each[0] != group.id and each[0] not in busy]


def _refuse(form: NameForm, words: Words, refused: GroupRefused) -> None:
    form.add_error("name", str(words.said["taken"] if isinstance(refused, NameTaken) else refused))


def _say(request: HttpRequest, words: Words, what: str, name: str) -> None:
    messages.success(request, str(words.said[what]).format(name=name))


def _say_done(request: HttpRequest, words: Words, what: str, done: Done) -> None:
    if done.goes_on:
        _say(request, words, "goes_on", done.name)
        return
    moved = f" {str(words.moved % done.contacts).format(count=done.contacts)}" if what == "merged" else ""
    messages.success(request, str(words.said[what]).format(name=done.name) + moved)

"""Users and roles, for owners."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comanda.records import links, users, welcome
from comanda.records.models import ApiKey, OneTimeLink, Purpose, Role, User
from comanda.web.access import actor, needs, user
from comanda.web.account import mails
from comanda.web.account.proof import proven
from comanda.web.team.forms import ROLES, InviteForm, RoleForm


@require_safe
@needs("users:read")
def team(request: HttpRequest) -> HttpResponse:
    """Who may sign in, and who is invited."""
    has_second = Exists(Authenticator.objects.filter(user_id=OuterRef("pk")))
    people = User.objects.annotate(has_second=has_second).order_by(
        "-is_active", Lower(Coalesce(NullIf("name", Value("")), "email")), "pk"
    )
    invited = links.usable().filter(purpose=Purpose.INVITE).order_by("email")
    return render(request, "team/users.html", {"people": people, "invited": invited})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("users:write")
@proven
def invite(request: HttpRequest) -> HttpResponse:
    """Makes an invitation; its link is shown this once, and mailed where mail is sent."""
    posted = request.method == "POST"
    form = InviteForm(request.POST) if posted else InviteForm(initial={"role": Role.MARKETER})
    if posted and form.is_valid():
        email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        try:
            link, token = welcome.invite(email, role, by=actor(request))
        except ValueError as error:
            form.add_error("email", str(error))
        else:
            return _show_link(request, link, token, "invite")
    return render(
        request, "team/invite.html", {"form": form, "roles": ROLES}, status=422 if form.errors else 200
    )


@never_cache
@require_POST
@needs("users:write")
@proven
def invite_again(request: HttpRequest, link_id: int) -> HttpResponse:
    """Another link for who is invited already; the one before opens nothing any more."""
    before = get_object_or_404(links.usable(), pk=link_id, purpose=Purpose.INVITE)
    try:
        link, token = welcome.invite(before.email, Role(before.role), by=actor(request))
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("team")
    return _show_link(request, link, token, "invite")


@require_POST
@needs("users:write")
def withdraw(request: HttpRequest, link_id: int) -> HttpResponse:
    """Takes an invitation back."""
    link = get_object_or_404(OneTimeLink, pk=link_id, purpose=Purpose.INVITE)
    if welcome.uninvite(link, by=actor(request)):
        messages.success(request, gettext("The invitation was taken back."))
    return redirect("team")


@require_safe
@needs("users:read")
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One user."""
    return _person(request, get_object_or_404(User, pk=user_id))


@require_POST
@needs("users:write")
@proven
def change_role(request: HttpRequest, user_id: int) -> HttpResponse:
    """Changes what someone may do."""
    shown = get_object_or_404(User, pk=user_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _person(request, shown, form)
    role = Role(form.cleaned_data["role"])
    return _change(request, user_id, lambda by: users.change_role(user_id, role, by=by))


@require_POST
@needs("users:write")
@proven
def deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Lets someone in no more."""
    return _change(request, user_id, lambda by: users.deactivate(user_id, by=by))


@require_POST
@needs("users:write")
@proven
def reactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Lets someone in again."""
    return _change(request, user_id, lambda by: users.reactivate(user_id, by=by))


@require_POST
@needs("users:write")
@proven
def remove(request: HttpRequest, user_id: int) -> HttpResponse:
    """Removes someone."""
    return _change(request, user_id, lambda by: users.remove(user_id, by=by))


@require_POST
@needs("users:write")
@proven
def drop_second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Lets someone who lost their phone sign in with the password alone."""
    shown = get_object_or_404(User, pk=user_id)
    return _change(request, user_id, lambda by: users.drop_second_factor(shown, by=by))


@never_cache
@require_POST
@needs("users:write")
@proven
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """A link by which someone sets a new password."""
    shown = get_object_or_404(User, pk=user_id, is_active=True)
    token = welcome.reset_link(shown, by=actor(request))
    link = links.find(token)
    return _show_link(request, link, token, "reset") if link else redirect("person", user_id)


def _change(request: HttpRequest, user_id: int, change: Callable[[str], object]) -> HttpResponse:
    """Does something to another; nobody does it to themselves by a slip of the mouse."""
    get_object_or_404(User, pk=user_id)
    if user_id == user(request).pk:
        messages.error(request, gettext("You cannot do this to yourself. Ask another owner."))
        return redirect("person", user_id)
    try:
        change(actor(request))
    except users.LastOwner as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("Saved."))
    return redirect("person", user_id) if User.objects.filter(pk=user_id).exists() else redirect("team")


def _show_link(request: HttpRequest, link: OneTimeLink, token: str, mail: str) -> HttpResponse:
    address = mails.address(request, "welcome", token)
    was_mailed = mails.send(link.email, mail, address)
    told = {"link": link, "address": address, "was_mailed": was_mailed, "mails_are_sent": mails.are_sent()}
    return render(request, "team/link.html", told)


def _person(request: HttpRequest, shown: User, form: RoleForm | None = None) -> HttpResponse:
    return render(
        request,
        "team/person.html",
        {
            "person": shown,
            "form": form or RoleForm(initial={"role": shown.role}),
            "roles": ROLES,
            "is_self": shown.pk == user(request).pk,
            "has_second": Authenticator.objects.filter(user_id=shown.pk).exists(),
            "keys": ApiKey.objects.filter(created_by=shown, revoked_at=None).count(),
        },
        status=422 if form else 200,
    )

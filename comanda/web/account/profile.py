"""What is one's own: name, language, e-mail, password."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comanda.records import users
from comanda.records.models import User
from comanda.web.access import actor, needs, user
from comanda.web.account import mails
from comanda.web.account.forms import NewEmailForm, NewPasswordForm, ProfileForm
from comanda.web.account.proof import proven
from comanda.web.frame import reader

_SALT = "new e-mail"
_DAY = 24 * 3600


@require_safe
@needs()
def settings_start(request: HttpRequest) -> HttpResponse:
    """Settings begin with what is one's own."""
    return redirect("profile")


@require_http_methods(["GET", "HEAD", "POST"])
@needs()
def profile(request: HttpRequest) -> HttpResponse:
    """Name and language; the page shows the forms of the others too."""
    who = user(request)
    if request.method != "POST":
        return _page(request)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    users.edit_profile(who, form.cleaned_data["name"], form.cleaned_data["language"], by=actor(request))
    messages.success(request, gettext("Your profile was saved."))
    response = redirect("profile")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, who.language, max_age=365 * _DAY, samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )  # fmt: skip
    return response


@require_POST
@needs()
@proven
def new_email(request: HttpRequest) -> HttpResponse:
    """Changes the address: once a link that is mailed there is opened, or at once where no mail is sent."""
    form = NewEmailForm(request.POST)
    if not form.is_valid():
        return _page(request, email_form=form)
    email = form.cleaned_data["email"]
    if mails.are_sent():
        return _mail_to(request, email)
    return _changed(request, user(request), email, form)


def _mail_to(request: HttpRequest, email: str) -> HttpResponse:
    who = user(request)
    token = signing.dumps({"user": who.pk, "from": who.email, "to": email}, salt=_SALT)
    if mails.send(email, "new_email", mails.address(request, "confirm_email", token)):
        told = gettext("Open the link that was sent to {email} to confirm it.").format(email=email)
        messages.success(request, told)
    else:
        messages.error(request, gettext("The e-mail could not be sent. Nothing was changed."))
    return redirect("profile")


@require_safe
@needs()
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link in that e-mail leads; it works for who is signed in as whoever asked, once."""
    who = user(request)
    try:
        asked = signing.loads(token, salt=_SALT, max_age=_DAY)
    except signing.BadSignature:
        asked = {}
    if asked.get("user") != who.pk or asked.get("from") != who.email:
        return render(request, "account/link_spent.html", status=404)
    return _changed(request, who, asked["to"], NewEmailForm({"email": asked["to"]}))


def _changed(request: HttpRequest, who: User, email: str, form: NewEmailForm) -> HttpResponse:
    before = who.email
    try:
        users.change_email(who, email, by=actor(request))
    except ValueError as error:
        form.add_error("email", str(error))
        return _page(request, email_form=form)
    mails.tell_change(request, before, gettext("You sign in with another address from now on."))
    messages.success(request, gettext("You sign in with {email} from now on.").format(email=email))
    return redirect("profile")


@sensitive_post_parameters()
@require_POST
@needs()
def new_password(request: HttpRequest) -> HttpResponse:
    """Changes the password, which ends all other sessions."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="change_password")
    if limited:
        return limited
    who = user(request)
    form = NewPasswordForm(who, request.POST)
    if not form.is_valid():
        return _page(request, password_form=form)
    users.change_password(who, form.cleaned_data["password"], by=actor(request))
    update_session_auth_hash(request, who)
    mails.tell_change(request, who.email, gettext("Your password was changed."))
    messages.success(request, gettext("Your password was changed. Everywhere else you were signed out."))
    return redirect("profile")


def _page(
    request: HttpRequest,
    form: ProfileForm | None = None,
    email_form: NewEmailForm | None = None,
    password_form: NewPasswordForm | None = None,
) -> HttpResponse:
    who = user(request)
    wrong = form or email_form or password_form
    return render(
        request,
        "account/profile.html",
        {
            "form": form or ProfileForm(initial={"name": who.name, "language": reader.language(request)}),
            "email_form": email_form or NewEmailForm(),
            "password_form": password_form or NewPasswordForm(who),
            "mails_are_sent": mails.are_sent(),
        },
        status=422 if wrong else 200,
    )

"""Before one is signed in: the sign-in itself, and the way back for who lost their password."""

from allauth.account import views as account
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from comanda.records import users, welcome
from comanda.web.account import mails
from comanda.web.account.forms import LostPasswordForm


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in; while nobody could sign in yet, how the first one comes in."""
    if request.method in ("GET", "HEAD") and not users.exist():
        return render(request, "account/nobody.html")
    answer: HttpResponseBase = account.login(request)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def lost_password(request: HttpRequest) -> HttpResponse:
    """Mails a link, or says how to get one; never whether an address is a user's."""
    if not mails.are_sent():
        return render(request, "account/lost_password_without_mail.html")
    form = LostPasswordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "account/lost_password.html", {"form": form})
    email = form.cleaned_data["email"]
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password", key=email)
    if limited:
        return limited
    _send_link(request, email)
    return render(request, "account/lost_password_sent.html", {"email": email})


def _send_link(request: HttpRequest, email: str) -> None:
    user = users.find(email)
    if user and user.is_active:
        token = welcome.reset_link(user, by="stranger")
        mails.send(user.email, "reset", mails.address(request, "welcome", token))

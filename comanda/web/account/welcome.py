"""What a one-time link leads to: whoever has it chooses a password where one is wanted, and is signed in."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from comanda.records import users
from comanda.records import welcome as arrivals
from comanda.records.models import Purpose, User
from comanda.web.account import mails
from comanda.web.account.welcome_forms import FORMS
from comanda.web.frame import reader


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the page uses nothing up, for programs that look at links ahead of people do that too."""
    link = arrivals.find(token)
    if link is None:
        return render(request, "account/link_spent.html", status=404)
    form = FORMS[link.purpose](link, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = form.enter(token)
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            if link.purpose == Purpose.RESET:
                mails.tell_change(request, user.email, gettext("Your password was changed."))
            elif link.purpose != Purpose.SIGN_IN:
                users.speak(user.pk, reader.language(request))
            return _signed_in(request, user)
    return render(request, "account/welcome.html", {"form": form, "link": link})


def _signed_in(request: HttpRequest, user: User) -> HttpResponse:
    """Whoever was signed in here leaves; a second factor, if there is one, is still asked for."""
    logout(request, show_message=False)
    record_authentication(request, user, "link")
    answer: HttpResponse = perform_login(request, user)
    return answer

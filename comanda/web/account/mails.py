"""E-mails with a link, sent where a mail server is configured; shown to whoever made the link otherwise."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from comanda.web.account import browsers

log = logging.getLogger(__name__)


def are_sent() -> bool:
    """Whether there is a mail server."""
    return settings.SMTP is not None


def address(request: HttpRequest, name: str, *args: object) -> str:
    """A whole URL, as people reach it."""
    path = reverse(name, args=args)
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def tell_change(request: HttpRequest, to: str, what: str) -> None:
    """Tells someone that how they sign in was changed, and from where, for the case that it was not they."""
    browser, _ = browsers.describe(request.headers.get("User-Agent", ""))
    ip = request.META.get("REMOTE_ADDR", "")
    send(to, "changed", address(request, "mfa_index"), what=what, browser=browser, ip=ip)


def send(to: str, mail: str, link: str, **told: str) -> bool:
    """Sends ``account/mail/<mail>.txt``, whose first line is the subject; False when it was not sent."""
    if not are_sent():
        return False
    text = render_to_string(f"account/mail/{mail}.txt", {"link": link, **told})
    subject, _, body = text.strip().partition("\n")
    try:
        send_mail(subject, body.strip() + "\n", None, [to])
    except (OSError, smtplib.SMTPException):
        log.exception("An e-mail (%s) could not be sent.", mail)
        return False
    return True

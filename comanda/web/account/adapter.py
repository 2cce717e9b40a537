"""How allauth works here: nobody signs up by themselves, and the audit log is told what happens."""

import base64
import time
from functools import cache
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.lib import emails
from comanda.records import access, audit, installation, users
from comanda.records.models import User
from comanda.web.account import mails

_TOLD: dict[str, tuple[str, Promise]] = {
    "mfa/email/totp_activated": ("second_factor.add", _("Codes of an app are asked for from now on.")),
    "mfa/email/totp_deactivated": ("second_factor.remove", _("Codes of an app are not asked for any more.")),
    "mfa/email/webauthn_added": ("passkey.add", _("A passkey was added.")),
    "mfa/email/webauthn_removed": ("passkey.remove", _("A passkey was removed.")),
    "mfa/email/recovery_codes_generated": ("recovery_codes.make", _("New recovery codes were made.")),
}
"""What allauth tells a user by e-mail → what the audit log calls it, and what we write to them."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth declares no types
    """Signing in and out."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail and this password do not belong together."),
        "incorrect_code": _("This is not the code. The app shows a new one every half minute."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("That was tried too often. Wait five minutes, then try again."),
        "rate_limited": _("That was tried too often. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who this is, if address and password are right; the address may be written in any way."""
        credentials["email"] = _as_kept(str(credentials.get("email", "")))
        user: User | None = super().authenticate(request, **credentials)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        found = users.find(credentials["email"])
        if found:
            audit.note("stranger", "user.sign_in_failed", f"user {found.pk}", ip=self.get_client_ip(request))

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        methods = [record["method"] for record in get_authentication_records(request, user)]
        actor = access.of_user(user).actor
        audit.note(actor, "user.sign_in", f"user {user.pk}", by=methods, ip=self.get_client_ip(request))

    def logout(self, request: HttpRequest) -> None:
        user = get_user(request)
        super().logout(request)
        if isinstance(user, User):
            audit.note(access.of_user(user).actor, "user.sign_out", f"user {user.pk}")

    def is_reauthentication_required(self, *, app: str = "", **options: Any) -> bool:
        """Not within a quarter of an hour after any proof of who one is: signing in is one."""
        records = get_authentication_records(self.request, get_user(self.request))
        latest: float = max((record["at"] for record in records), default=0.0)
        return time.time() - latest > float(app_settings.REAUTHENTICATION_TIMEOUT)

    def send_notification_mail(self, template_prefix: str, user: User, *rest: Any, **more: Any) -> None:
        if template_prefix in _TOLD:
            action, what = _TOLD[template_prefix]
            audit.note(access.of_user(user).actor, action, f"user {user.pk}")
            mails.tell_change(self.request, user.email, str(what))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth declares no types
    """Codes, passkeys and recovery codes; their secrets lie encrypted in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not the code. The app shows a new one every half minute."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  # allauth's name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey {number}").format(number=number)


@cache
def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(installation.key("second factor")))


def _as_kept(email: str) -> str:
    try:
        return emails.normalise(email)
    except ValueError:
        return email

"""How one proves who one is: password, codes of an app, passkeys, recovery codes."""

import ipaddress

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from comanda.web.access import needs, user


@require_safe
@needs()
def security(request: HttpRequest) -> HttpResponse:
    """What is set up."""
    found = list(Authenticator.objects.filter(user_id=user(request).pk).order_by("created_at"))
    by_type = {each.type: each for each in found}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    return render(
        request,
        "account/security.html",
        {
            "app": by_type.get(Authenticator.Type.TOTP),
            "passkeys": [each.wrap() for each in found if each.type == Authenticator.Type.WEBAUTHN],
            "codes": codes,
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
            "can_have_passkeys": can_have_passkeys(request),
        },
    )


def can_have_passkeys(request: HttpRequest) -> bool:
    """Browsers make passkeys for names only, and only where nobody listens in.

    https://www.w3.org/TR/webauthn-3/#relying-party-identifier
    """
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False


@require_safe
@needs()
def passkeys(request: HttpRequest) -> HttpResponse:
    """Passkeys stand on the page of all that is set up."""
    return redirect("mfa_index")

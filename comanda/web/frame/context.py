"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

from comanda import __version__
from comanda.records import access
from comanda.records.models import Role
from comanda.web.frame import navigation


def frame(request: HttpRequest) -> dict[str, Any]:
    """The side, the languages, and what the reader may do: ``can.contacts_write``."""
    user = getattr(request, "user", None)
    told: dict[str, Any] = {
        "version": __version__,
        "languages": [get_language_info(code) | {"code": code} for code, _ in settings.LANGUAGES],
        "can": {},
    }
    if user is None or not user.is_authenticated:
        return told
    role = Role(user.role)
    shown = [*navigation.ENTRIES, *navigation.GROUPS, navigation.SETTINGS]
    return told | {
        "can": {scope.replace(":", "_"): True for scope in access.ROLES[role]},
        "side": navigation.visible(navigation.ENTRIES, role),
        "side_groups": navigation.visible(navigation.GROUPS, role),
        "side_settings": navigation.visible([navigation.SETTINGS], role),
        "here": next((entry.path for entry in shown if entry.leads_to(request.path)), ""),
    }

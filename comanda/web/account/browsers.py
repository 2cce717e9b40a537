"""What people call the browser that says ``Mozilla/5.0 (…)`` of itself."""

import re

from django.utils.translation import gettext

_BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
"""What a user agent holds → what people call it; the first that fits counts."""


def describe(user_agent: str) -> tuple[str, bool]:
    """What to call a browser, and whether it is on a phone or tablet."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    is_mobile = bool(re.search("Mobi|Android|iPhone|iPad", user_agent))
    if browser and system:
        return gettext("{browser} on {system}").format(browser=browser, system=system), is_mobile
    return browser or system or gettext("Unknown browser"), is_mobile

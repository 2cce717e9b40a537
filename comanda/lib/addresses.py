"""The address of a shop as people type or copy it."""

import re
from urllib.parse import urlsplit, urlunsplit

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ADMIN = re.compile(r"/(?:wp-admin|wp-login\.php|index\.php|admin)(?:/.*)?$", re.IGNORECASE)
"""Where the address bar of someone who works in the shop ends."""
_LONGEST = 500


def normalise(typed: str) -> str:
    """``Shop.example/wp-admin/?x`` → ``https://shop.example``; raises ValueError for what is none."""
    text = typed.strip()
    if not _SCHEME.match(text):
        text = f"https://{text}"
    if len(text) > _LONGEST or re.search(r"[\s\x00-\x1f\"<>\\^`{|}]", text):
        raise ValueError(typed)
    parts = urlsplit(text)
    host = parts.hostname
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username is not None:
        raise ValueError(typed)
    if "." not in host and ":" not in host and host != "localhost":
        raise ValueError(typed)
    shown = f"[{host}]" if ":" in host else host
    place = f"{shown}:{parts.port}" if parts.port else shown  # .port raises ValueError itself
    path = _ADMIN.sub("", parts.path).rstrip("/")
    return urlunsplit((parts.scheme.lower(), place, path, "", ""))

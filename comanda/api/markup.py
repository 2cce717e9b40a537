"""Text of docstrings as HTML: paragraphs and code, everything else escaped."""

import re
from collections.abc import Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

_CODE = re.compile(r"(`{1,2})(.+?)\1", re.DOTALL)


def html(text: str) -> SafeString:
    """Paragraphs, with what stands between backticks as code."""
    paragraphs = [part.strip() for part in text.strip().split("\n\n") if part.strip()]
    return joined("", [format_html("<p>{}</p>", _coded(part)) for part in paragraphs])


def text(value: str) -> SafeString:
    """Escaped."""
    return escape(value)


def link(address: str, label: str) -> SafeString:
    """A link."""
    return format_html('<a href="{}">{}</a>', address, label)


def joined(between: str, parts: Sequence[SafeString]) -> SafeString:
    """Safe parts with text between them."""
    return mark_safe(escape(between).join(parts))  # noqa: S308  # each part is escaped already


def _coded(paragraph: str) -> SafeString:
    pieces = []
    last = 0
    for match in _CODE.finditer(paragraph):
        pieces.append(escape(paragraph[last : match.start()]))
        pieces.append(format_html("<code>{}</code>", match[2]))
        last = match.end()
    pieces.append(escape(paragraph[last:]))
    return joined("", pieces)

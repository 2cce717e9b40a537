"""Who did it, in a word."""

import re

from django.utils.translation import gettext


def name_of(actor: str) -> str:
    """What an actor of the audit log is called: ``user 3 (ana@example.com)`` is the address."""
    if actor == "command line":
        return gettext("the command line")
    found = re.fullmatch(r"(?:user|key) \d+ \((.*)\)", actor, re.S)
    return found[1] if found else actor

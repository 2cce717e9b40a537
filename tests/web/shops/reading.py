"""What a page says, without its line breaks."""

import re
from html import unescape
from typing import Any


def text(answer: Any) -> str:
    """The source of a page, spaces as one."""
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))

"""Words compared as people compare them: whatever their case, accents, spaces and dashes."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """``Código do_Pedido`` → ``codigodopedido``: letters and digits only, no accents, lower case."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _NOT_WORD.sub("", bare.casefold())


def shorten(text: str, most: int = 200) -> str:
    """``text`` cut to at most ``most`` characters, for messages."""
    return text if len(text) <= most else text[: most - 1] + "…"

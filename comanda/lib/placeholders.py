"""Addresses that shops write where a buyer gave none: they stand for nobody."""

_DOMAINS = frozenset({"naoinformado.com", "noinformado.com", "localhost.localdomain"})
_LAST_LABELS = frozenset({"invalid", "localhost"})
_LOCAL_PARTS = frozenset(
    {
        "noemail", "no-email", "no_email", "semail", "sememail", "sem-email", "sinemail", "sin-email",
        "sansemail", "noreply", "no-reply", "no_reply", "donotreply", "nao-responda", "naoinformado",
        "noinformado", "nomail",
    }
)  # fmt: skip
_RELAYS = (
    "marketplace.amazon.", "mail.mercadolivre.com", "mail.mercadolibre.com", "members.ebay.",
    "relay.walmart.com", "allegromail.pl", "verkopen.bol.com", "scs.tiktok.com", "scs2.tiktok.com",
    "message.manomano.com",
)  # fmt: skip
"""How the domains begin under which marketplaces hide who bought; Apple's addresses are chosen by people."""


def is_placeholder(email: str) -> bool:
    """Whether a normalised address is a stand-in or a marketplace's relay, never a person's own."""
    local, _, domain = email.rpartition("@")
    return (
        domain in _DOMAINS
        or domain.rpartition(".")[2] in _LAST_LABELS
        or local in _LOCAL_PARTS
        or any(domain.startswith(relay) for relay in _RELAYS)
    )

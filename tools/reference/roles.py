"""The page of roles and scopes, from the table that decides them."""

from comanda.records.access import ROLES, SCOPES
from tools.reference import markdown


def page() -> str:
    """One row a scope: what it allows, and which roles hold it."""
    rows = (
        (markdown.code(scope), str(allows), *("yes" if scope in held else "" for held in ROLES.values()))
        for scope, allows in SCOPES.items()
    )
    return markdown.page(
        "Roles and scopes",
        "What is not given is denied. A person or key has a role, which says what it may do at most. A key "
        "may be made for less: `comanda key create --name till --scope orders:write`.",
        markdown.table(("scope", "allows", *(str(role) for role in ROLES)), rows),
    )

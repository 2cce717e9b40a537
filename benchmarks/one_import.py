"""One import in a process of its own: prints seconds, lines and peak memory as JSON."""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

import django

from benchmarks import peak


def main() -> None:
    """Imports the file named on the command line into the sample store of the database in the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comanda.settings")
    django.setup()
    measures = import_module("benchmarks.imports")
    models = import_module("comanda.records.models")
    store = models.Store.objects.get()
    seconds = measures.take(store, Path(sys.argv[1]))
    most = peak.megabytes()
    lines = models.Import.objects.latest("id").counts["lines"]
    print(json.dumps({"seconds": seconds, "lines": lines, "megabytes": most}))


if __name__ == "__main__":
    main()

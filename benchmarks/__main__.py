"""Sets up a Comanda in a temporary folder, measures, prints a table and writes ``results.json``."""

import argparse
import os
import tempfile
from importlib import import_module
from pathlib import Path

import django


def main() -> None:
    """The command line of the benchmarks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--only", help="only the measures whose name holds this")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results.json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="comanda-bench-") as folder:
        os.environ |= {"COMANDA_DATA": folder, "COMANDA_DATABASE_URL": "", "COMANDA_API_RATE": "10000000"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "comanda.settings"
        django.setup()
        # The measures import models, which exist only once Django is set up.
        import_module("benchmarks.run").run(asked.quick, asked.only or "", asked.results)


if __name__ == "__main__":
    main()

"""All commands of ``comanda``, each in the module of its noun."""

import os
import signal
import sys
from typing import Annotated

import typer
from django.core.exceptions import ObjectDoesNotExist

from comanda import __version__, env
from comanda.cli import access, demo, imports, people, running, serving, shops, stores, upkeep
from comanda.cli.output import Refused, fail
from comanda.ingest.csv_import.undo import CannotUndo
from comanda.lib.postgres import PostgresError
from comanda.records import database
from comanda.records.installation import SecretsDiffer
from comanda.records.stores import StoreRefused

app = typer.Typer(
    name="comanda",
    help="Every order of every shop in one contact database. Exit status: 0 done, 1 refused or found a "
    "difference, 2 wrong use.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
for module in (demo, running, upkeep):
    module.register(app)
app.add_typer(access.users, name="user")
app.add_typer(access.keys, name="key")
shops.register(stores.app)
app.add_typer(stores.app, name="store")
app.add_typer(imports.app, name="import")
app.add_typer(people.contacts, name="contact")
app.add_typer(people.orders, name="order")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"comanda {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    del version


_SAID = (SecretsDiffer, PostgresError, StoreRefused, CannotUndo, ObjectDoesNotExist)


def run() -> None:
    """Runs the command line; what goes wrong in a known way is said in a sentence."""
    signal.signal(signal.SIGTERM, serving.leave)
    try:
        app()
    except Refused as error:
        fail(str(error), error.status)
    except _SAID as error:
        fail(str(error), 1)
    except env.WrongSetting as error:
        fail(str(error), 2)
    except database.LOST as error:
        said = str(error).strip()
        if database.is_full(error):
            fail(f"the disk is full, so the database could not write ({said}). Make room and try again.", 1)
        fail(f"the database cannot be reached: {said}", 1)
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing is left to be flushed to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""`migrate`, `doctor`, `backup` and `restore`: for whoever keeps Comanda running."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import connection

from comanda import __version__, env
from comanda.cli import backups, database
from comanda.cli.access import ACTOR, Json
from comanda.cli.output import Refused, as_json, say, table
from comanda.lib import postgres
from comanda.records import activity, audit

_LEAST_FREE = 1 << 30
_STRAYS = {
    "order lines without an order": """
        SELECT count(*) FROM order_line l WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = l.order_id)""",
    "cart lines without a cart": """
        SELECT count(*) FROM cart_line l WHERE NOT EXISTS (SELECT FROM cart c WHERE c.id = l.cart_id)""",
    "order lines of no known product": """
        SELECT count(*) FROM order_line l WHERE l.product_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM product p WHERE p.id = l.product_id)""",
    "contacts that nothing finds": """
        SELECT count(*) FROM contact c
        WHERE NOT EXISTS (SELECT FROM contact_identity i WHERE i.contact_id = c.id)""",
}
"""What no constraint of the database keeps out → how many there are."""


def migrate() -> None:
    """Bring the database up to date with this version."""
    with database.opened(migrated=False):
        database.migrate()
    say("The database is up to date.")


def doctor(as_document: Json = False) -> None:
    """Look for what is wrong, or soon will be."""
    found = list(_findings())
    if as_document:
        as_json([{"what": what, "good": good, "found": said} for what, good, said in found])
    else:
        table(
            "", ("", "what", "found"), (("ok" if good else "WRONG", what, said) for what, good, said in found)
        )
    if not all(good for _, good, _ in found):
        raise typer.Exit(1)


def _findings() -> Iterator[tuple[str, bool, str]]:
    wrong = [f"unknown: {name}" for name in env.unknown(os.environ)] + list(_wrong_settings())
    yield "settings", not wrong, "; ".join(wrong) or "all known and usable"
    data = settings.DATA_DIR
    free = shutil.disk_usage(data if data.exists() else data.parent).free
    yield "free disk", free > _LEAST_FREE, f"{free / 2**30:.1f} GiB at {data}"
    try:
        with database.opened():
            yield from _database_findings()
    except (Refused, postgres.PostgresError) as error:
        yield "database", False, str(error)


def _wrong_settings() -> Iterator[str]:
    for name in env.SETTINGS:
        try:
            env.get(name)
        except env.WrongSetting as error:
            yield str(error)


def _database_findings() -> Iterator[tuple[str, bool, str]]:
    with connection.cursor() as cursor:
        for name, wanted in (("server_version_num", "150000"), ("fsync", "on"), ("synchronous_commit", "on"),
                             ("full_page_writes", "on"), ("server_encoding", "UTF8")):  # fmt: skip
            cursor.execute(f"SHOW {name}")
            value = cursor.fetchone()[0]
            yield (
                f"PostgreSQL {name}",
                int(value) >= int(wanted) if wanted.isdigit() else value == wanted,
                value,
            )
        for what, question in _STRAYS.items():
            cursor.execute(question)
            count = cursor.fetchone()[0]
            yield what, count == 0, f"{count:,}"


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; one that is there is replaced.")],
) -> None:
    """Write everything into one file: the database and the secrets."""
    with database.opened() as server:
        size = backups.write(file, server.dsn if server else env.get("database_url"), settings.DATA_DIR)
        audit.note(ACTOR, "backup", str(file))
    say(f"{file}: {size / 2**20:,.1f} MiB. Keep it safe: whoever has it has everything.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in place of everything that is here."""
    if not file.is_file():
        raise Refused(f"{file}: there is no such file.")
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"Replace everything in {settings.DATA_DIR}?")):
        raise Refused("Nothing was changed. To replace everything here without being asked: --yes")
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with database.opened(migrated=False) as server:
        connection.close()
        about = backups.read(file, server.dsn if server else env.get("database_url"), settings.DATA_DIR)
        database.migrate()
        activity.begin_era()
        audit.note(ACTOR, "restore", str(file))
    say(f"Restored from a backup of Comanda {about.get('comanda', '?')}; this is {__version__}.")


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    commands: tuple[Callable[..., None], ...] = (migrate, doctor, backup, restore)
    for command in commands:
        app.command()(command)

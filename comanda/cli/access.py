"""`user` and `key`: who may come in."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from comanda.cli import database, serving
from comanda.cli.output import Refused, as_json, moment, say, table
from comanda.records import audit, welcome
from comanda.records import keys as key_records
from comanda.records import users as user_records
from comanda.records.models import ApiKey, Role, User

users = typer.Typer(help="People who use Comanda.", no_args_is_help=True)
keys = typer.Typer(help="API keys for programs.", no_args_is_help=True)
ACTOR = "command line"
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@users.command("create")
def create_user(
    email: Annotated[str, typer.Option(help="What they sign in with.")],
    name: Annotated[str, typer.Option(help="What to call them.")] = "",
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.OWNER,
    password: Annotated[
        str,
        typer.Option(
            help="Their password. Better left out: then it is asked for, or read from standard input, "
            "and does not show in the list of processes."
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Add a person."""
    secret = password or _read_password()
    with database.opened():
        try:
            made = user_records.create(email, name, role, secret)
        except ValueError as error:
            raise Refused(f"The user was not made: {error}") from None
        audit.note(ACTOR, "user.create", f"user {made.pk}", role=role)
        if json:
            as_json({"id": made.pk, "email": made.email, "role": made.role})
        else:
            say(f"{made.email} can sign in as {made.role}.")


@users.command("list")
def list_users(json: Json = False) -> None:
    """List who may sign in."""
    columns = ("id", "email", "name", "role", "is_active", "last_login")
    with database.opened():
        found = list(User.objects.order_by("id").values(*columns))
    if json:
        as_json(found)
        return
    table(
        "",
        ("id", "e-mail", "name", "role", "active", "last signed in"),
        (
            [*(row[c] for c in columns[:4]), "yes" if row["is_active"] else "no", moment(row["last_login"])]
            for row in found
        ),
        right=("id",),
    )
    if not found:
        say("Nobody can sign in yet. Print a link by which someone becomes the owner: comanda user link")


@users.command("link")
def make_link(
    email: Annotated[
        str, typer.Argument(metavar="[E-MAIL]", help="Whose; left out while there is nobody yet.")
    ] = "",
    json: Json = False,
) -> None:
    """Print a link by which someone who lost their password sets a new one; it works once."""
    with database.opened():
        if email:
            token = welcome.reset_link(_user(email), by=ACTOR)
        elif user_records.exist():
            raise Refused("Say whose link it is to be: comanda user link E-MAIL. See: comanda user list")
        else:
            token = welcome.first_owner_link(by=ACTOR)
    address = serving.link(token)
    if json:
        as_json({"link": address})
    else:
        typer.echo(address)


@users.command("drop-second-factor")
def drop_second_factor(email: Annotated[str, typer.Argument(metavar="E-MAIL", help="Whose.")]) -> None:
    """Let someone who lost their phone and their recovery codes sign in with the password alone."""
    with database.opened():
        count = user_records.drop_second_factor(_user(email), by=ACTOR)
    say(f"{email} signs in with the password alone." if count else f"{email} had no second factor.")


def _user(email: str) -> User:
    found = user_records.find(email)
    if found is None:
        raise Refused(f"{email} is no user. See: comanda user list")
    if not found.is_active:
        raise Refused(f"{email} was deactivated, and cannot sign in.")
    return found


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="What the key is for.")],
    role: Annotated[Role, typer.Option(help="What it may do at most.")] = Role.OWNER,
    scope: Annotated[
        list[str] | None, typer.Option(help="Only this scope; may be given more than once.")
    ] = None,
    days: Annotated[int | None, typer.Option(help="After how many days it expires.", min=1)] = None,
    json: Json = False,
) -> None:
    """Make an API key and print it: it is shown this once."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    with database.opened():
        try:
            made, token = key_records.create(name, role=role, scopes=scope or (), expires_at=expires_at)
        except ValueError as error:
            raise Refused(f"The key was not made: {error}.") from None
        audit.note(ACTOR, "key.create", f"key {made.pk}", name=name, role=role)
        if json:
            as_json({"id": made.pk, "name": name, "role": role, "scopes": made.scopes, "key": token})
        else:
            typer.echo(token)


@keys.command("list")
def list_keys(json: Json = False) -> None:
    """List the keys, without their secrets."""
    columns = ("id", "name", "prefix", "role", "created_at", "expires_at", "revoked_at", "last_used_at")
    with database.opened():
        found = list(ApiKey.objects.order_by("id").values(*columns))
    if json:
        as_json(found)
        return
    table(
        "",
        ("id", "name", "begins with", "role", "expires", "revoked", "last used"),
        ([*(row[c] for c in columns[:4]), *(moment(row[c])[:10] for c in columns[5:])] for row in found),
        right=("id",),
    )
    if not found:
        say("No key yet. Make one: comanda key create --name NAME")


@keys.command("revoke")
def revoke_key(key_id: Annotated[int, typer.Argument(help="The key's id, as `key list` shows it.")]) -> None:
    """Withdraw a key for good."""
    with database.opened():
        if not key_records.revoke(key_id):
            raise Refused(f"There is no key {key_id} that could be revoked. See: comanda key list")
        audit.note(ACTOR, "key.revoke", f"key {key_id}")
    say(f"Key {key_id} opens nothing any more.")

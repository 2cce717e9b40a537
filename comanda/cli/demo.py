"""`demo`: Comanda with the sample shop in it."""

import json
import re
import socket
import threading
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from django.conf import settings

from comanda import env
from comanda.cli import connecting, database, import_report, imports, serving
from comanda.cli.access import Json
from comanda.cli.output import Refused, as_json, note, say
from comanda.demo import shop
from comanda.ingest.csv_import import imports as import_records
from comanda.jobs.worker import Worker
from comanda.lib import secrets, workdir
from comanda.records import connections, keys, stores, users, welcome
from comanda.records.models import Import, ImportState, Role, Store

_DEMO_USER = "demo@example.com"


def demo(
    check: Annotated[
        bool,
        typer.Option("--check", help="Import, serve on a free port, ask the API for the totals, and leave."),
    ] = False,
    host: Annotated[str | None, typer.Option(help="The address to listen on (COMANDA_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on (COMANDA_PORT).")] = None,
    shops: Annotated[
        Path | None,
        typer.Option(
            help="Shops to connect besides: a JSON list of objects with key, name, platform, url and fields."
        ),
    ] = None,
    as_document: Json = False,
) -> None:
    """Run Comanda with the sample shop: half a million real order lines."""
    door = serving.listen(
        host or env.get("host"), 0 if check else (env.get("port") if port is None else port)
    )
    with database.opened():
        loaded = load(quiet=as_document)
        made, token = keys.create("demo", expires_at=datetime.now(UTC) + timedelta(days=30))
        if check:
            try:
                _check(door, token, loaded, as_document)
            finally:
                keys.revoke(made.pk)
            return
        for each in json.loads(shops.read_text(encoding="utf-8")) if shops else []:
            _connect(**each)
        _tell_sign_in(serving.address(door))
        say(f"Your API key for this demo (30 days): {token}")
        say(f"Try: .venv/bin/comanda contact show c17850@example.com  (data folder: {settings.DATA_DIR})")
        serving.stay(door, Worker())


def _connect(key: str, name: str, platform: str, url: str, fields: dict[str, str]) -> None:
    """Connects one more shop, or finds it at the address that it has now."""
    store = stores.find(key)
    try:
        if store is None:
            connecting.add(key, {"name": name, "platform": platform, "url": url}, fields)
        else:
            stores.edit(store, url=url)
            connections.connect(store, fields)
    except Refused as refused:
        note(f"{name} was not connected: {refused}")
    else:
        say(f"{name} ({platform}) is connected, and goes on selling.")


def _tell_sign_in(where: str) -> None:
    """Makes the demo's user if need be, and prints how to sign in as them."""
    password = f"demo-{secrets.load(settings.DATA_DIR / 'secrets' / 'demo-password')[:12]}"
    user = users.find(_DEMO_USER) or users.create(_DEMO_USER, "Demo", Role.OWNER, password)
    if not user.is_active:
        return
    say(f"Sign in, once: {serving.link(welcome.sign_in_link(user, by='demo'), where)}")
    if user.check_password(password):
        say(f"or, at any time, as {_DEMO_USER} with the password {password}")


def load(*, quiet: bool) -> Store:
    """The sample shop, brought in by the ordinary import unless it is there already."""
    store = stores.find(shop.STORE["key"]) or stores.create(**shop.STORE)
    if Import.objects.filter(store=store, state=ImportState.DONE, dry_run=False).exists():
        if not quiet:
            note("The sample shop is there already.")
        return store
    yesterday = datetime.now(ZoneInfo(shop.STORE["timezone"])).date() - timedelta(days=1)
    with workdir.opened(settings.DATA_DIR / "work", "demo") as folder:
        file = folder / "online-retail.csv"
        if not quiet:
            note("Sample shop: Online Retail, Daqing Chen, UCI Machine Learning Repository, CC BY 4.0.")
        shop.write(file, yesterday)
        job = imports.take(store.key, file, shop.OPTIONS, quiet=quiet)
        if job.state != ImportState.DONE:
            raise Refused(f"The sample shop did not come in: {job.error}")
        if not quiet:
            import_report.tell(job, import_records.summary(job.pk), None)
    return store


def _check(door: socket.socket, token: str, store: Store, as_document: bool) -> None:
    """Serves for a moment, compares the totals that the API tells with the set's figures, opens a page."""
    server = serving.web_server(door)
    threading.Thread(target=_answer, args=(server,), name="web", daemon=True).start()
    where = serving.address(door)
    found: dict[str, Any] = json.loads(_ask(f"{where}/api/v1/stores/{store.key}", token))
    told = {key: found.get(key) for key in shop.EXPECTED}
    for script in re.findall(r'src="(/static/[^"]+)"', _ask(f"{where}/sign-in", token)):
        _ask(f"{where}{script}", token)
    server.task_dispatcher.shutdown()
    server.close()
    if as_document:
        as_json({"expected": shop.EXPECTED, "found": told, "met": told == shop.EXPECTED})
        if told != shop.EXPECTED:
            raise typer.Exit(1)
    elif told != shop.EXPECTED:
        raise Refused(f"The API tells {told}; the set holds {shop.EXPECTED}.")
    else:
        say(f"The API tells what the set holds: {json.dumps(told)}")


def _answer(server: Any) -> None:
    """Serves until the socket is closed, even while it is being waited for."""
    with suppress(OSError):
        server.run()


def _ask(url: str, token: str) -> str:
    """The answer; raises HTTPError for one of an error."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  # our own server
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        text: str = answer.read().decode()
    return text


def register(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command()(demo)

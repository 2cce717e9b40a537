"""`serve`, `web` and `worker`."""

from typing import Annotated

import typer

from comanda.cli import serving

Host = Annotated[str | None, typer.Option(help="The address to listen on (COMANDA_HOST).")]
Port = Annotated[int | None, typer.Option(help="The port to listen on (COMANDA_PORT); 0 takes a free one.")]


def serve(host: Host = None, port: Port = None) -> None:
    """Run everything in one process: web and worker, with PostgreSQL beside it."""
    serving.run(web=True, worker=True, host=host, port=port)


def web(host: Host = None, port: Port = None) -> None:
    """Answer requests only; run as many as wanted over one PostgreSQL."""
    serving.run(web=True, worker=False, host=host, port=port)


def worker() -> None:
    """Do jobs only; run as many as wanted over one PostgreSQL."""
    serving.run(web=False, worker=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    for command in (serve, web, worker):
        app.command()(command)

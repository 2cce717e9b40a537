"""The page of the command line, from the Typer app."""

from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from comanda.cli.commands import app
from tools.reference import markdown

Path = tuple[str, ...]

_CALLED: dict[Path, Path] = {("comanda", "import", "file"): ("comanda", "import")}
"""Commands that are called without their last word."""


def page() -> str:
    """Every command with its arguments and options, as ``--help`` tells them."""
    root = get_command(app)
    return markdown.page(
        "Command line",
        root.help or "",
        "`comanda --help`, `comanda import --help` and so on tell the same. "
        "`comanda --install-completion` lets the shell complete commands and options.",
        *(block for path, command in walk(root, ("comanda",)) for block in _command(path, command)),
    )


def walk(command: object, path: Path) -> Iterator[tuple[Path, TyperCommand]]:
    """Every command that does something, with the words that call it."""
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            yield from walk(child, (*path, name))
    elif isinstance(command, TyperCommand):
        yield _CALLED.get(path, path), command


def _command(path: Path, command: TyperCommand) -> Iterator[str]:
    context = typer.Context(command, info_name=path[-1])
    arguments = [each for each in command.params if isinstance(each, TyperArgument)]
    options = [each for each in command.params if isinstance(each, TyperOption)]
    usage = [piece for each in arguments for piece in each.get_usage_pieces(context)]
    yield f"## {' '.join(path)}"
    yield f"```\n{' '.join([*path, *(['[OPTIONS]'] if options else []), *usage])}\n```"
    yield command.help or ""
    yield markdown.table(("argument", "meaning"), _records(context, arguments))
    yield markdown.table(("option", "meaning"), _records(context, options))


def _records(
    context: typer.Context, parameters: list[TyperArgument] | list[TyperOption]
) -> Iterator[tuple[str, str]]:
    for parameter in parameters:
        record = parameter.get_help_record(context)
        if record:
            yield markdown.code(record[0]), record[1]

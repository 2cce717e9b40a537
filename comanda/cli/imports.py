"""`import`: files in, and back out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typer.core import TyperGroup

from comanda.cli import database
from comanda.cli.access import ACTOR, Json
from comanda.cli.output import Refused, as_json, console, count, errors, note, say, table
from comanda.cli.stores import find
from comanda.ingest.csv_import import imports, problem_rows, run, undo
from comanda.ingest.csv_import.problems import Severity
from comanda.records.models import Import, ImportState

_SHOWN = 10
_IN_JSON = 20
_STAGES = {"reading": "Reading", "staging": "Sorting", "writing": "Writing"}


class _FileFirst(TyperGroup):
    """``import FILE`` beside ``import undo ID``: what is no subcommand is the file."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the hidden subcommand before what is to be imported."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["file", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_FileFirst,
    help="Bring a file of orders in: comanda import FILE --store KEY. Take it back: comanda import undo ID.",
    no_args_is_help=True,
)


@app.command("file")
def bring(
    file: Annotated[Path, typer.Argument(help="A .csv, .csv.gz, .csv.zst or .zip with one CSV.")],
    store: Annotated[str, typer.Option(help="The key of the store that the orders are of.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; tell what would be.")] = False,
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Which column is which field.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="One value for all rows.")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Write the refused rows to this file, to be mended.")
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="What parts the columns, if it is not found.")] = None,
    encoding: Annotated[str | None, typer.Option(help="The text encoding, if it is not found.")] = None,
    decimal: Annotated[str | None, typer.Option(help="The decimal mark: . or ,")] = None,
    date_order: Annotated[str | None, typer.Option(help="dmy or mdy, where dates do not tell.")] = None,
    json: Json = False,
) -> None:
    """Bring a file of orders into a store. The same command goes on with an import that was cut off."""
    options = {
        "mapping": _pairs("--map", map_ or []),
        "constants": _pairs("--set", set_ or []),
        "delimiter": {"tab": "\t", r"\t": "\t"}.get(delimiter or "", delimiter),
        "encoding": encoding,
        "decimal": decimal,
        "date_order": date_order,
    }
    with database.opened():
        job = take(store, file, options, dry_run=dry_run, quiet=json)
        if rejects:
            _write_rejects(job.id, rejects)
        summary = imports.summary(job.id)
        if json:
            found = imports.problems(job.id).values("row", "column", "value", "severity", "expected", "mend")
            as_json({**summary, "problems": list(found[:_IN_JSON])})
        else:
            tell(job, summary, rejects)
    if job.state != ImportState.DONE or summary["refused"]:
        raise typer.Exit(1)


def _pairs(option: str, given: list[str]) -> dict[str, str]:
    pairs = {}
    for each in given:
        field, found, value = each.partition("=")
        if not found or not field:
            raise typer.BadParameter(f"{option} {each}: expected FIELD=VALUE")
        pairs[field] = value
    return pairs


def take(
    store_key: str, file: Path, options: dict[str, Any], *, dry_run: bool = False, quiet: bool = False
) -> Import:
    """Runs an import with a progress bar, going on with one that was cut off."""
    store = find(store_key)
    if not file.is_file():
        raise Refused(f"{file} is a folder." if file.is_dir() else f"{file}: there is no such file.")
    try:
        job = None if dry_run else imports.find_unfinished(store, file, options, created_by=ACTOR)
        if job:
            note(f"Import {job.id} was cut off; it goes on.")
            job.file_path = str(file.resolve())
            job.save(update_fields=["file_path"])
        else:
            job = imports.create(
                store, file, file.name, options, dry_run=dry_run, created_by=ACTOR, keep_file=False
            )
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    with _bar(quiet) as progress:
        try:
            return run.run(job.id, progress)
        except run.AlreadyRunning as error:
            raise Refused(f"{error} See: comanda import show {job.id}") from None
        except run.Stopped as error:
            raise Refused(f"{error} Make room; then the same command goes on where it was.") from None
        except KeyboardInterrupt:
            raise Refused("Stopped. The same command goes on where it was; nothing comes twice.") from None


@contextmanager
def _bar(quiet: bool) -> Iterator[run.Progress | None]:
    """A bar on standard error: how much, how fast, how long still."""
    if quiet:
        yield None
        return
    columns = (
        TextColumn("{task.description:8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors) as bar:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                unit = "bytes" if stage == "reading" else "rows"
                tasks[stage] = bar.add_task(_STAGES.get(stage, stage), total=None, unit=unit, rate="")
            speed = next(task.speed for task in bar.tasks if task.id == tasks[stage])
            bar.update(
                tasks[stage], completed=done, total=total or None, rate=f"{speed:,.0f}/s" if speed else ""
            )

        yield report


def tell(job: Import, summary: dict[str, Any], rejects: Path | None) -> None:
    """The result for a person."""
    if job.state == ImportState.FAILED:
        note(f"Import {job.id} failed and wrote nothing.")
        for problem in imports.problems(job.id)[:_SHOWN]:
            note(f"  {problem_rows.sentence(problem)}")
        return
    would = "would be " if job.dry_run else ""
    say(f"Import {job.id} into {job.store.key}{' (dry run: nothing was written)' if job.dry_run else ''}: "
        f"{count(summary['rows'], 'row')} in {summary['seconds']:.1f} s "
        f"({summary['rows'] / max(summary['seconds'], 0.001):,.0f} rows/s).")  # fmt: skip
    nouns = ("orders", "contacts", "products")
    table(
        "",
        ("", f"{would}created", f"{would}updated", "unchanged"),
        (
            [noun, *(f"{summary[noun].get(k, 0):,}" for k in ("created", "updated", "unchanged"))]
            for noun in nouns
        ),
        right=(f"{would}created", f"{would}updated", "unchanged"),
    )
    refused = summary["refused"]
    say(
        f"{count(summary['lines'], 'line')} {'would come' if job.dry_run else 'came'} in, "
        f"{count(refused, 'row')} {'was' if refused == 1 else 'were'} refused; "
        f"{count(summary['warnings'], 'warning')}."
    )
    _tell_problems(job, summary, rejects)
    if not job.dry_run:
        say(f"To take it back: comanda import undo {job.id}")


def _tell_problems(job: Import, summary: dict[str, Any], rejects: Path | None) -> None:
    own = imports.problems(job.id).exclude(code=problem_rows.ALONG.code)
    refused = own.filter(severity=Severity.REFUSED)
    for problem in [*refused[:_SHOWN], *own.filter(severity=Severity.WARNING)[:_SHOWN]]:
        say(f"  {problem.severity}: {problem_rows.sentence(problem)}")
    if summary["refused"] and not rejects:
        say(f"All refused rows, to be mended: comanda import rejects {job.id} FILE")
    elif summary["refused"]:
        say(
            f"The refused rows are in {rejects}. Mend them there, then: "
            f"comanda import {rejects} --store {job.store.key}"
        )


def _write_rejects(import_id: int, file: Path) -> None:
    try:
        with file.open("wb") as out:
            out.writelines(problem_rows.rejects(import_id))
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from None


def _find(import_id: int) -> Import:
    job = Import.objects.select_related("store").filter(id=import_id).first()
    if job is None:
        raise Refused(f"There is no import {import_id}. See: comanda import list")
    return job


@app.command("undo")
def take_back(import_id: Annotated[int, typer.Argument(help="The import's id.")], json: Json = False) -> None:
    """Take an import back: what it made disappears, what it changed goes back to what it was."""
    with database.opened():
        told = undo.undo(_find(import_id).pk, ACTOR)
    if json:
        as_json(told)
    else:
        nouns = ("orders", "contacts", "products")
        table(f"Import {import_id} is undone.", ("", "removed", "restored", "kept"),
              ([noun, *(f"{told[noun][k]:,}" for k in ("removed", "restored", "kept"))] for noun in nouns),
              right=("removed", "restored", "kept"))  # fmt: skip
        if told["kept_orders"]:
            say(f"Kept, because they were changed since: {', '.join(told['kept_orders'])}")
    if told["orders"]["kept"]:
        raise typer.Exit(1)


@app.command("list")
def list_imports(json: Json = False) -> None:
    """List the imports, latest first."""
    columns = ("id", "store", "file_name", "state", "created_at", "rows", "refused")
    with database.opened():
        found = [
            {"id": job.pk, "store": job.store.key, "file_name": job.file_name, "state": job.state,
             "created_at": job.created_at, "rows": job.counts.get("rows", 0),
             "refused": job.counts.get("refused", 0)}
            for job in Import.objects.select_related("store").order_by("-id")[:200]
        ]  # fmt: skip
    if json:
        as_json(found)
    else:
        table(
            "",
            columns,
            (
                [
                    *(row[c] for c in columns[:4]),
                    f"{row['created_at']:%Y-%m-%d %H:%M}",
                    row["rows"],
                    row["refused"],
                ]
                for row in found
            ),
            right=("id", "rows", "refused"),
        )


@app.command("show")
def show(import_id: Annotated[int, typer.Argument(help="The import's id.")], json: Json = False) -> None:
    """Show how an import went, or how far it is."""
    with database.opened():
        job = _find(import_id)
        summary = imports.summary(import_id)
        if json:
            as_json(summary)
        else:
            say(f"State: {job.state}")
            tell(job, summary, None)


@app.command("rejects")
def rejects_of(
    import_id: Annotated[int, typer.Argument(help="The import's id.")],
    file: Annotated[
        Path | None, typer.Argument(help="Where to write them; standard output if left out.")
    ] = None,
) -> None:
    """Write the refused rows as a CSV file that, once mended, imports as it is."""
    with database.opened():
        _find(import_id)
        if file:
            _write_rejects(import_id, file)
            console.print(f"Written: {file}", markup=False)
        else:
            sys.stdout.buffer.writelines(problem_rows.rejects(import_id))

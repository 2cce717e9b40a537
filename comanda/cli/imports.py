"""`import`: files in, and back out."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from comanda.cli import database, import_report
from comanda.cli.access import ACTOR, Json
from comanda.cli.output import Refused, as_json, count, moment, note, say, table
from comanda.cli.progress import bars
from comanda.cli.stores import find
from comanda.ingest.csv_import import imports, problem_rows, run, undo
from comanda.records.models import Import, ImportState
from comanda.records.stores import StoreClosed

_IN_JSON = 20
_STAGES = {
    "reading": "Reading",
    "staging": "Sorting",
    "examining": "Looking",
    "writing": "Writing",
    "undoing": "Undoing",
}


class _FileFirst(TyperGroup):
    """``import FILE`` beside ``import undo ID``: what is no subcommand is the file."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the subcommand before what is to be imported."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["file", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_FileFirst,
    help="Bring a file of orders in: comanda import FILE --store KEY. Its options: comanda import FILE "
    "--help. Take it back: comanda import undo ID.",
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
    _check_rejects(rejects, file)
    with database.opened():
        job = take(store, file, options, dry_run=dry_run, quiet=json)
        if rejects:
            _write_rejects(job, rejects)
        summary = imports.summary(job.id)
        if json:
            as_json({**summary, "problems": _first_problems(job.id)})
        else:
            import_report.tell(job, summary, rejects)
    if job.state != ImportState.DONE or summary["refused"]:
        raise typer.Exit(1)


def _pairs(option: str, given: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for each in given:
        field, found, value = each.partition("=")
        if not found or not field.strip():
            raise typer.BadParameter(f"{option} {each}: expected FIELD=VALUE")
        if pairs.setdefault(field.strip(), value) != value:
            raise typer.BadParameter(f"{option}: {field.strip()} is given twice")
    return pairs


def _first_problems(import_id: int) -> list[dict[str, Any]]:
    columns = ("row", "column", "value", "severity", "code", "expected", "mend")
    return list(imports.problems(import_id).values(*columns)[:_IN_JSON])


def take(
    store_key: str, file: Path, options: dict[str, Any], *, dry_run: bool = False, quiet: bool = False
) -> Import:
    """Runs an import with a progress bar, going on with one that was cut off."""
    job = _ask(store_key, file, options, dry_run=dry_run)
    with bars(_STAGES, quiet=quiet) as progress:
        try:
            return run.run(job.pk, progress)
        except run.AlreadyRunning as error:
            raise Refused(f"{error} See: comanda import show {job.pk}") from None
        except run.Stopped as error:
            raise Refused(f"{error} Make room; then the same command goes on where it was.") from None
        except (KeyboardInterrupt, SystemExit) as error:
            raise Refused(_stopped(job), _status(error)) from None


def _ask(store_key: str, file: Path, options: dict[str, Any], *, dry_run: bool) -> Import:
    store = find(store_key)
    if not file.is_file():
        raise Refused(f"{file} is a folder." if file.is_dir() else f"{file}: there is no such file.")
    try:
        job = None if dry_run else imports.find_unfinished(store, file, options, created_by=ACTOR)
        if job is None:
            return imports.create(
                store, file, file.name, options, dry_run=dry_run, created_by=ACTOR, keep_file=False
            )
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    except StoreClosed as closed:
        raise Refused(str(closed)) from None
    job.file_path = str(file.resolve())
    job.save(update_fields=["file_path"])
    note(f"Going on with import {job.pk}: {count(job.counts.get('rows', 0), 'row')} came in before.")
    return job


def _stopped(job: Import) -> str:
    if job.dry_run:
        return "Stopped. It was a dry run: nothing was written."
    return (
        f"Stopped. The same command goes on where it was, and nothing comes twice. "
        f"To take back what came in: comanda import undo {job.pk}"
    )


def _status(ended_by: BaseException) -> int:
    """The exit status after Ctrl-C, or after SIGTERM (which has set it already)."""
    return ended_by.code if isinstance(ended_by, SystemExit) and isinstance(ended_by.code, int) else 130


def _check_rejects(rejects: Path | None, file: Path) -> None:
    """Says before anything is imported that the refused rows cannot go there."""
    if rejects is None:
        return
    if rejects.is_dir() or not rejects.absolute().parent.is_dir():
        raise Refused(f"--rejects {rejects}: expected a file in a folder that is there.")
    if rejects.exists() and file.exists() and rejects.samefile(file):
        raise Refused(f"--rejects {rejects}: that is the file to be imported. Choose another name.")


def _write_rejects(job: Import, file: Path) -> None:
    """Writes them whole or not at all."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as out:
            out.writelines(problem_rows.rejects(job.pk))
        draft.replace(file)
    except OSError as error:
        raise Refused(
            f"{file} was not written: {error.strerror}. Import {job.pk} is {job.state}; "
            f"its refused rows: comanda import rejects {job.pk} FILE"
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def _find(import_id: int) -> Import:
    job = Import.objects.select_related("store").filter(id=import_id).first()
    if job is None:
        raise Refused(f"There is no import {import_id}. See: comanda import list")
    return job


_Id = Annotated[int, typer.Argument(help="The import's id.")]


@app.command("undo")
def take_back(import_id: _Id, json: Json = False) -> None:
    """Take an import back: what it made disappears, what it changed goes back to what it was."""
    with database.opened():
        job = _find(import_id)
        with bars(_STAGES, quiet=json) as report:
            progress = (lambda done, total: report("undoing", done, total)) if report else None
            try:
                told = undo.undo(job.pk, ACTOR, progress)
            except (KeyboardInterrupt, SystemExit) as error:
                finish = f"To finish: comanda import undo {import_id}"
                raise Refused(f"Stopped half-way. {finish}", _status(error)) from None
    if json:
        as_json(told)
    else:
        _tell_undone(import_id, told)
    if told["orders"]["kept"]:
        raise typer.Exit(1)


def _tell_undone(import_id: int, told: dict[str, Any]) -> None:
    headers = ("removed", "restored", "kept")
    say(f"Import {import_id} is undone.")
    table(
        "",
        ("", *headers),
        ([noun, *(f"{told[noun][key]:,}" for key in headers)] for noun in ("orders", "contacts", "products")),
        right=headers,
    )
    if kept := told["orders"]["kept"]:
        ids = ", ".join(told["kept_orders"])
        more = f" and {kept - len(told['kept_orders']):,} more" if kept > len(told["kept_orders"]) else ""
        say(f"Kept, because they were changed since: {ids}{more}")


@app.command("list")
def list_imports(json: Json = False) -> None:
    """List the imports, latest first."""
    with database.opened():
        found = [
            {
                "id": job.pk,
                "store": job.store.key,
                "file_name": job.file_name,
                "state": job.state,
                "dry_run": job.dry_run,
                "created_at": job.created_at,
                "rows": job.counts.get("rows", 0),
                "refused": job.counts.get("refused", 0),
                "timezone": job.store.timezone,
            }
            for job in Import.objects.select_related("store").order_by("-id")[:200]
        ]
    if json:
        as_json(found)
        return
    headers = ("id", "store", "file", "state", "begun", "rows", "refused")
    table("", headers, map(_cells, found), right=("id", "rows", "refused"))


def _cells(job: dict[str, Any]) -> list[str]:
    state = f"{job['state']} (dry)" if job["dry_run"] else job["state"]
    begun = moment(job["created_at"], job["timezone"])
    return [
        str(job["id"]),
        job["store"],
        job["file_name"],
        state,
        begun,
        f"{job['rows']:,}",
        f"{job['refused']:,}",
    ]


@app.command("show")
def show(import_id: _Id, json: Json = False) -> None:
    """Show how an import went, or how far it is."""
    with database.opened():
        job = _find(import_id)
        summary = imports.summary(import_id)
        if json:
            as_json({**summary, "problems": _first_problems(import_id)})
        else:
            import_report.show(job, summary)


@app.command("rejects")
def rejects_of(
    import_id: _Id,
    file: Annotated[
        Path | None, typer.Argument(help="Where to write them; standard output if left out.")
    ] = None,
) -> None:
    """Write the refused rows as a CSV file that, once mended, imports as it is."""
    with database.opened():
        job = _find(import_id)
        if file:
            _write_rejects(job, file)
            say(f"Written: {file}")
        else:
            sys.stdout.buffer.writelines(problem_rows.rejects(import_id))
            sys.stdout.flush()

"""How an import went, told to a person."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from comanda.cli.output import count, note, say, table
from comanda.ingest.csv_import import imports, problem_rows
from comanda.ingest.csv_import.problems import Severity
from comanda.records.models import UNFINISHED, Import, ImportProblem, ImportState

_SHOWN = 10
_WORTH_A_RATE = 1_000
_OPTIONS = {
    "decimal_undecided": "Say which: --decimal . or --decimal ,",
    "decimal_contradicted": "Write them alike; or say --decimal . or --decimal , "
    "and rows that do not fit are refused one by one.",
    "date_order_undecided": "Say which: --date-order dmy (day first) or --date-order mdy (month first).",
    "date_order_contradicted": "Write them alike; or say --date-order dmy or --date-order mdy, "
    "and rows that do not fit are refused one by one.",
    "undecodable": "Save the file as UTF-8, or name its encoding: --encoding windows-1252",
}
"""What to do about a problem with the whole file, in words of the command line."""

Print = Callable[[str], None]


def tell(job: Import, summary: dict[str, Any], rejects: Path | None) -> None:
    """All that came of an import."""
    if job.state == ImportState.FAILED:
        _tell_failure(job, summary, note)
    else:
        _tell_counts(job, summary)
        _tell_problems(job, summary, rejects)
        if job.state == ImportState.DONE and not job.dry_run:
            say(f"To take it back: comanda import undo {job.pk}")


def show(job: Import, summary: dict[str, Any]) -> None:
    """The same later on, whatever state it is in."""
    say(f"{job.file_name}: {job.state}.")
    if job.state == ImportState.FAILED:
        _tell_failure(job, summary, say)
        return
    _tell_counts(job, summary)
    _tell_problems(job, summary, None)
    if job.state in UNFINISHED:
        say("It is under way, or was cut off; the command that began it goes on where it was.")


def _tell_failure(job: Import, summary: dict[str, Any], tell_line: Print) -> None:
    if summary["rows"]:
        tell_line(
            f"Import {job.pk} did not come to its end. {count(summary['rows'], 'row')} had been read before: "
            f"to take back what they brought: comanda import undo {job.pk}"
        )
    else:
        tell_line(f"Import {job.pk} failed and wrote nothing.")
    problems = list(imports.problems(job.pk)[:_SHOWN])
    for problem in problems:
        tell_line(f"  {_sentence(problem)}")
    if not problems:
        tell_line(f"  {job.error}")


def _tell_counts(job: Import, summary: dict[str, Any]) -> None:
    rows, seconds, would = summary["rows"], summary["seconds"], "would be " if job.dry_run else ""
    rate = f" ({rows / max(seconds, 0.001):,.0f} rows/s)" if rows >= _WORTH_A_RATE else ""
    say(
        f"Import {job.pk} into {job.store.key}"
        f"{' (dry run: nothing was written)' if job.dry_run else ''}: "
        f"{count(rows, 'row')} in {seconds:.1f} s{rate}."
    )
    headers = (f"{would}created", f"{would}updated", "unchanged")
    table(
        "",
        ("", *headers),
        (
            [noun, *(f"{summary[noun][key]:,}" if key in summary[noun] else "" for key in _OUTCOMES)]
            for noun in ("orders", "contacts", "products")
        ),
        right=headers,
    )
    refused = summary["refused"]
    say(
        f"{count(summary['lines'], 'line')} {'would come' if job.dry_run else 'came'} in, "
        f"{count(refused, 'row')} {'was' if refused == 1 else 'were'} refused; "
        f"{count(summary['warnings'], 'warning')}."
    )


_OUTCOMES = ("created", "updated", "unchanged")


def _tell_problems(job: Import, summary: dict[str, Any], rejects: Path | None) -> None:
    own = imports.problems(job.pk).exclude(code=problem_rows.ALONG.code)
    for severity in (Severity.REFUSED, Severity.WARNING):
        of_kind = own.filter(severity=severity)
        for problem in of_kind[:_SHOWN]:
            say(f"  {problem.severity}: {_sentence(problem)}")
        if (more := of_kind.count() - _SHOWN) > 0:
            say(f"  … and {more:,} more {'refusals' if severity is Severity.REFUSED else 'warnings'}.")
    if summary["refused"] and not rejects:
        say(f"All refused rows, to be mended: comanda import rejects {job.pk} FILE")
    elif summary["refused"]:
        say(
            f"The refused rows are in {rejects}. Mend them there, then: "
            f"comanda import {rejects} --store {job.store.key}"
        )


def _sentence(problem: ImportProblem) -> str:
    problem.mend = _OPTIONS.get(problem.code, problem.mend)
    return problem_rows.sentence(problem)

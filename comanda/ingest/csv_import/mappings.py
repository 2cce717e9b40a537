"""Which column is which field, remembered from the store's last import.

What is remembered counts for a file with the same headers. For any other file its own headers come first,
and memory only where they do not say enough. An import that is undone is not remembered.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from comanda.ingest.csv_import.problems import FileRefused
from comanda.ingest.csv_import.reader import Options, OrderFile
from comanda.records import database
from comanda.records.models import Import, ImportState, Store

Opener = Callable[[dict[str, str], str], OrderFile]
_MISFITS = {"no_such_column", "duplicate_header"}


def open_file(job: Import, workdir: Path, progress: Callable[[str, int, int], None] | None) -> OrderFile:
    """Opens an import's file. Raises FileRefused and OSError."""
    found = dict(job.options)
    given: dict[str, str] = found.pop("mapping", {})

    def opener(mapping: dict[str, str], name: str) -> OrderFile:
        return OrderFile.open(
            Path(job.file_path), _options(job.store, mapping, found), workdir / name, progress
        )

    if job.after is not None:
        return opener(mapping_of(job.format), "file")
    header, remembered = _remembered(job.store, {*given, *found.get("constants", {})}, {*given.values()})
    if not remembered:
        return opener(given, "file")
    return _choose(opener, header, given, remembered)


def _choose(
    opener: Opener, header: list[str], given: dict[str, str], remembered: dict[str, str]
) -> OrderFile:
    file, refusal = _try(partial(opener, {**remembered, **given}, "remembered"))
    if file and file.format.header == header:
        return file
    own, own_refusal = _try(partial(opener, given, "file"))
    if own:
        if file:
            file.close()
        return own
    if file:
        return file
    assert refusal is not None
    assert own_refusal is not None
    raise refusal if _fits(refusal, remembered) and _lacks_columns(own_refusal) else own_refusal


def _try(opened: Callable[[], OrderFile]) -> tuple[OrderFile | None, FileRefused | None]:
    try:
        return opened(), None
    except FileRefused as refusal:
        return None, refusal


def _fits(refusal: FileRefused, remembered: dict[str, str]) -> bool:
    """Whether the columns remembered are there, and something else is wrong."""
    problems = [each.problem for each in refusal.problems]
    return not any(problem.code in _MISFITS and problem.field in remembered for problem in problems)


def _lacks_columns(refusal: FileRefused) -> bool:
    return any(each.problem.code == "missing_column" for each in refusal.problems)


def _remembered(store: Store, fields: set[str], titles: set[str]) -> tuple[list[str], dict[str, str]]:
    """Headers and mapping of the last import, without the fields and columns that are spoken for."""
    last = last_format(store)
    mapping = {f: t for f, t in mapping_of(last).items() if f not in fields and t not in titles}
    return last.get("header", []), mapping


def last_format(store: Store) -> dict[str, Any]:
    """The format of the store's last import of a file, empty when there is none."""
    done = Import.objects.filter(store=store, state=ImportState.DONE, dry_run=False, source="csv")
    last = database.outlast(done.order_by("-id").first)
    return dict(last.format) if last else {}


def mapping_of(form: Mapping[str, Any]) -> dict[str, str]:
    """The mapping of an import's format, from field to header."""
    header = form.get("header", [])
    return {field: header[index] for field, index in form.get("mapping", {}).items()}


def _options(store: Store, mapping: dict[str, str], found: dict[str, Any]) -> Options:
    return Options(
        mapping=mapping,
        constants=found.get("constants", {}),
        currency=store.currency,
        timezone=store.timezone,
        country=store.country,
        statuses=store.status_map,
        delimiter=found.get("delimiter"),
        encoding=found.get("encoding"),
        decimal=found.get("decimal"),
        date_order=found.get("date_order"),
    )

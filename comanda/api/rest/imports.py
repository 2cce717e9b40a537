"""`/imports`: files brought in, followed, mended and taken back."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router

from comanda.api import problems
from comanda.api.problems import ApiProblem
from comanda.api.rest import import_answers, import_bodies, lists, paging, uploads
from comanda.api.rest.fields import Id, Sought, sought_choice
from comanda.api.rest.import_answers import ImportDetails, ImportOut, ProblemOut
from comanda.api.rest.import_bodies import ImportForm
from comanda.api.rest.lists import Page
from comanda.api.rest.paging import Cursor, Limit
from comanda.api.rest.routing import actor, needs
from comanda.api.rest.uploads import Upload
from comanda.ingest.csv_import import imports, problem_rows, staging, tasks
from comanda.ingest.csv_import.problems import Severity
from comanda.records import audit, stores
from comanda.records.models import Import, ImportState

router = Router(tags=["imports"])
_LIST, _PROBLEMS = "imports", "problems of import {}"
_BLOCK = 1 << 16
_CSV = "text/csv; charset=utf-8"
SoughtState = Annotated[ImportState | None, sought_choice(frozenset(ImportState.values))]
SoughtSeverity = Annotated[Severity | None, sought_choice(frozenset(Severity))]


@router.get("", response=Page[ImportOut], **needs("imports:read"))
def list_imports(
    request: HttpRequest,
    store: Sought = None,
    state: SoughtState = None,
    limit: Limit = paging.USUAL,
    cursor: Cursor = None,
) -> Any:
    """Imports, latest first."""
    found = Import.objects.select_related("store").order_by("-id")
    if store is not None:
        found = found.filter(store__key=store)
    if state is not None:
        found = found.filter(state=state)
    if cursor:
        found = found.filter(id__lt=lists.behind(_LIST, cursor))
    return lists.page(_LIST, found, limit, import_answers.show)


def _needs(scope: str, **described: Any) -> dict[str, Any]:
    """``needs``, with more for the API's description."""
    needed = needs(scope)
    return {**needed, "openapi_extra": {**needed["openapi_extra"], **described}}


_LOCATION = {"Location": {"description": "Where to follow it.", "schema": {"type": "string"}}}


def _problem(meaning: str) -> dict[str, Any]:
    return {
        "description": meaning,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


@router.post(
    "",
    response={202: ImportOut},
    **_needs(
        "imports:write",
        requestBody=import_bodies.described(),
        responses={202: {"headers": _LOCATION}, 507: _problem("There is no room for the file.")},
    ),
)
def start_import(request: HttpRequest, response: HttpResponse) -> ImportOut:
    """Takes a file of orders, which a worker then brings into a store.

    `multipart/form-data` with the file as `file`, the store's key as `store` and, where the file does not
    tell by itself, `mapping` and `constants` (JSON objects), `delimiter`, `encoding`, `decimal` and
    `date_order`. With `dry_run` nothing is written. The answer comes once the file is kept; `Location` is
    where to follow the import.
    """
    try:
        with uploads.received(request) as upload:
            job = _accept(upload, import_bodies.read(upload.fields), actor(request))
    except OSError as error:
        if not staging.is_full(error):
            raise
        raise ApiProblem(507, "There is no room left on the server's disk to keep the file.") from error
    response["Location"] = f"{request.path}/{job.pk}"
    return import_answers.show(job)


def _accept(upload: Upload, form: ImportForm, caller: str) -> Import:
    """Keeps the file and hands it to a worker: both or neither."""
    store = stores.find(form.store)
    if store is None:
        detail = f"There is no store {form.store}."
        raise ApiProblem(404, detail, [uploads.fault("store", "expected the key of a store")])
    try:
        stores.check_open(store)
    except stores.StoreClosed as closed:
        raise ApiProblem(409, str(closed), [uploads.fault("store", "expected a store in use")]) from None
    with transaction.atomic():
        job = imports.create(
            store,
            upload.path,
            upload.name,
            form.options(),
            dry_run=form.dry_run,
            created_by=caller,
            keep_file=True,
        )
        try:
            tasks.enqueue(job.pk)
            audit.note(caller, "import.start", f"import {job.pk}", store=store.key, dry_run=form.dry_run)
        except BaseException:
            Path(job.file_path).unlink()
            raise
    return job


@router.get("/{id}", response=ImportDetails, **needs("imports:read"))
def get_import(request: HttpRequest, id: Id) -> ImportDetails:  # noqa: A002  # the name in the address
    """An import: how far it is or how it went, with the first of what it refused or doubted."""
    return import_answers.show_details(_find(id))


@router.get("/{id}/problems", response=Page[ProblemOut], **needs("imports:read"))
def list_problems(
    request: HttpRequest,
    id: Id,  # noqa: A002
    severity: SoughtSeverity = None,
    limit: Limit = paging.USUAL,
    cursor: Cursor = None,
) -> Any:
    """What an import refused (`refused`) or doubted (`warning`), in the order of the file."""
    listing = _PROBLEMS.format(_find(id).pk)
    found = imports.problems(id)
    if severity is not None:
        found = found.filter(severity=severity)
    if cursor:
        row, problem_id = paging.decode(listing, cursor)
        found = found.filter(Q(row__gt=row) | Q(row=row, id__gt=problem_id))
    return lists.page(
        listing, found, limit, import_answers.show_problem, lambda problem: (problem.row, problem.pk)
    )


@router.get(
    "/{id}/rejects.csv",
    **_needs(
        "imports:read",
        responses={200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}},
    ),
)
def get_rejects(request: HttpRequest, id: Id) -> StreamingHttpResponse:  # noqa: A002
    """The refused rows as a CSV file with what is wrong in front; once mended it imports as it is.

    Cells are as they were in the file, those too that a spreadsheet takes for formulas: written otherwise,
    they would come in otherwise. Open it as text, or in a spreadsheet that does not run what it opens.
    """
    job = _find(id)
    if job.source != "csv":
        raise ApiProblem(404, f"Import {id} did not come as a file. What it refused: {_problems_at(request)}")
    response = StreamingHttpResponse(_blocks(problem_rows.rejects(job.pk)), content_type=_CSV)
    response["Content-Disposition"] = f'attachment; filename="rejects-{job.pk}.csv"'
    return response


def _problems_at(request: HttpRequest) -> str:
    return request.path.removesuffix("rejects.csv") + "problems"


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces: there is one for each row."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


@router.post(
    "/{id}/undo",
    response={202: ImportOut},
    **_needs(
        "imports:write",
        responses={202: {"headers": _LOCATION}, 409: _problem("It cannot be taken back.")},
    ),
)
def undo_import(request: HttpRequest, id: Id, response: HttpResponse) -> ImportOut:  # noqa: A002
    """Has a worker take an import back: what it made disappears, what it changed goes back.

    Follow it where `Location` says: `state` is `undone` once it is over, and `undo` tells what became of the
    records. An import that is under way is stopped first. Records that were changed since stay as they
    are, and are told.
    """
    job = _find(id)
    _check_undoable(job)
    tasks.enqueue_undo(job.pk, actor(request))
    response["Location"] = request.path.removesuffix("/undo")
    return import_answers.show(job)


def _check_undoable(job: Import) -> None:
    """Raises ApiProblem (409) where a worker could only refuse."""
    if job.source != "csv":
        raise ApiProblem(409, f"Import {job.pk} did not come as a file; only files can be taken back.")
    if job.dry_run:
        raise ApiProblem(409, f"Import {job.pk} was a dry run and wrote nothing.")
    if job.state == ImportState.UNDONE:
        raise ApiProblem(409, f"Import {job.pk} was undone already.")


def _find(import_id: int) -> Import:
    job = Import.objects.select_related("store").filter(id=import_id).first()
    if job is None:
        raise problems.not_found(f"import {import_id}")
    return job

"""Who may do what with imports by API, and how it is described."""

import pytest
from django.test.client import BOUNDARY, encode_multipart

from comanda.api.rest import import_bodies
from comanda.records.models import Import, Role
from tests import factories
from tests.api import client
from tests.api.client import Caller
from tests.api.rest.imports.uploading import MULTIPART, File, bring, upload


@pytest.mark.parametrize(
    "import_id", ["1", "9223372036854775807", "9223372036854775808", "0", "-1", "x", "1.0"]
)
@pytest.mark.parametrize("path", ["", "/problems", "/rejects.csv", "/undo"])
def test_it_knows_no_other_ids(owner: Caller, path: str, import_id: str) -> None:
    reply = owner.send("POST" if path == "/undo" else "GET", f"imports/{import_id}{path}")

    assert reply.status == 404


MAY_READ = {Role.OWNER, Role.MARKETER, Role.VIEWER}
MAY_WRITE = {Role.OWNER, Role.MARKETER}


@pytest.mark.parametrize(
    ("method", "path", "may", "status"),
    [
        ("GET", "imports", MAY_READ, 200),
        ("GET", "imports/{id}", MAY_READ, 200),
        ("GET", "imports/{id}/problems", MAY_READ, 200),
        ("GET", "imports/{id}/rejects.csv", MAY_READ, 200),
        ("POST", "imports", MAY_WRITE, 202),
        ("POST", "imports/{id}/undo", MAY_WRITE, 202),
    ],
)
@pytest.mark.parametrize("role", [*Role, None])
def test_it_lets_in_whom_it_should(
    owner: Caller, role: Role | None, method: str, path: str, may: set[Role], status: int
) -> None:
    where = path.format(id=bring(owner))
    caller = client.make(role) if role else Caller()
    jobs = factories.value("SELECT count(*) FROM procrastinate_jobs")

    reply = upload(caller) if (method, path) == ("POST", "imports") else caller.send(method, where)

    allowed = role in may
    assert reply.status == (status if allowed else 403 if role else 401)
    queued = factories.value("SELECT count(*) FROM procrastinate_jobs") - jobs
    assert queued == (1 if allowed and method == "POST" else 0)


def test_it_does_an_upload_once_for_one_key(owner: Caller) -> None:
    body = encode_multipart(BOUNDARY, {"store": "shop", "file": File()})
    headers = {"idempotency_key": "k1"}

    replies = [owner.send("POST", "imports", body, headers=headers, media_type=MULTIPART) for _ in range(2)]

    assert [reply.status for reply in replies] == [202, 202]
    assert replies[0].body == replies[1].body
    assert Import.objects.count() == 1


def test_its_description_is_that_of_the_form() -> None:
    schema = import_bodies.described()["content"]["multipart/form-data"]["schema"]

    assert schema["required"] == ["file", "store"]
    assert set(schema["properties"]) == {"file", *import_bodies.ImportForm.model_fields}
    assert schema["additionalProperties"] is False

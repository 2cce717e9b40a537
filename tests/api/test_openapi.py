"""The API does what its description says, and nothing else."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from comanda.api.rest.api import api
from comanda.records import access
from comanda.records.models import Role
from tests import factories
from tests.api import bodies, client
from tests.api.client import Caller
from tests.api.server import serving

METHODS = ("get", "post", "put", "patch", "delete")
ROUTES = [
    (method, path.removeprefix("/api/v1/"), operation)
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method, operation in methods.items()
    if method in METHODS
]
NAMES = [f"{method} {path}" for method, path, _ in ROUTES]
EACH_ROUTE = pytest.mark.parametrize(("method", "path", "operation"), ROUTES, ids=NAMES)


@EACH_ROUTE
def test_it_names_a_scope_and_a_key_for_each_route(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["x-scope"] in access.SCOPES
    assert operation["security"] == [{"ApiKey": []}]
    assert operation["description"]


def test_it_knows_no_route_that_it_does_not_describe() -> None:
    served = {
        (method.lower(), f"{bound.prefix}{path}".strip("/"))
        for bound in api._get_bound_routers()
        for path, view in bound.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }

    assert served == {(method, path) for method, path, _ in ROUTES}


@EACH_ROUTE
@pytest.mark.parametrize("who", [*Role, "stranger"])
def test_it_lets_in_whom_the_roles_allow(
    owner: Caller, who: str, method: str, path: str, operation: dict[str, Any]
) -> None:
    caller = Caller("comanda_stranger") if who == "stranger" else client.make(Role(who))

    reply = caller.send(method.upper(), path.replace("{id}", "999999").replace("{key}", "nowhere"))

    if who == "stranger":
        assert reply.status == 401
    elif operation["x-scope"] in access.ROLES[Role(who)]:
        assert reply.status not in (401, 403, 500)
    else:
        assert reply.status == 403


@pytest.fixture
def address(transactional_db: None) -> Iterator[str]:
    """A server with a little of everything in it."""
    factories.make_store()
    owner = client.make(rate_per_minute=1_000_000)
    owner.post("orders", bodies.order())
    owner.post("carts", bodies.cart())
    with serving() as found:
        yield f"{found} {owner.token}"


def probe(address: str, folder: Path, *options: str) -> str:
    """Runs schemathesis; what it printed, if it found nothing."""
    url, token = address.split()
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {token}", "--checks", "all", "--no-color", "--no-shrink",
        "--generation-deterministic", "--warnings", "off", *options,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    return done.stdout


def test_it_stands_every_edge_of_its_description(address: str, tmp_path: Path) -> None:
    """Each bound and keyword of the schema, kept and broken; methods and media types not described."""
    told = probe(
        address, tmp_path, "--phases", "examples,coverage", "--exclude-operation-id", "upsert_orders"
    )

    assert "No issues found" in told


def test_it_stands_what_is_made_up_at_random(address: str, tmp_path: Path) -> None:
    told = probe(address, tmp_path, "--phases", "fuzzing,stateful", "-n", "4", "--max-time", "40")

    assert "No issues found" in told


def test_it_gives_its_description_without_a_key(address: str) -> None:
    url, _ = address.split()

    document = httpx.get(f"{url}/api/v1/openapi.json").json()

    assert (document["openapi"], document["info"]["title"]) == ("3.1.0", "Comanda")
    assert document["components"]["securitySchemes"] == {"ApiKey": {"type": "http", "scheme": "bearer"}}

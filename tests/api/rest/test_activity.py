"""The log by API: followed in commit order, without a gap."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from comanda.records.models import Role
from tests import factories
from tests.api import bodies, client
from tests.api.client import Caller

pytestmark = pytest.mark.django_db(transaction=True)

_INSERT = "INSERT INTO activity (kind, at, live, data) VALUES (%(kind)s, now(), true, '{}')"


@pytest.fixture
def writers() -> Iterator[list[psycopg.Connection[Any]]]:
    """Connections that begin a transaction with their first statement."""
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    address = make_conninfo("", **{name: given[name] for name in names if given.get(name)})
    opened = [psycopg.connect(address) for _ in range(2)]
    yield opened
    for writer in opened:
        writer.close()


class Follower:
    """Reads page after page, and keeps its place."""

    def __init__(self, caller: Caller, limit: int = 200) -> None:
        self.caller = caller
        self.query: dict[str, Any] = {"limit": limit}

    def page(self) -> list[dict[str, Any]]:
        """The next page."""
        body = self.caller.get("activity", **self.query).body
        self.query["cursor"] = body["next"]
        items: list[dict[str, Any]] = body["items"]
        return items

    def all(self) -> list[dict[str, Any]]:
        """All pages up to an empty one."""
        found = []
        while page := self.page():
            found += page
        return found


def kinds(items: list[dict[str, Any]]) -> list[str]:
    """What happened."""
    return [item["kind"] for item in items]


def test_it_tells_what_happened_and_where(owner: Caller) -> None:
    order_id = owner.post("orders", bodies.order()).body["id"]

    items = Follower(owner).all()

    contact_id = factories.value("SELECT id FROM contact")
    (placed,) = [item for item in items if item["kind"] == "order_created"]
    assert {name: placed[name] for name in placed if name not in ("id", "recorded_at")} == {
        "kind": "order_created",
        "at": "2026-03-01T12:00:00+00:00",
        "live": True,
        "store": "shop",
        "contact_id": contact_id,
        "order_id": order_id,
        "cart_id": None,
        "data": {"total": "19.9", "status": "completed", "currency": "EUR"},
    }
    assert "contact_created" in kinds(items)


def test_it_tells_each_thing_once_however_small_the_pages(owner: Caller) -> None:
    for number in range(5):
        owner.post("orders", bodies.order(str(number), contact={"email": f"c{number}@example.com"}))

    ids = [item["id"] for item in Follower(owner, limit=1).all()]

    assert ids == [item["id"] for item in Follower(owner).all()]
    assert sorted(ids) == sorted(row_id for (row_id,) in factories.query("SELECT id FROM activity"))


def test_it_goes_on_where_it_was(owner: Caller) -> None:
    follower = Follower(owner)
    assert follower.all() == []
    owner.post("orders", bodies.order(contact=None))
    first = follower.all()
    again = follower.all()
    owner.post("orders", bodies.order(contact=None, updated_at="2026-03-02T00:00:00Z", total="30"))

    assert kinds(first) == ["order_created"]
    assert again == []
    assert kinds(follower.all()) == ["order_updated"]


def test_it_skips_nothing_that_commits_late(owner: Caller, writers: list[psycopg.Connection[Any]]) -> None:
    late, early = writers
    follower = Follower(owner)
    late.execute(_INSERT, {"kind": "late"})
    early.execute(_INSERT, {"kind": "early"})
    early.commit()

    before = kinds(follower.all())
    late.commit()
    after = kinds(follower.all())

    assert before == []
    assert after == ["late", "early"]
    assert follower.all() == []


def test_it_tells_nothing_of_what_was_rolled_back(
    owner: Caller, writers: list[psycopg.Connection[Any]]
) -> None:
    writers[0].execute(_INSERT, {"kind": "never"})
    writers[0].rollback()
    owner.post("orders", bodies.order(contact=None))

    assert kinds(Follower(owner).all()) == ["order_created"]


@pytest.mark.parametrize(
    ("cursor", "status"),
    [("", 422), ("x", 422), ("é" * 30, 422), ("A" * 5000, 422), ("AAAAAAAAAAAAAAAAWzEsMiwzXQ", 404)],
)
def test_it_takes_no_place_that_it_did_not_give(owner: Caller, cursor: str, status: int) -> None:
    reply = owner.get("activity", cursor=cursor)

    assert (reply.status, list(reply.faults)) == (status, ["cursor"])


def test_it_takes_no_place_of_another_list(owner: Caller) -> None:
    factories.make_store("other")
    elsewhere = owner.get("stores", limit=1).body["next"]

    assert owner.get("activity", cursor=elsewhere).status == 404


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1.5", "9" * 30, ""])
def test_it_gives_pages_of_a_bearable_size(owner: Caller, limit: str) -> None:
    reply = owner.get("activity", limit=limit)

    assert (reply.status, list(reply.faults)) == (422, ["limit"])


@pytest.mark.parametrize("role", [*Role, None])
def test_it_lets_in_whom_it_should(owner: Caller, role: Role | None) -> None:
    caller = client.make(role) if role else Caller()

    assert caller.get("activity").status == (200 if role else 401)


def test_it_lets_nobody_in_whose_key_is_for_something_else(owner: Caller) -> None:
    assert client.make(scopes=["orders:write"]).get("activity").status == 403

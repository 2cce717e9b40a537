"""API keys made, found and withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest

from comanda.records import keys
from comanda.records.models import ApiKey, AuditEntry, Role, User

pytestmark = pytest.mark.django_db


def test_it_shows_a_key_once_and_keeps_its_hash() -> None:
    made, token = keys.create(
        "till", role=Role.MARKETER, scopes=["orders:write", "orders:read", "orders:write"]
    )

    assert token.startswith("comanda_")
    assert len(token) == len("comanda_") + 43
    assert keys.find(keys.digest(token)) == made
    assert (made.name, made.role, made.scopes) == ("till", "marketer", ["orders:read", "orders:write"])
    assert token not in str(ApiKey.objects.values().get())


def test_it_makes_no_two_alike() -> None:
    assert len({keys.create("same")[1] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("scopes", "words"),
    [
        (["orders:eat"], "no scope is called 'orders:eat'"),
        (["orders:write"], "viewer does not allow orders:write"),
    ],
)
def test_it_refuses_scopes_that_cannot_be(scopes: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        keys.create("x", role=Role.VIEWER, scopes=scopes)
    assert not ApiKey.objects.exists()


def test_it_refuses_a_key_that_expired_already() -> None:
    with pytest.raises(ValueError, match="expired already"):
        keys.create("x", expires_at=datetime.now(UTC) - timedelta(seconds=1))


def test_it_withdraws_a_key_once() -> None:
    made, token = keys.create("x")

    assert [keys.revoke(made.pk), keys.revoke(made.pk), keys.revoke(made.pk + 1)] == [True, False, False]
    found = keys.find(keys.digest(token))
    assert found is not None
    assert found.revoked_at is not None


def test_it_notes_use_to_the_minute() -> None:
    made, _ = keys.create("x")
    lately = datetime.now(UTC) - timedelta(seconds=30)
    long_ago = datetime.now(UTC) - timedelta(minutes=2)

    def used(before: datetime | None) -> datetime | None:
        ApiKey.objects.update(last_used_at=before)
        keys.note_use(made)
        return ApiKey.objects.get().last_used_at

    assert used(lately) == lately
    assert used(None) is not None
    after = used(long_ago)
    assert after is not None
    assert after > lately


def test_it_finds_nothing_for_strange_tokens() -> None:
    assert keys.find(keys.digest("\ud800")) is None


def test_it_issues_and_withdraws_in_someones_name() -> None:
    ana = User.objects.create(email="ana@example.com")

    made, token = keys.issue(ana, "till", Role.MARKETER, ["orders:write"], None)
    withdrawn = [keys.withdraw(made.pk, by="bob") for _ in range(2)]

    assert (keys.find(keys.digest(token)), made.created_by) == (made, ana)
    assert withdrawn == [True, False]
    assert list(AuditEntry.objects.order_by("id").values_list("actor", "action", "target", "detail")) == [
        (
            f"user {ana.pk} (ana@example.com)",
            "key.create",
            f"key {made.pk}",
            {"name": "till", "role": "marketer"},
        ),
        ("bob", "key.revoke", f"key {made.pk}", {}),
    ]

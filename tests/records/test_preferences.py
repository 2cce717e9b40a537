"""What users chose about how pages look."""

import pytest

from comanda.records import preferences
from comanda.records.models import Role, User

pytestmark = pytest.mark.django_db


def test_it_remembers_what_each_chose() -> None:
    ana, rui = (User.objects.create(email=f"{name}@example.com", role=Role.VIEWER) for name in ("ana", "rui"))

    preferences.keep(ana.pk, "columns", ["a"])
    preferences.keep(rui.pk, "columns", ["x"])
    preferences.keep(ana.pk, "columns", ["a", "b"])

    assert preferences.find(ana.pk, "columns") == ["a", "b"]
    assert preferences.find(rui.pk, "columns") == ["x"]
    assert preferences.find(ana.pk, "rows") is None


def test_it_forgets_with_the_user() -> None:
    ana = User.objects.create(email="ana@example.com", role=Role.VIEWER)
    preferences.keep(ana.pk, "columns", [])

    ana.delete()

    assert preferences.find(ana.pk, "columns") is None

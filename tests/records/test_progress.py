"""How far a task is shows while it is done, and no longer."""

from datetime import timedelta

import pytest
from django.db.models import F

from comanda.records import progress
from comanda.records.models import Progress

pytestmark = pytest.mark.django_db


def test_it_finds_nothing_of_a_task_that_is_not_under_way() -> None:
    assert progress.find("import 1") is None


def test_it_shows_a_task_that_waits() -> None:
    progress.announce("import 1")

    standing = progress.find("import 1")

    assert standing is not None
    assert (standing.stage, standing.percent, standing.seconds_left) == (progress.WAITING, None, None)


def test_it_shows_how_far_a_task_is_and_forgets_it_in_the_end() -> None:
    told: list[tuple[str, int, int]] = []

    with progress.shown("import 1", lambda *each: told.append(each)) as tell:
        tell("reading", 50, 200)
        standing = progress.find("import 1")

    assert standing is not None
    assert (standing.stage, standing.done, standing.total, standing.percent) == ("reading", 50, 200, 25)
    assert told == [("reading", 50, 200)]
    assert progress.find("import 1") is None


def test_it_forgets_a_task_that_failed() -> None:
    def fail() -> None:
        with progress.shown("import 1") as tell:
            tell("reading", 1, 2)
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        fail()

    assert progress.find("import 1") is None


def test_it_reckons_rate_and_time_left_from_the_stage_alone() -> None:
    with progress.shown("import 1") as tell:
        tell("reading", 0, 10)
        tell("writing", 100, 500)
        Progress.objects.update(
            done=300,
            stage_at=F("moved_at") - timedelta(seconds=4),
            began_at=F("moved_at") - timedelta(days=1),
        )
        standing = progress.find("import 1")

    assert standing is not None
    assert (standing.rate, standing.seconds_left) == (50.0, 4.0)


def test_it_measures_speed_from_the_first_step_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_TOLD_EVERY", 0.0)

    with progress.shown("import 1") as tell:
        tell("writing", 100, 500)
        tell("writing", 200, 500)
        first = Progress.objects.get()
        tell("writing", 300, 500)
        later = Progress.objects.get()

    assert (first.stage_done, later.stage_done) == (200, 200)
    assert first.stage_at == later.stage_at


def test_it_writes_down_no_more_than_a_few_times_a_second() -> None:
    with progress.shown("import 1") as tell:
        for done in range(1, 1001):
            tell("reading", done, 1000)
        standing = progress.find("import 1")

    assert standing is not None
    assert standing.done < 1000

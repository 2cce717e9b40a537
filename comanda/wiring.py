"""Who reads the activity log: each consumer has a cursor of its own, and is brought up to date each minute.

A consumer is a function that takes in the next stretch of the log and says whether there was one.
"""

import logging
from collections.abc import Callable

from comanda.ingest.sync import people
from comanda.jobs import app, leaving

log = logging.getLogger(__name__)
CONSUMERS: dict[str, Callable[[], bool]] = {people.CONSUMER: people.follow}


@app.periodic(cron="* * * * *")
@app.task(name="activity.follow", queueing_lock="activity-follow")
def follow(timestamp: int) -> None:
    """Brings every consumer up to the end of the log."""
    catch_up()


def catch_up() -> None:
    """The same, here and now."""
    for consume in CONSUMERS.values():
        while consume():
            leaving.check()

"""Housekeeping: what is kept for a set time goes when the time is over."""

import logging
from datetime import UTC, datetime, timedelta

from comanda import env
from comanda.ingest.csv_import import drafts, kept_files
from comanda.jobs import app
from comanda.records import retention

log = logging.getLogger(__name__)
_DRAFTS = timedelta(days=7)
"""How long a file waits that was uploaded and not brought in."""


@app.periodic(cron="17 3 * * *")
@app.task(name="retention", queueing_lock="retention")
def keep_no_longer(timestamp: int) -> None:
    """Removes raw payloads, refused rows, uploaded files and answers to requests that are past their time."""
    before = datetime.fromtimestamp(timestamp, UTC) - timedelta(days=env.get("keep_days"))
    unfinished = datetime.fromtimestamp(timestamp, UTC) - _DRAFTS
    counts = {
        **retention.purge(before),
        "files": kept_files.purge(before),
        "drafts": drafts.purge(max(before, unfinished)),
    }
    log.info(
        "Past their time and removed: %s", ", ".join(f"{count} {what}" for what, count in counts.items())
    )

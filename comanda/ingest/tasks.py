"""Housekeeping: what is kept for a set time goes when the time is over."""

import logging
from datetime import UTC, datetime, timedelta

from comanda import env
from comanda.ingest.csv_import import kept_files
from comanda.jobs import app
from comanda.records import retention

log = logging.getLogger(__name__)


@app.periodic(cron="17 3 * * *")
@app.task(name="retention", queueing_lock="retention")
def keep_no_longer(timestamp: int) -> None:
    """Removes raw payloads, refused rows, uploaded files and answers to requests that are past their time."""
    before = datetime.fromtimestamp(timestamp, UTC) - timedelta(days=env.get("keep_days"))
    counts = {**retention.purge(before), "files": kept_files.purge(before)}
    log.info(
        "Past their time and removed: %s", ", ".join(f"{count} {what}" for what, count in counts.items())
    )

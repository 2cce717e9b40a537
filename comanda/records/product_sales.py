"""What was sold of each product, counted from the orders again and again by the worker.

Counting reads all lines, so it is done behind the scenes, and no more than a twentieth of the time is spent
on it: each minute where that takes three seconds, every ten where it takes half a minute. What stands in
the tables can be counted anew at any time and comes out the same.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import connection, transaction

from comanda.jobs import app
from comanda.records.models import Activity, ProductCount

log = logging.getLogger(__name__)
_SHARE = 20
_AT_LEAST_EVERY = timedelta(days=1)

# PostgreSQL makes tables of their own on all its cores, and sorts no text: two passes take less than one.
_COUNT_SALES = """
CREATE TEMPORARY TABLE counted_sales ON COMMIT DROP AS
SELECT l.product_id, o.currency, sum(l.quantity) AS sold, sum(l.total) AS revenue
FROM order_line l JOIN orders o ON o.id = l.order_id
WHERE o.status = 'completed' AND l.product_id IS NOT NULL GROUP BY 1, 2
"""
_COUNT_BUYERS = """
CREATE TEMPORARY TABLE counted_buyers ON COMMIT DROP AS
SELECT product_id, count(*) AS buyers FROM (
    SELECT DISTINCT l.product_id, o.contact_id FROM order_line l JOIN orders o ON o.id = l.order_id
    WHERE o.status = 'completed' AND l.product_id IS NOT NULL AND o.contact_id IS NOT NULL
) b GROUP BY 1
"""
_SALES = """
WITH fresh AS (
    SELECT c.product_id, sum(c.sold) AS sold, COALESCE(max(b.buyers), 0) AS buyers
    FROM counted_sales c JOIN product p ON p.id = c.product_id
    LEFT JOIN counted_buyers b ON b.product_id = c.product_id GROUP BY 1
), gone AS (
    DELETE FROM product_sales s WHERE NOT EXISTS (SELECT FROM fresh f WHERE f.product_id = s.product_id)
)
INSERT INTO product_sales AS s (product_id, sold, buyers) SELECT * FROM fresh ORDER BY product_id
ON CONFLICT (product_id) DO UPDATE SET sold = EXCLUDED.sold, buyers = EXCLUDED.buyers
WHERE (s.sold, s.buyers) IS DISTINCT FROM (EXCLUDED.sold, EXCLUDED.buyers)
"""
_REVENUE = """
WITH fresh AS (
    SELECT c.product_id, c.currency, c.revenue FROM counted_sales c JOIN product p ON p.id = c.product_id
), gone AS (
    DELETE FROM product_revenue r WHERE NOT EXISTS (
        SELECT FROM fresh f WHERE f.product_id = r.product_id AND f.currency = r.currency
    )
)
INSERT INTO product_revenue AS r (product_id, currency, revenue)
SELECT * FROM fresh ORDER BY product_id, currency
ON CONFLICT (product_id, currency) DO UPDATE SET revenue = EXCLUDED.revenue
WHERE r.revenue <> EXCLUDED.revenue
"""
_CLEAR_UP = "DROP TABLE counted_sales, counted_buyers"


def counted_at() -> datetime | None:
    """When they were last counted."""
    return ProductCount.objects.values_list("counted_at", flat=True).first()


def count() -> None:
    """Counts all anew."""
    began = time.monotonic()
    last = Activity.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SELECT now()")
        ((now,),) = cursor.fetchall()
        for statement in (_COUNT_SALES, _COUNT_BUYERS, _SALES, _REVENUE, _CLEAR_UP):
            cursor.execute(statement)
        seconds = time.monotonic() - began
        ProductCount.objects.update_or_create(
            id=1, defaults={"counted_at": now, "activity_id": last, "seconds": seconds}
        )
    log.info("What was sold of each product: counted in %.1f s.", seconds)


def is_due(now: datetime) -> bool:
    """Whether to count: something happened since, and the last time is long enough ago for what it took."""
    last = ProductCount.objects.first()
    if last is None:
        return True
    since = now - last.counted_at
    if since < timedelta(seconds=last.seconds * _SHARE):
        return False
    newest = Activity.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return bool(newest != last.activity_id) or since > _AT_LEAST_EVERY


@app.periodic(cron="* * * * *")
@app.task(name="products.count", queueing_lock="products.count", lock="products.count")
def count_if_due(timestamp: int) -> None:
    """Counts, if it is time to."""
    del timestamp
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        ((now,),) = cursor.fetchall()
    if is_due(now):
        count()

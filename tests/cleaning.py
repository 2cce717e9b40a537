"""The test database emptied between tests that commit.

Django's own way truncates every table and makes rights and content types anew: 150 ms a test. Deleting the
few rows that a test leaves takes 5. What a large test leaves is vacuumed, so that later ones stay quick.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

_KEPT = ("django_content_type", "auth_permission", "auth_group", "auth_group_permissions")
_LARGE = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 1000000
"""


def install() -> None:
    """Has Django's test cases, and with them ``django_db(transaction=True)``, clean up this way."""
    setattr(TransactionTestCase, "_fixture_teardown", lambda _: clean())  # noqa: B010  # not declared for types


def clean() -> None:
    """Deletes every row that tests leave."""
    tables = set(connection.introspection.django_table_names(only_existing=True)) - set(_KEPT)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cache")
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
        cursor.execute("DELETE FROM procrastinate_jobs")
        for table in tables:  # foreign keys are looked at in the end only
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
    with connection.cursor() as cursor:
        cursor.execute(_LARGE)
        for (table,) in cursor.fetchall():
            cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")

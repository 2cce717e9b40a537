"""Where requests are counted (``records/rate.py``). Unlogged: counts need not outlive a crash."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("records", "0002_import_write_of_record")]

    operations = [
        migrations.RunSQL(
            "CREATE UNLOGGED TABLE api_rate (api_key_id bigint PRIMARY KEY, minute timestamptz NOT NULL,"
            " used integer NOT NULL) WITH (fillfactor = 50)",
            "DROP TABLE api_rate",
        ),
    ]

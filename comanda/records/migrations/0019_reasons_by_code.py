"""Why a payload did not come in: by the code of a sentence and its facts, not as an English text."""

from django.db import migrations, models

_SORT = """
UPDATE inbox SET
    error_code = CASE
        WHEN state = 'done' THEN 'gone'
        WHEN error LIKE 'It cannot be read%%' OR error LIKE 'A record cannot be read%%' THEN 'unreadable'
        ELSE 'refused' END,
    error_facts = CASE WHEN state = 'done' THEN '{}' ELSE jsonb_build_object('what', error) END
WHERE error <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0018_product_by_name")]

    operations = [
        migrations.AddField(
            model_name="inbox", name="error_code", field=models.TextField(blank=True, db_default="", default="")
        ),
        migrations.AddField(
            model_name="inbox",
            name="error_facts",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.RunSQL(_SORT, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="inbox", name="error"),
    ]

"""What each user chose about how pages look, remembered wherever they sign in."""

from typing import Any

from psycopg.types.json import Jsonb

from comanda.records import database
from comanda.records.models import Preference

_KEEP = """
INSERT INTO preference (user_id, name, value) VALUES (%(user_id)s, %(name)s, %(value)s)
ON CONFLICT (user_id, name) DO UPDATE SET value = EXCLUDED.value
"""


def find(user_id: int, name: str) -> Any:
    """What was chosen; None if nothing was."""
    return Preference.objects.filter(user_id=user_id, name=name).values_list("value", flat=True).first()


def keep(user_id: int, name: str, value: Any) -> None:
    """Remembers a choice: anything that JSON can say."""
    with database.cursor() as cursor:
        cursor.execute(_KEEP, {"user_id": user_id, "name": name, "value": Jsonb(value)})

"""The secret that this installation's database was written with.

It lies in the data folder, not in the database: hashes in the database (of erased people, of what an order
said) are keyed by it, so that the database alone lets nobody try out addresses. All hosts of one
installation need the same one.
"""

import hmac
from functools import lru_cache

from django.conf import settings

from comanda.lib import secrets
from comanda.records import database


class SecretsDiffer(Exception):
    """The data folder's secrets are not those of the database; the message says what to do."""


@lru_cache(maxsize=64)
def key(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, made from the installation's secret."""
    secret = secrets.load(settings.DATA_DIR / "secrets" / "installation-key").encode()
    return hmac.digest(secret, purpose.encode(), "sha256")


def check() -> None:
    """Raises SecretsDiffer when this database was written with another secret; takes note the first time."""
    with database.cursor() as cursor:
        cursor.execute(
            "INSERT INTO installation (id, proof) VALUES (1, %(proof)s) ON CONFLICT DO NOTHING",
            {"proof": key("proof")},
        )
        cursor.execute("SELECT proof FROM installation")
        kept = cursor.fetchone()
    if kept is None or not hmac.compare_digest(bytes(kept[0]), key("proof")):
        raise SecretsDiffer(
            f"The secrets in {settings.DATA_DIR}/secrets are not those that this database was written with. "
            "Copy the folder `secrets` from the host (or the backup) that has the right ones."
        )

"""Connections of online stores: kept sealed, opened for whoever asks the shop, and how they stand.

The fields hold keys and tokens. They are encrypted (Fernet: AES-128-CBC with HMAC-SHA256) under a key made
from the installation's secret, which is not in the database; they leave this module only to build a client.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from comanda.records import installation
from comanda.records.models import Connection, ConnectionState, Store, Sync

_OF_TIME, _OF_OWNER = (30.0, 600.0), (600.0, 21_600.0)
"""Seconds until the second try, and at most: for what passes by itself, and for what waits for someone."""
_LONGEST = 86_400.0


class Unsealable(Exception):
    """The fields cannot be read: they were sealed with another installation's secret."""


def _fernet() -> Fernet:
    return Fernet(urlsafe_b64encode(installation.key("credentials")))


def seal(fields: Mapping[str, str]) -> bytes:
    """The fields, encrypted."""
    return _fernet().encrypt(orjson.dumps(dict(fields)))


def open_sealed(sealed: bytes) -> dict[str, str]:
    """Sealed fields in the clear; raises InvalidToken."""
    found: dict[str, str] = orjson.loads(_fernet().decrypt(sealed))
    return found


def unseal(connection: Connection) -> dict[str, str]:
    """The fields in the clear; raises Unsealable."""
    try:
        return open_sealed(bytes(connection.sealed))
    except InvalidToken:
        raise Unsealable(
            f"The keys of store {connection.store_id} were sealed with another secret: connect it again."
        ) from None


def connect(store: Store, fields: Mapping[str, str]) -> Connection:
    """Keeps the fields of a store's connection, new or in place of others, and switches it on."""
    made, is_new = Connection.objects.get_or_create(
        store=store, defaults={"sealed": seal(fields), "hook_key": secrets.token_urlsafe(24)}
    )
    if not is_new:
        made.sealed, made.hooks_checked_at = seal(fields), None  # what the new keys may is looked at anew
        made.save(update_fields=["sealed", "hooks_checked_at"])
    recover(made, is_by_hand=True)
    return made


def find(store: Store) -> Connection | None:
    """The connection of a store, if it has one."""
    return Connection.objects.filter(store_id=store.pk).select_related("store").first()


def disconnect(store: Store) -> None:
    """Forgets keys and where the sync stood; what came in stays."""
    with transaction.atomic():
        Connection.objects.filter(store_id=store.pk).delete()
        Sync.objects.filter(store_id=store.pk).delete()


def renew(
    store_id: int, stale: Mapping[str, str], ask: Callable[[Mapping[str, str]], Mapping[str, str]]
) -> dict[str, str]:
    """Fresh fields in place of ``stale`` ones, asked for by one process only, and kept before they are used.

    See ``connectors.base.Vault``.
    """
    with transaction.atomic():
        kept = Connection.objects.select_for_update().get(store_id=store_id)
        fields = unseal(kept)
        if fields == dict(stale):
            fields = {**fields, **ask(fields)}
            kept.sealed = seal(fields)
            kept.save(update_fields=["sealed"])
    return fields


def fail(
    connection: Connection,
    code: str,
    facts: Mapping[str, str],
    after: float | None,
    *,
    is_final: bool = False,
) -> None:
    """Takes note of what went wrong, by the code of its sentence.

    With ``after`` it is tried again, not before so many seconds and ever less often; with None it waits for
    the owner to act, and is tried again now and then too, for much is mended where nobody tells us: a
    certificate renewed, a firewall opened. What is ``is_final`` is not.
    """
    with transaction.atomic():
        kept = Connection.objects.select_for_update().filter(store_id=connection.store_id).first()
        if kept is None:  # disconnected meanwhile
            return
        now = datetime.now(UTC)
        is_early = kept.retry_at is not None and kept.retry_at > now  # of what is done beside the sync
        kept.failures += not is_early
        kept.error_code, kept.error_facts, kept.error_at = code, dict(facts), now
        if after is None and kept.state == ConnectionState.ON:
            kept.state = ConnectionState.BROKEN
        if is_final:
            kept.retry_at = None
        elif after is not None or not is_early:
            kept.retry_at = now + timedelta(seconds=_patience(kept.failures, after))
        kept.save(update_fields=["failures", "error_code", "error_facts", "error_at", "retry_at", "state"])
    connection.refresh_from_db()


def _patience(failures: int, after: float | None) -> float:
    """Seconds until the next try: ever longer, and no shorter than the shop asks for."""
    least, most = _OF_OWNER if after is None else _OF_TIME
    own = min(least * 2 ** min(failures - 1, 10), most)
    return float(min(max(after or 0.0, own), _LONGEST))


def recover(connection: Connection, *, is_by_hand: bool = False, is_proven: bool = False) -> None:
    """It went well, or someone switched it on; ``is_proven`` if all that was wrong was tried again."""
    cleared: dict[str, Any] = {
        "error_code": "",
        "error_facts": {},
        "error_at": None,
        "failures": 0,
        "retry_at": None,
    }
    asked = Connection.objects.filter(store_id=connection.store_id)
    if not is_by_hand:
        well = [ConnectionState.ON, ConnectionState.BROKEN] if is_proven else [ConnectionState.ON]
        asked = asked.filter(state__in=well).exclude(failures=0)
    if is_by_hand or is_proven:
        cleared["state"] = ConnectionState.ON
    if asked.update(**cleared):
        connection.refresh_from_db()


def pause(connection: Connection) -> None:
    """Nothing is synced until it is switched on."""
    Connection.objects.filter(store_id=connection.store_id).update(state=ConnectionState.PAUSED)
    connection.state = ConnectionState.PAUSED


def saw_hook(store_id: int, *, is_forged: bool = False) -> None:
    """A webhook came; remembered about once a minute, for it is but a sign of life."""
    asked = Connection.objects.filter(store_id=store_id)
    if is_forged:
        asked.update(hooks_forged=F("hooks_forged") + 1)
        return
    minute = datetime.now(UTC) - timedelta(minutes=1)
    asked.exclude(hook_seen_at__gt=minute).update(hook_seen_at=Now())

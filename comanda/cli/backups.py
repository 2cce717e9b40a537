"""A backup: one file with the database and the secrets without which parts of it cannot be read.

A tar archive of ``comanda.json`` (version, when), ``database.dump`` (pg_dump's custom format) and the files
of ``secrets/``. Mode 0600: whoever has it has everything.
"""

import io
import json
import os
import tarfile
import time
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from comanda import __version__
from comanda.cli.output import Refused
from comanda.lib import postgres

_ABOUT, _DUMP, _SECRETS = "comanda.json", "database.dump", "secrets"


def write(file: Path, dsn: str, data_dir: Path) -> int:
    """Writes a backup, whole or not at all; gives its size in bytes."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            dump = Path(folder) / _DUMP
            postgres.dump(dsn, dump)
            _pack(draft, dump, data_dir / _SECRETS)
        os.replace(draft, file)
    except OSError as error:
        raise Refused(
            f"{file} was not written: {error.strerror}. A backup that was there before is untouched."
        ) from None
    finally:
        draft.unlink(missing_ok=True)
    return file.stat().st_size


def _pack(draft: Path, dump: Path, secrets: Path) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as archive:
            about = json.dumps({"comanda": __version__, "made_at": time.time()}).encode()
            entry = tarfile.TarInfo(_ABOUT)
            entry.size = len(about)
            archive.addfile(entry, io.BytesIO(about))
            archive.add(dump, _DUMP, filter=_plain)
            for secret in sorted(secrets.glob("*")) if secrets.is_dir() else ():
                archive.add(secret, f"{_SECRETS}/{secret.name}", filter=_plain)
        out.flush()
        os.fsync(out.fileno())


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def read(file: Path, dsn: str, data_dir: Path) -> dict[str, Any]:
    """Puts a backup in place of what is there; gives what it says of itself."""
    try:
        with (
            tarfile.open(file, "r:") as archive,
            TemporaryDirectory(dir=data_dir, prefix=".restore-") as folder,
        ):
            about: dict[str, Any] = json.loads(_content(archive, _ABOUT))
            dump = Path(folder) / _DUMP
            with dump.open("wb") as out:
                source = archive.extractfile(_DUMP)
                while source and (piece := source.read(1 << 20)):
                    out.write(piece)
            postgres.restore(dsn, dump)
            _restore_secrets(archive, data_dir / _SECRETS)
    except (tarfile.TarError, KeyError, json.JSONDecodeError) as error:
        raise Refused(
            f"{file} is no backup of Comanda, or not a whole one ({error}). Nothing was changed."
        ) from None
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror or error}. Nothing was changed.") from None
    return about


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    return found.read() if found else b"{}"


def _restore_secrets(archive: tarfile.TarFile, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for entry in archive.getmembers():
        path = PurePosixPath(entry.name)
        if entry.isfile() and path.parts[:1] == (_SECRETS,) and len(path.parts) == 2:
            handle = os.open(folder / path.name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(_content(archive, entry.name))

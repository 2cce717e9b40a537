"""A person erased everywhere: from the database, and from the files that are kept beside it."""

from typing import Any

from comanda.ingest.csv_import import drafts, kept_files
from comanda.records import privacy


def erase(contact_id: int, actor: str) -> dict[str, Any]:
    """Erases a person and gives the certificate; raises Contact.DoesNotExist.

    The database comes first: if the files cannot be removed, the error is raised and the certificate is not
    given, but the person is gone from all records.
    """
    done = privacy.erase(contact_id, actor)
    dropped = drafts.forget(done.words)
    done.removed["files"] = dropped + kept_files.forget(done.words, done.order_ids, done.import_ids)
    return done.certificate()

"""What tests of the wizard lean on."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comanda.ingest.upsert import StoreRef
from comanda.records.models import ImportDraft
from tests.ingest.csv_import import importing, uploading


@pytest.fixture(autouse=True)
def queue(db: None) -> None:
    """An empty one."""
    uploading.forget_jobs()


@pytest.fixture
def draft(store: StoreRef, tmp_path: Path) -> ImportDraft:
    """A file of three rows that was looked into."""
    return uploading.look(uploading.upload(store, tmp_path))


def send(client: Client, content: bytes | str, name: str = "orders.csv", store: str = "shop") -> object:
    """Uploads a file as the form without scripts does."""
    data = content.encode() if isinstance(content, str) else content
    return client.post("/imports/new", {"store": store, "file": SimpleUploadedFile(name, data)})


def columns(**changed: str) -> dict[str, str]:
    """The form of the columns as it is suggested for ``importing.HEADER``, some of it changed."""
    said = {f"column-{index}": name for index, name in enumerate(importing.HEADER)}
    return {**said, "decimal": "", "date_order": "", **changed}

"""What stands between others and one's sign-in."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_names_the_address_under_which_no_passkey_works(owner: Client) -> None:
    page = owner.get("/settings/security", HTTP_HOST="127.0.0.1:8000").content.decode()

    assert "You came by 127.0.0.1:8000." in page

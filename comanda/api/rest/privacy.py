"""`/contacts/{id}/export` and `/contacts/{id}/erase`: what is held of one person, given out or taken away."""

import logging

from django.http import HttpRequest
from ninja import Router

from comanda.api import problems
from comanda.api.problems import ApiProblem
from comanda.api.rest import privacy_answers
from comanda.api.rest.fields import Id
from comanda.api.rest.privacy_answers import Certificate, PersonRecord
from comanda.api.rest.routing import actor, needs
from comanda.ingest import erasure
from comanda.records import audit, privacy
from comanda.records.models import Contact

log = logging.getLogger(__name__)
router = Router(tags=["privacy"])


@router.get("/{id}/export", response=PersonRecord, **needs("privacy:read"))
def export_contact(request: HttpRequest, id: Id) -> PersonRecord:  # noqa: A002  # the name in the address
    """All that is known of a person: for the person, who may ask for it (LGPD art. 18, GDPR art. 15 and 20).

    It holds what other answers leave out too: proofs of consent, and payloads as shops sent them. That it was
    given out stands in the audit log.
    """
    try:
        told = privacy.export(id)
    except Contact.DoesNotExist:
        raise problems.not_found(f"contact {id}") from None
    audit.note(actor(request), "contact.export", f"contact {id}")
    return privacy_answers.show(told)


@router.post("/{id}/erase", response=Certificate, **needs("privacy:write"))
def erase_contact(request: HttpRequest, id: Id) -> Certificate:  # noqa: A002
    """Takes a person out of all records, payloads and files, for good (LGPD art. 18, GDPR art. 17).

    Orders stay, as nobody's, so that no total changes. What is left is a keyed hash of the e-mail, phone and
    customer ids, by which the next file or sync is kept from bringing the person back.
    """
    try:
        return Certificate(**erasure.erase(id, actor(request)))
    except Contact.DoesNotExist:
        raise problems.not_found(f"contact {id}") from None
    except OSError as error:
        log.exception("A kept file could not be searched for contact %s, or not be removed.", id)
        raise ApiProblem(500, _FILES_LEFT.format(error.strerror)) from None


_FILES_LEFT = (
    "The person is gone from the database, but a kept file could not be searched or removed ({}). "
    "The log says more."
)

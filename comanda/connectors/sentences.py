"""What is said of a connection that does not work: what happened, and what to do, by code.

The steps are those in which a connection is checked: each needs the one before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


def _(text: str) -> str:
    """Marks a text for translation; whoever shows it translates it."""
    return text


class Step(StrEnum):
    """What is checked, in this order."""

    NAME = "name"
    TLS = "tls"
    ANSWER = "answer"
    KEY = "key"
    RIGHTS = "rights"
    VERSION = "version"


STEPS = {
    Step.NAME: _("There is a server of this name"),
    Step.TLS: _("It can be reached over an encrypted connection"),
    Step.ANSWER: _("The shop's API answers"),
    Step.KEY: _("The shop takes the key"),
    Step.RIGHTS: _("The key may read all that is needed"),
    Step.VERSION: _("The version of the shop is one that is known"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """Both parts are English, marked for translation, with ``%(name)s`` where facts go.

    ``detail`` is a fact that stands beside the sentences: in the shop's words or a programmer's, for whoever
    looks into it.
    """

    step: Step
    happened: str
    mend: str
    detail: str = ""


ALL: dict[str, Sentence] = {
    "name_unknown": Sentence(
        Step.NAME, _("No server is called %(host)s."), _("Check the address for a slip of the pen.")
    ),
    "address_invalid": Sentence(
        Step.NAME,
        _("%(url)s is no address of a shop."),
        _("Give the address that the shop's front page has, such as https://shop.example."),
    ),
    "private_address": Sentence(
        Step.NAME,
        _("%(host)s leads into a private network, where no shop of the internet is."),
        _("Give the shop's public address, or have COMANDA_ALLOW_PRIVATE_HOSTS name the host."),
    ),
    "not_encrypted": Sentence(
        Step.NAME,
        _("%(host)s would be asked without encryption, and the key could be read on the way."),
        _("Give an address that begins with https://."),
    ),
    "port_refused": Sentence(
        Step.NAME,
        _("No shop is asked at this port of %(host)s."),
        _("Leave the port out of the address, or use 443 or 8443."),
    ),
    "tls": Sentence(
        Step.TLS,
        _("The certificate of %(host)s is not valid: %(reason)s."),
        _("Renew the certificate at the shop's host, then try again."),
    ),
    "unreachable": Sentence(
        Step.TLS,
        _("%(host)s could not be reached: %(reason)s."),
        _("Nothing is lost: it is tried again by itself. If this goes on, ask the shop's host."),
    ),
    "timeout": Sentence(
        Step.ANSWER,
        _("%(host)s did not answer within %(seconds)s seconds."),
        _("Nothing is lost: it is tried again by itself, with smaller pages."),
    ),
    "moved": Sentence(
        Step.ANSWER,
        _("The shop has moved: its address leads on to %(to)s."),
        _("Put the new address into the connection, if it is the shop's."),
    ),
    "firewall": Sentence(
        Step.ANSWER,
        _("A firewall or protection page of %(host)s stands in the way (%(status)s)."),
        _("Have the shop's host let requests of Comanda through to the API."),
    ),
    "html": Sentence(
        Step.ANSWER,
        _("%(host)s answered with a web page where data was expected."),
        _("Check the address, and that no maintenance or log-in page stands before the API."),
    ),
    "notices": Sentence(
        Step.ANSWER,
        _("The shop prints notices of PHP before its data: %(start)s"),
        _("Switch off the display of errors in the shop (WP_DEBUG_DISPLAY, _PS_MODE_DEV_)."),
    ),
    "not_json": Sentence(
        Step.ANSWER,
        _("What %(host)s answered cannot be read: %(start)s"),
        _("It is tried again by itself. If this goes on, look for a plug-in that changes the API's answers."),
    ),
    "odd_answer": Sentence(
        Step.ANSWER,
        _("%(host)s answered in a way that is not known: %(what)s"),
        _("Update Comanda; if this goes on, report it with this sentence."),
    ),
    "too_large": Sentence(
        Step.ANSWER,
        _("An answer of %(host)s is larger than %(most)s MB."),
        _("It is tried again with smaller pages. If one record alone is so large, it cannot be read."),
    ),
    "too_costly": Sentence(
        Step.ANSWER,
        _("The shop finds a question too large: %(what)s"),
        _("It is asked again in smaller parts. If one record alone is too large, it cannot be read."),
    ),
    "preparing": Sentence(
        Step.ANSWER,
        _("The shop is still preparing its history for us: %(count)s records so far."),
        _("Nothing is to be done: it goes on by itself."),
    ),
    "no_api": Sentence(
        Step.ANSWER,
        _("There is no API of the shop at %(url)s."),
        _("Check the address, and that the API is switched on in the shop."),
    ),
    "busy": Sentence(
        Step.ANSWER,
        _("The shop asks to wait: it had too many requests (%(status)s)."),
        _("Nothing is to be done: it goes on by itself in %(seconds)s seconds."),
    ),
    "down": Sentence(
        Step.ANSWER,
        _("The shop is out of order (%(status)s)."),
        _("Nothing is lost: it is tried again by itself, and all that was missed is read then."),
    ),
    "loop": Sentence(
        Step.ANSWER,
        _("The shop gives the same page again and again."),
        _("Look for a plug-in or cache that changes the API's answers, then sync again."),
    ),
    "key_refused": Sentence(
        Step.KEY,
        _("The shop does not take the key (%(status)s)."),
        _("Make a new key in the shop and put it into the connection."),
    ),
    "key_missing": Sentence(
        Step.KEY,
        _("%(field)s is missing."),
        _("Fill it in on the connection's page."),
    ),
    "keys_unsent": Sentence(
        Step.KEY,
        _("The shop said yes, but its keys did not arrive."),
        _("Have the shop's host let it call Comanda's address, or make a key by hand and copy it here."),
    ),
    "key_expired": Sentence(
        Step.KEY,
        _("The shop's permission has run out, and could not be renewed."),
        _("Connect the shop again."),
    ),
    "app_removed": Sentence(
        Step.KEY,
        _("The app was taken out of the shop."),
        _("Connect the shop again, or archive the store here."),
    ),
    "app_suspended": Sentence(
        Step.KEY,
        _("The shop's platform has suspended the app."),
        _("Settle it with the platform, then sync again."),
    ),
    "still_connected": Sentence(
        Step.KEY,
        _("The platform asks to delete all that the shop brought, but the app is still in the shop."),
        _("Nothing was deleted. If the shop is gone all the same, delete the store here."),
    ),
    "unpaid": Sentence(
        Step.KEY,
        _("The shop's platform has suspended the shop or the app (%(status)s)."),
        _("Settle it with the platform, then sync again."),
    ),
    "header_stripped": Sentence(
        Step.KEY,
        _("The shop's web server does not hand the key on to the shop."),
        _("Have the host pass the header Authorization (CGIPassAuth On)."),
    ),
    "clock_apart": Sentence(
        Step.KEY,
        _("The shop refuses the time of the signature: its clock and ours are %(seconds)s seconds apart."),
        _("Set the clocks of both servers by a time server."),
    ),
    "token_alone": Sentence(
        Step.KEY,
        _("The shop does not take the access token by itself (%(status)s)."),
        _("Fill in the consumer key and both secrets too, and check that the integration is active."),
    ),
    "right_missing": Sentence(
        Step.RIGHTS,
        _("The key may not read %(what)s (%(status)s)."),
        _("Give the key the right to read it in the shop, or make a new key that has it."),
    ),
    "other_shop": Sentence(
        Step.KEY,
        _("The answer came from %(host)s, not from %(wanted)s, the address of this store."),
        _("Check the store's address here, then connect again while signed in to that shop."),
    ),
    "part_missing": Sentence(
        Step.RIGHTS,
        _("The shop's API does not give its %(what)s."),
        _("All else comes in. Ask the platform to open this part to the app, then check again."),
    ),
    "history_short": Sentence(
        Step.RIGHTS,
        _("The shop shows orders of the last %(days)s days only."),
        _("Grant the app the right to read all orders (%(right)s), then do a full sync."),
    ),
    "people_hidden": Sentence(
        Step.RIGHTS,
        _("The shop hides names and e-mails from this app."),
        _("Ask the platform for access to protected customer data, or change the plan; then do a full sync."),
    ),
    "hooks_refused": Sentence(
        Step.RIGHTS,
        _("The key may not make webhooks in the shop."),
        _("All comes in without them, within the interval of the sync. Give the key the right to write too."),
    ),
    "currency_changed": Sentence(
        Step.VERSION,
        _("The shop sells in %(now)s; this store is set to %(was)s."),
        _("Each order keeps the currency that it was made in. If the change is to stay, edit the store."),
    ),
    "zone_changed": Sentence(
        Step.VERSION,
        _("The shop's time zone is %(now)s; this store is set to %(was)s."),
        _("Days are compared by the zone of the store. If the change is to stay, edit the store."),
    ),
    "dates_ahead": Sentence(
        Step.VERSION,
        _("The newest order of the shop is dated %(minutes)s minutes into the future."),
        _("Set the time zone of the shop's database to UTC: changes may be missed until then."),
    ),
    "version_old": Sentence(
        Step.VERSION,
        _("The shop runs version %(version)s; %(least)s or newer is needed."),
        _("Update the shop."),
    ),
    "version_other": Sentence(
        Step.VERSION,
        _("The shop answered as version %(version)s of its API, not as %(wanted)s."),
        _("Update Comanda; until then what the shop sends is read as well as may be."),
    ),
    "unreadable": Sentence(
        Step.VERSION,
        _("What the shop sent here is not as its platform describes it, and cannot be read."),
        _("It is kept. Correct it in the shop and try it again; if that does not help, update Comanda."),
        detail="what",
    ),
    "stumbled": Sentence(
        Step.VERSION,
        _("The shop itself stumbles over this record, and answers with an error."),
        _("Open it in the shop and save it once more, then try it again; else ask who looks after the shop."),
        detail="what",
    ),
    "hook_unreadable": Sentence(
        Step.VERSION,
        _("A message of the shop cannot be read."),
        _("Nothing is lost: what it told of comes with the next sync."),
        detail="what",
    ),
    "refused": Sentence(
        Step.VERSION,
        _("%(part)s: “%(value)s” cannot be kept."),
        _("Correct it in the shop, then try it again."),
        detail="what",
    ),
    "refused_empty": Sentence(
        Step.VERSION,
        _("%(part)s is empty, and must not be."),
        _("Fill it in at the shop, then try it again."),
        detail="what",
    ),
    "gone": Sentence(
        Step.VERSION,
        _("The shop has it no more."),
        _("Nothing is to be done."),
    ),
    "unsupported": Sentence(
        Step.VERSION,
        _("The platform does not offer this: %(feature)s."),
        _("Nothing can be done here."),
    ),
}  # fmt: skip


REASONS = {
    "certificate has expired": _("it has expired"),
    "certificate is not yet valid": _("it is not valid yet"),
    "self-signed certificate": _("no authority has signed it"),
    "self signed certificate": _("no authority has signed it"),
    "unable to get local issuer certificate": _(
        "who issued it is not known, or a part of its chain is missing"
    ),
    "Hostname mismatch": _("it is made out to another name"),
    "Connection refused": _("it takes no connections"),
    "Connection reset": _("it broke off the connection"),
    "Server disconnected": _("it broke off the connection"),
    "No route to host": _("no way leads there"),
    "Network is unreachable": _("no way leads there"),
}
"""What the network says, as far as it is known → the same in words."""


def reason(said: str) -> str:
    """Why a shop is not reached, in words where there are some."""
    return next((words for known, words in REASONS.items() if known.lower() in said.lower()), said)


def say(code: str, facts: Mapping[str, str]) -> str:
    """Both sentences in English, and the detail."""
    sentence = ALL[code]
    detail = facts.get(sentence.detail, "")
    return f"{sentence.happened % facts} {sentence.mend % facts}{detail and f' ({detail})'}"

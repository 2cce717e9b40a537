"""One cell of text to one value, remembered so that a value that comes often is worked out once.

Each cache is a dict that fills itself and is emptied when full: memory does not grow with the file.
A cell that cannot be read raises ``CellProblem``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from babel.numbers import list_currencies

from comanda.ingest.csv_import.problems import CellProblem
from comanda.ingest.csv_import.statuses import find_status
from comanda.lib import dates, emails, numbers, phones
from comanda.lib.dates import Epoch, Note, Order
from comanda.lib.numbers import SIGNS
from comanda.lib.placeholders import is_placeholder
from comanda.lib.text import fold
from comanda.shapes import OrderStatus

FULL = 50_000
"""Values that a cache keeps at most."""
MOST_TOLD = 1_000
"""Unknown status words that are told one by one."""
LONGEST_KEY = 255
LONGEST_TEXT = 20_000
AHEAD = timedelta(days=366)
_FIRST_YEAR = 1970


class Texts(dict[str | None, str]):
    """Trimmed text; "" for an empty cell."""

    def __missing__(self, text: str | None) -> str:
        value = (text or "").strip()
        if len(value) > LONGEST_TEXT:
            raise CellProblem(
                "too_long", "", value, f"Text of at most {LONGEST_TEXT:,} characters.", "Shorten the text."
            )
        if len(self) >= FULL:
            self.clear()
        self[text] = value
        return value


class Keys(dict[str | None, str]):
    """Trimmed ids; an empty or overlong one is a problem."""

    def __missing__(self, text: str | None) -> str:
        value = (text or "").strip()
        if not value:
            raise CellProblem("missing", "", "", "An id.", "Write the shop's id.")
        if len(value) > LONGEST_KEY:
            expected = f"An id of at most {LONGEST_KEY} characters."
            raise CellProblem("too_long", "", value, expected, "Check that the column is the right one.")
        if len(self) >= FULL:
            self.clear()
        self[text] = value
        return value


class Numbers(dict[str | None, Decimal]):
    """Amounts, or quantities where not ``money``, by the file's decimal mark."""

    def __init__(self, mark: str, *, money: bool) -> None:
        super().__init__()
        self.mark = mark
        self.money = money

    def __missing__(self, text: str | None) -> Decimal:
        if text is None or not text.strip():
            raise CellProblem("missing", "", "", "A number.", "Write the number, 0 if there is none.")
        try:
            value = numbers.parse(text, self.mark)
        except ValueError as error:
            raise CellProblem(
                "not_a_number", "", text, f"A number like {self._example()}.", str(error)
            ) from None
        if not self.money and numbers.names_currency(text):
            raise CellProblem("not_a_number", "", text, "A quantity.", "Write the number alone.")
        if len(self) >= FULL:
            self.clear()
        self[text] = value
        return value

    def _example(self) -> str:
        return ("1234.56" if self.mark == "." else "1234,56") if self.money else "3"


class Moments:
    """Dates of one column. They seldom come twice, so none is remembered."""

    def __init__(self, zone: tzinfo, order: Order | None, epoch: Epoch, now: datetime) -> None:
        self._zone, self._order, self._epoch = zone, order, epoch
        self._latest = now + AHEAD

    def read(self, text: str | None) -> tuple[datetime, Note]:
        """The instant, and what was decided to find it."""
        if text is None or not text.strip():
            raise CellProblem("missing", "", "", "A date.", "Write the date, as in 2025-01-16 14:32:10.")
        try:
            found = dates.parse(text, self._zone, self._order, self._epoch)
        except ValueError as error:
            mend = f"{error} Write it as in 2025-01-16 14:32:10."
            raise CellProblem("not_a_date", "", text, f"A date{self._written()}.", mend) from None
        at = found[0]
        if at.year < _FIRST_YEAR or at.year > self._latest.year or at > self._latest:
            expected = f"A date from {_FIRST_YEAR} to a year from today."
            raise CellProblem("implausible_date", "", text, expected, "Check the year.")
        return found

    def _written(self) -> str:
        if self._order is None:
            return ""
        return " with the day first" if self._order is Order.DAY_FIRST else " with the month first"


@dataclass(slots=True)
class Identity:
    """Who a contact identifier names; all "" for nobody."""

    email: str = ""
    phone: str = ""
    customer_id: str = ""


NOBODY = Identity()


class Identities(dict[str | None, Identity]):
    """An e-mail where there is an ``@``, a phone where it is written as one, else the shop's customer id.

    Digits alone are a customer id unless they start with ``00`` and are a valid number abroad.
    """

    def __init__(self, country: str) -> None:
        super().__init__()
        self.country = country

    def __missing__(self, text: str | None) -> Identity:
        written = (text or "").strip()
        value = self._identify(written) if written else NOBODY
        if len(self) >= FULL:
            self.clear()
        self[text] = value
        return value

    def _identify(self, written: str) -> Identity:
        if "@" in written:
            return self._email(written)
        if phones.is_international(written):
            return self._international(written)
        if self.country and phones.is_grouped(written):
            try:
                return Identity(phone=phones.normalise(written, self.country))
            except ValueError:
                pass
        if len(written) > LONGEST_KEY:
            expected = f"An e-mail, a phone or a customer id of at most {LONGEST_KEY} characters."
            raise CellProblem("too_long", "", written, expected, "Check that the column is the right one.")
        return Identity(customer_id=written)

    def _email(self, written: str) -> Identity:
        try:
            return Identity(email=emails.normalise(written))
        except ValueError as error:
            if is_placeholder(written.lower()):
                return NOBODY
            mend = f"{error} Correct the address, or leave the cell empty for a guest."
            raise CellProblem(
                "not_an_email", "", written, "An e-mail address like maria@example.com.", mend
            ) from None

    def _international(self, written: str) -> Identity:
        try:
            return Identity(phone=phones.normalise(written, self.country))
        except ValueError as error:
            if written.startswith("00"):
                return Identity(customer_id=written)
            mend = f"{error} Correct the number, or leave the cell empty for a guest."
            raise CellProblem(
                "not_a_phone", "", written, "A phone number like +351912345678.", mend
            ) from None


class Statuses(dict[str, OrderStatus]):
    """Status words; ``is_news`` the first time that an unknown one comes.

    ``own`` are the words of the shop, which go before those that are known of all shops.
    """

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._own = {fold(word): OrderStatus(status) for word, status in (own or {}).items()}
        self._told: set[str] = set()

    def __missing__(self, word: str) -> OrderStatus:
        if len(self) >= FULL:
            self.clear()
        self[word] = status = self._find(word) or OrderStatus.UNKNOWN
        return status

    def _find(self, word: str) -> OrderStatus | None:
        return self._own.get(fold(word)) or find_status(word)

    def is_news(self, word: str) -> bool:
        """Whether this word is not known and was not told yet."""
        if self[word] is not OrderStatus.UNKNOWN or word in self._told or self._find(word):
            return False
        if len(self._told) < MOST_TOLD:
            self._told.add(word)
            return True
        return False

    def tell(self, word: str) -> CellProblem:
        """The warning for a word that is not known."""
        expected = "created, pending, completed, canceled, or a word for one of them."
        mend = "Orders with this word came in as unknown; say in the store's status map what it means."
        return CellProblem("unknown_status", "order_status", word, expected, mend)


class Currencies(dict[str, str]):
    """ISO 4217 codes, also of currency signs that stand for one currency."""

    def __missing__(self, text: str) -> str:
        code = SIGNS.get(text.strip()) or text.strip().upper()
        if code not in _CURRENCIES:
            expected = "The ISO 4217 code of a currency, such as EUR."
            raise CellProblem("not_a_currency", "", text, expected, "Write the code.")
        if len(self) >= FULL:
            self.clear()
        self[text] = code
        return code


_CURRENCIES = frozenset(list_currencies())
_YES = (
    "yes, y, true, 1, on, subscribed, accepted, sim, s, verdadeiro, aceita, aceite, si, verdadero, acepta,"
    "oui, o, vrai, accepte"
)
_NO = "no, n, false, 0, off, unsubscribed, nao, falso, nao aceita, non, faux, refuse, no acepta"
_UNSAID = "unknown, null, none, n/a, desconhecido, desconocido, inconnu"
CONSENTS: dict[str, bool | None] = {
    **{fold(word): True for word in _YES.split(",")},
    **{fold(word): False for word in _NO.split(",")},
    **{fold(word): None for word in _UNSAID.split(",")},
}
"""Folded answer → whether marketing is accepted; ``None`` is not known."""


def parts(text: str) -> tuple[str, ...]:
    """``a, b;c`` → ``("a", "b", "c")``, each once."""
    if not text:
        return ()
    pieces = text.replace(";", ",").replace("|", ",").split(",")
    return tuple(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))

"""The columns of a file as the wizard shows them: what stands there, what it is taken for, what is open."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from django.utils.functional import Promise

from comanda.ingest.csv_import import choices, drafts, suggestions
from comanda.ingest.csv_import.choices import Chosen, Question, Verdict
from comanda.ingest.csv_import.encoding import CODECS
from comanda.ingest.csv_import.fields import FIELDS
from comanda.ingest.csv_import.seen import Column, Proof, Seen
from comanda.lib.dates import Order
from comanda.lib.dates import parse as parse_date
from comanda.lib.numbers import parse as parse_number
from comanda.records.models import ImportDraft
from comanda.shapes import OrderStatus
from comanda.web.frame import tags
from comanda.web.imports import words
from comanda.web.imports.forms import Answer

_CHOOSABLE = ("order_status", "contact_identifier", "product_quantity", "order_date")
"""Fields for which one value for all rows is offered when no column says them."""
_USEFUL = ("currency", "tags")
"""The same for fields that are not needed."""
MEANINGS = tuple(
    (status, tags.STATUSES[status][0]) for status in OrderStatus if status != OrderStatus.UNKNOWN
)
"""The statuses that a person can mean, and what they are called."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A value of a column, and what it is read as: "" for plain text."""

    text: str
    reading: str
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One column."""

    index: int
    title: str
    samples: list[Sample]
    filled: int
    field: str
    why: Promise | str
    is_guess: bool
    doubt: Promise | str
    is_doubled: bool
    is_unnamed: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A value for all rows that can be said, has been said, or is wrong."""

    name: str
    label: Promise
    said: str | None
    usual: str
    is_missing: bool
    is_bad: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One of two ways to read a value that could be either."""

    value: str
    name: Promise
    shown: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that only a person can answer."""

    about: str
    column: str
    proofs: tuple[Proof, ...]
    is_contradiction: bool
    readings: list[Reading]


@dataclass(slots=True)
class Page:
    """All that the page of the columns shows."""

    draft: ImportDraft
    seen: Seen
    verdict: Verdict
    rows: list[Row]
    values: list[Value]
    questions: list[Asked]
    missing: list[tuple[Promise, Promise]]
    said: Chosen
    groups: Any = words.GROUPS
    delimiters: Any = field(default_factory=lambda: words.DELIMITER_NAMES)
    encodings: Any = tuple(CODECS)
    statuses: Any = MEANINGS
    decimals: Any = field(default_factory=lambda: words.DECIMAL_NAMES)
    orders: Any = field(default_factory=lambda: words.DATE_ORDER_NAMES)

    @property
    def asked(self) -> set[str]:
        """What is asked for in a question."""
        return {question.about for question in self.questions}

    @property
    def found_decimal(self) -> Promise | str:
        """The decimal mark that the file shows."""
        return "" if self.said.decimal else words.DECIMAL_NAMES.get(self.verdict.decimal, "")

    @property
    def found_order(self) -> Promise | str:
        """The order of day and month that the file shows."""
        return "" if self.said.date_order else words.DATE_ORDER_NAMES.get(self.verdict.date_order, "")

    @property
    def status_words(self) -> set[str]:
        """The statuses among the words that can be said of all rows."""
        return {str(status) for status, _label in MEANINGS}


def answer_of(draft: ImportDraft) -> Answer:
    """What was chosen before, as a form would send it."""
    chosen = drafts.chosen_in(draft)
    return Answer(chosen, {index: name for name, index in chosen.mapping.items()})


def page(draft: ImportDraft, answer: Answer) -> Page:
    """The page for a draft whose file was looked into, with what was chosen."""
    seen = drafts.seen_in(draft)
    verdict = choices.weigh(seen, answer.chosen, answer.doubled)
    return Page(
        draft,
        seen,
        verdict,
        [_row(column, seen, verdict, answer, draft) for column in seen.columns],
        _values(verdict, answer, draft.store.currency),
        [_asked(question, ZoneInfo(draft.store.timezone)) for question in verdict.questions],
        [(words.LABELS[name], words.MISSING[name]) for name in verdict.missing],
        answer.chosen,
    )


def _row(column: Column, seen: Seen, verdict: Verdict, answer: Answer, draft: ImportDraft) -> Row:
    name = answer.fields.get(column.index, "")
    suggestion = next((s for s in seen.suggestions if s.index == column.index and s.field == name), None)
    doubt = next((d.code for d in verdict.doubts if d.index == column.index and d.field == name), "")
    return Row(
        column.index,
        column.title,
        _samples(name, column, verdict, draft),
        column.filled,
        name,
        words.REASONS[suggestion.why] if suggestion else "",
        suggestion is not None and suggestion.why in suggestions.GUESSES,
        words.DOUBTS.get(doubt, ""),
        name in verdict.twice,
        column.index in verdict.unnamed,
    )


def _samples(name: str, column: Column, verdict: Verdict, draft: ImportDraft) -> list[Sample]:
    zone = ZoneInfo(draft.store.timezone)
    read: list[choices.Reading] = (
        choices.readings(name, column, verdict, zone, draft.store.status_map) if name else []
    )
    if not read:
        return [Sample(text, "", is_unread=False) for text in column.samples]
    shown = [_shown(each, zone) for each in read]
    return [
        Sample(text, "" if reading == text else reading, is_unread=not reading)
        for text, reading in zip(column.samples, shown, strict=True)
    ]


def _shown(read: choices.Reading, zone: ZoneInfo) -> str:
    """A reading as the language writes it; times on the store's own clock."""
    if read is None or read == OrderStatus.UNKNOWN:
        return ""
    if isinstance(read, datetime):
        return str(dates.format_datetime(read, "medium", tzinfo=zone, locale=tags.locale()))
    if isinstance(read, Decimal):
        return tags.number(read, 6)
    return str(tags.STATUSES[read][0])


def _values(verdict: Verdict, answer: Answer, currency: str) -> list[Value]:
    said = answer.chosen.constants
    offered = [name for name in _CHOOSABLE if name in verdict.missing or name in said]
    offered += [name for name in _USEFUL if name not in answer.chosen.mapping]
    names = dict.fromkeys([*offered, *(name for name in FIELDS if name in said)])
    return [
        Value(
            name,
            words.LABELS[name],
            said.get(name),
            currency if name == "currency" else choices.USUAL.get(name, ""),
            name in verdict.missing,
            name in verdict.bad,
        )
        for name in names
    ]


def _asked(question: Question, zone: ZoneInfo) -> Asked:
    readings = _dates(question, zone) if question.about == "date_order" else _numbers(question)
    return Asked(question.about, question.column, question.proofs, question.is_contradiction, readings)


def _dates(question: Question, zone: ZoneInfo) -> list[Reading]:
    return [
        Reading(order, words.DATE_ORDER_NAMES[order], _read_date(question.proofs, order, zone))
        for order in Order
    ]


def _read_date(proofs: tuple[Proof, ...], order: Order, zone: ZoneInfo) -> str:
    for proof in proofs:
        try:
            at, _ = parse_date(proof.text, zone, order)
        except ValueError:
            continue
        return str(dates.format_date(at, "long", locale=tags.locale()))
    return ""


def _numbers(question: Question) -> list[Reading]:
    return [
        Reading(mark, words.DECIMAL_NAMES[mark], _read_number(question.proofs, mark)) for mark in (".", ",")
    ]


def _read_number(proofs: tuple[Proof, ...], mark: str) -> str:
    for proof in proofs:
        try:
            return tags.number(parse_number(proof.text, mark), 6)
        except ValueError:
            continue
    return ""

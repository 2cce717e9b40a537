"""Values that the caller gave for all rows, checked and written as the file would write them."""

from collections.abc import Mapping

from comanda.ingest.csv_import.cells import Currencies, Identities, Moments
from comanda.ingest.csv_import.evidence import Findings
from comanda.ingest.csv_import.fields import FIELDS, Kind
from comanda.ingest.csv_import.orders import Place
from comanda.ingest.csv_import.problems import CellProblem, FileRefused, RowProblem, file_problem
from comanda.lib import numbers
from comanda.lib.dates import Epoch


def settle(constants: Mapping[str, str], findings: Findings, place: Place) -> dict[str, str]:
    """The constants as cells of this file. Raises ``FileRefused`` with all that cannot be."""
    settled: dict[str, str] = {}
    problems: list[RowProblem] = []
    for field, value in constants.items():
        try:
            settled[field] = _settle_one(field, value.strip(), findings, place)
        except CellProblem as problem:
            said = f"{field} cannot be {value}: {problem.expected}"
            problems.append(file_problem("bad_constant", said, problem.mend, field=field, value=value))
    if problems:
        raise FileRefused(problems)
    return settled


def _settle_one(field: str, value: str, findings: Findings, place: Place) -> str:
    kind = FIELDS[field].kind
    if value and kind in (Kind.MONEY, Kind.QUANTITY):
        return _number(value, findings.mark)
    if value and kind is Kind.DATE:
        at, _ = Moments(place.zone, findings.order, Epoch.NONE, place.now).read(value)
        return at.isoformat()
    if value and field == "currency":
        return Currencies()[value]
    if value and field == "contact_identifier":
        Identities(place.country)[value]
    return value


def _number(value: str, mark: str) -> str:
    """A constant shows its own decimal mark where it can; it need not be the file's."""
    own = numbers.mark_of(value)
    try:
        number = numbers.parse(value, own if own in (".", ",") else mark)
    except ValueError as error:
        raise CellProblem("not_a_number", "", value, "A number.", str(error)) from None
    return f"{number:f}".replace(".", mark)

"""What can be wrong with a file, and how it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from comanda.lib.text import shorten
from comanda.shapes import Problem


class Severity(StrEnum):
    """``refused``: the order did not come in; ``warning``: it did, by a rule that is told."""

    REFUSED = "refused"
    WARNING = "warning"


@dataclass(slots=True)
class RowProblem:
    """A problem and where it stands.

    ``row`` is the record's number as a spreadsheet shows it, the header being 1, or 0 for the file
    as a whole; ``column`` the header's text; ``raw`` the row's cells as they were read.
    """

    row: int
    column: str
    problem: Problem
    severity: Severity = Severity.REFUSED
    raw: list[str] = field(default_factory=list)


class FileRefused(Exception):
    """The file as a whole cannot be read: nothing of it came in."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(explain(problem) for problem in self.problems))


class CellProblem(Exception):
    """One cell, or one row where ``field`` is "", that cannot be taken as it is."""

    def __init__(self, code: str, field: str, value: str, expected: str, mend: str) -> None:
        self.code, self.field, self.value = code, field, value
        self.expected, self.mend = expected, mend
        super().__init__(code)


def refuse(
    code: str, expected: str, mend: str, *, row: int = 0, column: str = "", field: str = "", value: str = ""
) -> FileRefused:
    """The exception for one thing wrong with the whole file."""
    return FileRefused([file_problem(code, expected, mend, row=row, column=column, field=field, value=value)])


def file_problem(
    code: str, expected: str, mend: str, *, row: int = 0, column: str = "", field: str = "", value: str = ""
) -> RowProblem:
    """One thing wrong with the whole file; ``row`` is where it shows, 0 for nowhere in particular."""
    problem = Problem(code, field or column, shorten(value), expected, mend)
    return RowProblem(row, column, problem)


def explain(problem: RowProblem) -> str:
    """The problem in sentences: ``Row 3, order_date, "x": expected a date. Write …``."""
    place = ", ".join(
        part
        for part in (
            f"row {problem.row}" if problem.row else "",
            problem.column and f"column {problem.column}",
            problem.problem.value and f'"{problem.problem.value}"',
        )
        if part
    )
    said = f"{place}: {problem.problem.expected}" if place else problem.problem.expected
    return f"{said[:1].upper()}{said[1:]} {problem.problem.mend}".strip()

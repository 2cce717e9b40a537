"""Which column of the file is which field."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from comanda.ingest.csv_import.fields import ALIASES, FIELDS, NAMES, REQUIRED, key
from comanda.ingest.csv_import.problems import FileRefused, RowProblem, file_problem
from comanda.ingest.csv_import.rejects import is_own
from comanda.lib.text import shorten

_RANKS = {alias: rank for rank, alias in enumerate((*NAMES, *ALIASES))}
_MOST_LISTED = 30


@dataclass(frozen=True, slots=True)
class Columns:
    """``mapping`` gives fields their column's index; ``ignored`` lists the headers that are no field."""

    header: tuple[str, ...]
    mapping: dict[str, int]
    constants: dict[str, str]
    ignored: tuple[str, ...]

    def title(self, field: str) -> str:
        """What to call the field in messages: its header in the file, or its name where it is constant."""
        index = self.mapping.get(field)
        return field if index is None else self.header[index]


def resolve(header: Sequence[str], mapping: Mapping[str, str], constants: Mapping[str, str]) -> Columns:
    """Finds the columns that were named, then those that name themselves.

    Raises ``FileRefused`` with everything that is wrong: unknown fields, headers that are not there
    or there twice, required fields that nothing gives.
    """
    titles = tuple(title.strip() for title in header)
    problems = [*_check_names(mapping, constants)]
    found: dict[str, int] = {}
    for field, title in mapping.items():
        places = _places(titles, title) if field in FIELDS else []
        if len(places) == 1:
            found[field] = places[0]
        elif field in FIELDS:
            problems.append(_not_one(field, title, titles, places))
    problems += _add_named(titles, found, constants)
    problems += _missing(found, constants, titles)
    if problems:
        raise FileRefused(problems)
    ignored = tuple(t for i, t in enumerate(titles) if i not in found.values() and not is_own(t))
    return Columns(titles, found, dict(constants), ignored)


def recognise(header: Sequence[str], mapping: Mapping[str, str]) -> int:
    """How many of these headers are known, to tell a good delimiter from a bad one."""
    known = {key(title) for title in mapping.values()}
    return sum(1 for title in header if key(title) in known or key(title) in _RANKS)


def _check_names(mapping: Mapping[str, str], constants: Mapping[str, str]) -> list[RowProblem]:
    problems = []
    for field in dict.fromkeys((*mapping, *constants)):
        if field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(FIELDS)}."
            problems.append(file_problem("unknown_field", f"There is no field {field}.", hint, field=field))
        elif field in mapping and field in constants:
            said = f"{field} is given both a column and a constant."
            problems.append(file_problem("mapped_twice", said, "Drop one of the two.", field=field))
    return problems


def _places(titles: Sequence[str], wanted: str) -> list[int]:
    """Where a header stands: as written if there is such a one, else by its folded text."""
    exact = [i for i, title in enumerate(titles) if title == wanted.strip()]
    return exact or [i for i, title in enumerate(titles) if key(title) == key(wanted) and key(title)]


def _not_one(field: str, title: str, titles: Sequence[str], places: list[int]) -> RowProblem:
    if places:
        return file_problem(
            "duplicate_header",
            f"Columns {_numbers(places)} have the same header.",
            "Give each column a header of its own.",
            row=1,
            column=title,
            field=field,
        )
    near = _nearest(title, titles)
    hint = f"Did you mean --map {_argument(field, near)}?" if near else f"The file has: {_listed(titles)}."
    return file_problem("no_such_column", f"The file has no column {title}.", hint, field=field, value=title)


def named(titles: Sequence[str], spoken_for: Collection[str], taken: Collection[int]) -> dict[str, int]:
    """The columns that name themselves, best name first, by the fields that they are.

    Fields that are ``spoken_for`` and columns that are ``taken`` are passed over.
    """
    found: dict[str, int] = {}
    folded = [key(title) for title in titles]
    for index, name in sorted(enumerate(folded), key=lambda item: _RANKS.get(item[1], len(_RANKS))):
        field = NAMES.get(name) or ALIASES.get(name)
        is_free = field not in spoken_for and index not in taken and not is_own(titles[index])
        if field is not None and is_free:
            found.setdefault(field, index)
    return found


def _add_named(
    titles: Sequence[str], found: dict[str, int], constants: Mapping[str, str]
) -> list[RowProblem]:
    """Gives the fields that are still free the column that names itself so."""
    own = named(titles, {*found, *constants}, set(found.values()))
    folded = [key(title) for title in titles]
    problems = []
    for field, index in own.items():
        same = [i for i, other in enumerate(folded) if other == folded[index]]
        if len(same) > 1:
            problems.append(_not_one(field, titles[index], titles, same))
    found.update(own)
    return problems


def _missing(
    found: Mapping[str, int], constants: Mapping[str, str], titles: Sequence[str]
) -> list[RowProblem]:
    given = {*found, *constants}
    problems = [_absent(field, titles, found) for field in REQUIRED if field not in given]
    if not given & {"product_price", "line_total"}:
        problems.append(_absent("product_price", titles, found))
    return problems


_MEND = {
    "order_status": "if there is none, say what all are: --set order_status=completed",
    "contact_identifier": "if the buyers are not known, say so: --set contact_identifier=",
    "product_quantity": "if every row is one piece: --set product_quantity=1",
    "product_price": "or, where the file has the total of each line: --map line_total=Column",
}


def _absent(field: str, titles: Sequence[str], found: Mapping[str, int]) -> RowProblem:
    free = [title for i, title in enumerate(titles) if i not in found.values() and title]
    near = _nearest(field, free)
    name = f"Say which column it is: --map {_argument(field, near or 'Column')}"
    mend = f"{name}; {_MEND[field]}." if field in _MEND else f"{name}."
    said = f"No column is {field}. The file has: {_listed(titles)}."
    return file_problem("missing_column", said, mend, row=1, field=field)


def _nearest(wanted: str, titles: Sequence[str]) -> str:
    """The header that looks most like ``wanted`` or any alias of it, "" when none does."""
    folded = {key(title): title for title in titles}
    field = FIELDS.get(wanted)
    names = [wanted, *field.aliases] if field else [wanted]
    best, best_ratio = "", 0.7
    for name in names:
        for near in difflib.get_close_matches(key(name), folded, n=1, cutoff=best_ratio):
            ratio = difflib.SequenceMatcher(None, key(name), near).ratio()
            if ratio > best_ratio:
                best, best_ratio = folded[near], ratio
    return best


def _argument(field: str, title: str) -> str:
    return f'"{field}={title}"' if any(c in title for c in " '&;|<>()$`\\") else f"{field}={title}"


def _listed(titles: Sequence[str]) -> str:
    shown = ", ".join(shorten(title, 40) for title in titles[:_MOST_LISTED])
    return shown + (f" and {len(titles) - _MOST_LISTED} more" if len(titles) > _MOST_LISTED else "")


def _numbers(places: list[int]) -> str:
    return " and ".join(str(place + 1) for place in places)

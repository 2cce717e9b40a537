"""Everything that is said to people is said in every language, whole and with the same names in it."""

import re
from collections.abc import Iterator

import pytest
from babel.messages import Catalog, Message

from tools import messages
from tools.build.messages import LANGUAGES, load

SAID = messages.collect(messages.ROOT)
VARIABLE = re.compile(r"%\((\w+)\)[sdf]|\{(\w*)\}")
TAG = re.compile(r"</?([a-z]+[0-9]?)[^>]*>")


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def catalog(language: str) -> Catalog:
    return load(messages.ROOT, language)


def key(message: Message) -> tuple[object, object]:
    return message.id, message.context


def pairs(catalog: Catalog) -> Iterator[tuple[str, str, list[str]]]:
    """Singular and plural of each message, with its translations: one, or one for each plural form."""
    for each in catalog:
        if each.id:
            singular, plural = (each.id, each.id) if isinstance(each.id, str) else each.id
            yield singular, plural, [each.string] if isinstance(each.string, str) else list(each.string or ())


def names(text: str) -> set[str]:
    return {found[0] or found[1] for found in VARIABLE.findall(text)}


def tags(text: str) -> list[str]:
    return sorted(TAG.findall(text))


def edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_it_says_things_at_all() -> None:
    assert len(SAID) > 500


def test_it_knows_all_that_the_code_says_and_nothing_else(catalog: Catalog) -> None:
    said, known = ({key(each) for each in every if each.id} for every in (SAID, catalog))

    assert (said - known, known - said) == (set(), set()), "run `make messages`"


def test_it_leaves_nothing_unsaid(catalog: Catalog) -> None:
    assert [singular for singular, _, strings in pairs(catalog) if not all(strings)] == []


def test_it_has_every_plural(catalog: Catalog) -> None:
    plurals = [(singular, strings) for singular, plural, strings in pairs(catalog) if singular != plural]

    assert [singular for singular, strings in plurals if len(strings) != catalog.num_plurals] == []


def test_it_guesses_nothing(catalog: Catalog) -> None:
    assert [each.id for each in catalog if each.id and each.fuzzy] == []


def test_it_names_what_the_code_names(catalog: Catalog) -> None:
    """The form for one may say it without the number, where the code may."""
    wrong = []
    for singular, plural, strings in pairs(catalog):
        *first, last = strings
        wrong += [] if names(last) == names(plural) else [last]
        wrong += [text for text in first if names(text) not in (names(singular), names(plural))]

    assert wrong == []


def test_it_marks_up_as_the_code_does(catalog: Catalog) -> None:
    every = [(plural, text) for _, plural, strings in pairs(catalog) for text in strings]

    assert [(source, text) for source, text in every if tags(text) != tags(source)] == []


def test_it_begins_and_ends_as_the_code_does(catalog: Catalog) -> None:
    """A space or line end at the edge would glue words together, or part them."""
    every = [(plural, text) for _, plural, strings in pairs(catalog) for text in strings]

    assert [(source, text) for source, text in every if edges(text) != edges(source)] == []

"""In another language, no word of English is left on any page."""

import re
from dataclasses import dataclass

import pytest

from tests.journeys.browser import pages
from tests.journeys.browser.pages import Place
from tests.journeys.browser.world import World
from tests.journeys.pages.reading import Reading, browser
from tools import messages
from tools.build.messages import load

pytestmark = pytest.mark.django_db

_VARIABLE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
CODES = {"pt_BR": "pt-br", "es": "es", "fr": "fr"}


@dataclass(frozen=True)
class Tongue:
    """What a language says, and what is said in English only; values may stand where a name does."""

    code: str
    spoken: re.Pattern[str]
    english: re.Pattern[str]

    def lacks(self, text: str) -> bool:
        """Whether a text is English and nothing else."""
        return bool(self.english.fullmatch(text)) and not self.spoken.fullmatch(text)


@pytest.fixture(scope="module", params=CODES)
def tongue(request: pytest.FixtureRequest) -> Tongue:
    catalog = load(messages.ROOT, request.param)
    spoken = {text for each in catalog for text in _texts(each.string)}
    english = {text for each in catalog for text in _texts(each.id)} - spoken
    return Tongue(CODES[request.param], _pattern(spoken), _pattern(english))


def _texts(said: object) -> set[str]:
    texts = said if isinstance(said, tuple | list) else (said,)
    return {" ".join(str(text).split()) for text in texts if text and re.search(r"\w{2}", str(text))}


def _pattern(texts: set[str]) -> re.Pattern[str]:
    parts = ([re.escape(part) for part in _VARIABLE.split(text)] for text in texts)
    return re.compile("|".join(".{0,80}?".join(each) for each in parts))


@pytest.mark.parametrize("place", pages.pages(), ids=lambda place: place.name)
def test_it_speaks_no_english(used: World, tongue: Tongue, place: Place) -> None:
    if place.name == "api-docs":
        return  # programs read English, whoever runs them
    client = browser(pages.session(used, place), tongue.code)

    text = client.get(place.path(used)).content.decode()

    assert f'lang="{tongue.code}"' in text
    assert [said for said in Reading(text).texts if tongue.lacks(said)] == []

"""Which of a survey's locales somebody meets who wants a language, and what the locales are called."""

import pytest

from collect.request import Request
from hearback.language import own_names
from hearback.survey import Survey
from ops.survey_languages import gaps
from tests.conftest import NOW


def speaking(*locales: str) -> Survey:
    question = {"en": "A question?", "fr": "Une question ?", "pt-PT": "Uma pergunta?"}
    plain = {"id": "tea", "title": "Tea", "question": question, "locales": locales, "brand": {"name": "Chai"}}
    return Survey.model_validate(plain)


@pytest.mark.parametrize(
    ("wanted", "locale"),
    [
        ("fr-CA", "fr-CA"),
        ("FR-ca", "fr-CA"),
        ("fr", "fr"),
        ("fr-BE", "fr"),
        ("pt-PT", "pt-PT"),
        ("pt", "pt-BR"),
        ("pt-AO", "pt-BR"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-TW", "zh-Hans"),
        ("de", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
def test_a_region_of_its_own_comes_before_its_language(wanted: str, locale: str) -> None:
    survey = speaking("en", "fr-CA", "fr", "pt-BR", "pt-PT", "zh-Hans", "zh-Hant")

    assert survey.locale_for(wanted) == locale


def test_an_earlier_wish_comes_before_a_closer_one() -> None:
    assert speaking("en", "fr", "pt-PT").locale_for("de", "fr-CA", "pt-PT") == "fr"


def test_a_text_that_a_region_lacks_is_said_in_its_language_and_is_no_gap() -> None:
    survey = speaking("en", "fr-CA", "pt-BR")

    assert survey.say(survey.question, "fr-CA") == "Une question ?"
    assert survey.say(survey.question, "pt-BR") == "A question?"
    assert [gap for gap in gaps(survey) if "not translated" in gap] == ["pt-BR: not translated: question"]


def test_locales_of_one_language_are_told_apart_by_their_regions() -> None:
    assert list(own_names(["en-GB", "fr", "fr-CA", "pt-BR", "pt-PT", "sw-KE", "sw-TZ"]).values()) == [
        "English",
        "Français",
        "Français (CA)",
        "Português (BR)",
        "Português (PT)",
        "sw-KE",
        "sw-TZ",
    ]


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("hi;q=0.9, en;q=0.5", ["hi", "en"]),
        ("en; q=0.5, hi; q=0.9", ["hi", "en"]),
        ("en ;q=0.5\t,hi;Q=0.9", ["hi", "en"]),
        ("en;q=1, hi;q=1.0, fr", ["en", "hi", "fr"]),
        ("hi;q=0, en;q=0.000, fr;q=0.001", ["fr"]),
        ("*;q=0.5, fr-CA", ["fr-CA", "*"]),
        ("en;q=2, hi;q=nan, fr;q=-1, ar;level=1, , ;q=1", []),
        ("", []),
    ],
)
def test_a_browsers_languages_are_read_as_the_standard_writes_them(header: str, tags: list[str]) -> None:
    assert Request({"headers": {"accept-language": header}}, NOW).languages() == tags

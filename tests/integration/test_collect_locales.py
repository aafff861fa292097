"""The page of a survey that speaks a language as several regions do."""

import re

import pytest

from hearback.survey import Survey
from tests.conftest import Collect


@pytest.fixture
def survey(survey: Survey) -> Survey:
    question = {"en": "Would you?", "fr": "Question de France ?", "fr-CA": "Question du Québec ?"}
    return survey.model_copy(update={"locales": ["en", "fr", "fr-CA"], "question": question})


@pytest.mark.parametrize(
    ("query", "accepted", "language", "question"),
    [
        ("lang=fr-CA", "", "fr-CA", "Question du Québec ?"),
        ("lang=fr", "fr-CA", "fr", "Question de France ?"),
        ("", "fr-CA,fr;q=0.9,en;q=0.8", "fr-CA", "Question du Québec ?"),
        ("", "fr-BE", "fr", "Question de France ?"),
    ],
)
def test_each_region_is_asked_in_its_own_words(
    collect: Collect, query: str, accepted: str, language: str, question: str
) -> None:
    page = collect.request("GET", "/s/shop", query=query, headers={"accept-language": accepted}).text

    assert (f'<html lang="{language}"' in page, question in page) == (True, True)


def test_a_link_of_a_region_asks_in_its_words(collect: Collect) -> None:
    assert "Question du Québec ?" in collect.request("GET", f"/a/{collect.token(locale='fr-CA')}").text


def test_the_row_of_languages_tells_the_regions_apart(collect: Collect) -> None:
    page = collect.request("GET", "/s/shop").text

    offered = re.findall(r'<a href="\?lang=([^"&]+)" lang="([^"]+)"[^>]*>([^<]+)<', page)
    assert offered == [("fr", "fr", "Français"), ("fr-CA", "fr-CA", "Français (CA)")]

"""Whatever order DynamoDB brings a map in, its readers see the survey's."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from followup import letters
from followup.mail import Letter
from hearback.contact import Contact
from hearback.map_order import in_order
from hearback.survey import Person, Survey
from hearback.survey_answers import answers_in_words
from hearback.task import Task
from tests.unit.letter_samples import NOW, answer

READER = Person(name="Asha Rao", email="asha@shop.example")
ANSWERS = {"topic": "staff", "wish": "More tills", "former": "Yes", "ancient": "No"}
DIMENSIONS = {"touchpoint": "checkout", "store": "pune"}
"""Both as the survey declares them."""


def backwards(stored: dict[str, str]) -> dict[str, str]:
    return dict(reversed(stored.items()))


def notice(survey: Survey, answers: dict[str, str], dimensions: dict[str, str]) -> Letter:
    told = answer(3, "Nobody helped me.", answers=answers, dimensions=dimensions)
    given: dict[str, Any] = {"responses": frozenset({str(told.id)}), "dimensions": dimensions}
    task = Task("0123456789abcdef", "shop", "asha", NOW, NOW, **given)
    return letters.task_notice(survey, task, [told], Contact("c1"), READER, "https://api.example.com/t/token")


@given(st.permutations(["store", "region", "zone", "area"]))
def test_what_is_declared_comes_as_it_is_and_the_rest_by_name(names: list[str]) -> None:
    stored = {name: name.upper() for name in names}

    assert [name for name, _ in in_order(["store", "never", "region"], stored)] == ["store", "region", "area", "zone"]


def test_a_task_s_notice_tells_answers_and_places_as_the_survey_has_them(survey: Survey) -> None:
    letter = notice(survey, backwards(ANSWERS), backwards(DIMENSIONS))

    assert letter == notice(survey, ANSWERS, DIMENSIONS)
    told = ["Touchpoint: checkout", "Store: pune", "What was it about?", "What should we change", "ancient", "former"]
    assert sorted(told, key=letter.text.index) == told


def test_answers_in_words_follow_the_survey_s_questions(survey: Survey) -> None:
    said = answers_in_words(survey, answer(3, answers=backwards(ANSWERS)))

    assert [question for question, _ in said] == [
        "What was it about?",
        "What should we change first?",
        "ancient",
        "former",
    ]

"""What somebody of the company is told of an answer at once, and of who slipped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from followup import letters
from followup.mail import Letter
from followup.words import BIDI
from hearback.contact import Contact
from hearback.language import LANGUAGES
from hearback.response import Response
from hearback.survey import Person, Survey
from hearback.task import Callback, Task
from tests.unit.letter_samples import HOSTILE, NOW, answer, person, read, slipped

MARA = Person(name="Mara Lal", email="mara@shop.example")
TASK = Task("0123456789abcdef", "shop", "asha", NOW, NOW + timedelta(hours=24), frozenset({"shop.001HX"}), "c1")


def alert(
    survey: Survey,
    response: Response,
    *earlier: Response,
    contact: Contact | None = None,
    task: Task | None = None,
    link: str = "",
) -> Letter:
    return letters.alert(survey, response, earlier, contact, MARA, task, link)


def text_of(letter: Letter) -> str:
    return " ".join(letter.text.split())


def bodies(letter: Letter) -> Sequence[str]:
    return text_of(letter), read(letter).text


def test_an_alert_says_who_said_what_where_and_how_to_reach_them(survey: Survey) -> None:
    told = answer(2, "Nobody helped me.", answers={"topic": "staff"})
    letter = alert(survey, told, contact=person(phone="+91 20 5555 0100"))
    assert letter.subject == "Ravi Kumar gave 2 out of 10"
    assert "tel:+912055550100" in read(letter).links
    for body in bodies(letter):
        for said in ("Hello Mara Lal,", "Nobody helped me.", "Staff", "+91 20 5555 0100", "Store: pune"):
            assert said in body


@pytest.mark.parametrize(("before", "score"), [(9, 3), (3, 9), (8, 10)])
def test_an_answer_that_changes_category_says_from_what_to_what(survey: Survey, before: int, score: int) -> None:
    letter = alert(survey, answer(score), answer(before, "Earlier words.", hours_ago=99), contact=person())
    assert letter.subject == f"Ravi Kumar went from {before} to {score}"
    for body in bodies(letter):
        assert f"This customer's last answer was {before}; now it is {score}." in body
        assert "Earlier words." in body


def test_an_answer_that_was_changed_says_what_it_was_beside_the_words_of_then(survey: Survey) -> None:
    letter = alert(survey, slipped(3, 10, "So quick!"), contact=person())
    for body in bodies(letter):
        assert "So quick! These words were written with the 10. The customer changed this answer on" in body


def test_an_answer_like_the_one_before_is_called_no_change(survey: Survey) -> None:
    letter = alert(survey, answer(3), answer(5, hours_ago=99), contact=person())
    assert letter.subject == "Ravi Kumar gave 3 out of 10"
    assert "last answer was" not in letter.text


def test_earlier_answers_come_newest_first_and_only_if_there_are_any(survey: Survey) -> None:
    earlier = [answer(8, "second", hours_ago=20), answer(9, "first", hours_ago=90)]
    for body in bodies(alert(survey, answer(3), *earlier, contact=person())):
        assert "Their last 2 answers before that, newest first" in body
        assert body.index("second") < body.index("first", body.index("second"))
    assert "9 of 10, Mon 5 May 2025" in text_of(alert(survey, answer(3), answer(9, day="2025-05-05")))
    assert "What they said before" in text_of(alert(survey, answer(3), earlier[0]))
    assert "before" not in text_of(alert(survey, answer(3)))


def test_an_open_task_is_told_with_whose_it_is_and_by_when(survey: Survey) -> None:
    for body in bodies(alert(survey, answer(3), contact=person(), task=TASK)):
        assert "Asha Rao is to reach this customer by Tue 12 May, 09:00 IST." in body
        assert "The command line shows it: hearback tasks show 0123456789abcdef" in body
        assert "Open the task" not in body
    assert "Open task" not in alert(survey, answer(3)).text


def test_whoever_owns_the_task_opens_it_from_the_alert(survey: Survey) -> None:
    letter = alert(survey, answer(3), contact=person(), task=TASK, link="https://a.example/t/x")

    assert "https://a.example/t/x" in read(letter).links
    for body in bodies(letter):
        assert "Open the task" in body
        assert "hearback tasks" not in body


@pytest.mark.parametrize(
    ("locale", "said"), [("hi", "Language: हिन्दी"), ("pt-BR", "Language: Português"), ("xx", ": xx")]
)
def test_a_customers_language_is_called_by_its_own_name(survey: Survey, locale: str, said: str) -> None:
    for body in bodies(alert(survey, answer(3), contact=person(locale=locale))):
        assert said in body


def test_of_somebody_unknown_the_answer_s_id_is_what_there_is(survey: Survey) -> None:
    letter = alert(survey, answer(3))
    assert letter.subject == "a customer gave 3 out of 10"
    assert "We do not know the name." in letter.text
    assert str(answer(3).id) in text_of(letter)


def test_nobody_is_sent_to_look_for_a_page_s_answer_that_names_nobody(survey: Survey) -> None:
    told = answer(2, "Please call me.", contact="")
    alone, with_task = alert(survey, told), alert(survey, told, task=TASK)
    number = alert(survey, told, task=replace(TASK, callback=Callback("020 5555 0101", "", NOW)))
    for body in (*bodies(alone), *bodies(with_task)):
        assert "nobody can be called" in body
        assert "Look for answer" not in body
    assert "is to look into it by" in text_of(with_task)
    for body in bodies(number):
        assert "020 5555 0101" in body
        assert "nobody can be called" not in body
    assert "is to reach this customer by" in text_of(number)


def test_an_answer_that_names_nobody_is_to_be_looked_for_where_another_system_has_it(survey: Survey) -> None:
    for channel in ("api", "import"):
        assert "Look for answer" in text_of(alert(survey, answer(2, contact="", channel=channel)))


@pytest.mark.parametrize(
    ("occasion", "subject"),
    [
        ("new", "Look into an answer by"),
        ("overdue", "Overdue: an answer was to be looked into by"),
        ("escalated", "Asha Rao has not looked into an answer"),
    ],
)
def test_a_task_of_whom_nobody_can_call_asks_nobody_to(
    survey: Survey, occasion: letters.Occasion, subject: str
) -> None:
    told, task = answer(2, "Please call me.", contact=""), replace(TASK, contact="")
    letter = letters.task_notice(survey, task, [told], None, MARA, "https://a.example/t/x", occasion=occasion)
    assert letter.subject.startswith(subject)
    for body in bodies(letter):
        assert "nobody can be called" in body
        for asking in ("waiting to hear", "call today", "somebody calls", "reach"):
            assert asking not in body


def test_a_task_s_notice_tells_a_slip_and_the_history(survey: Survey) -> None:
    earlier = [answer(9, "Lovely.", hours_ago=99)]
    slipped = letters.task_notice(survey, TASK, [answer(3)], person(), MARA, "https://a.example/t/x", earlier=earlier)
    for body in bodies(slipped):
        assert "This customer's last answer was 9; now it is 3." in body
        assert "Lovely." in body


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_people_wrote_stays_words(survey: Survey, words: str, locale: str) -> None:
    spoken = survey.model_copy(update={"locales": [locale]})
    hostile = person(name=words, phone=words, locale=words)
    letter = alert(spoken, answer(2, words), answer(9, words, hours_ago=99), contact=hostile, task=TASK)
    page = read(letter)
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert "\n" not in letter.subject
    assert not set(letter.subject + letter.text + letter.html) & BIDI
    assert len(letter.html) < 102_000, "a mail program cuts what is longer"

"""Mails to customers begin as the survey wants: on one line, in the reader's language, and never as another header."""

from typing import Any

import pytest
from pydantic import ValidationError

from followup import letters
from followup.mail import Envelope, Letter, mime
from hearback.mail_words import MailWords
from hearback.survey import Person, Survey
from ops.survey_languages import gaps
from tests.unit.letter_samples import NOW, answer, person, read

LINKS = [f"https://feedback.example/a/token?score={score}" for score in range(11)]
PAGE, LEAVE = "https://feedback.example/a/token", "https://feedback.example/u/token"
OWNER = Person(name="Asha Rao", email="asha@shop.example")
THANKS = {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"}


def changed(survey: Survey, **parts: Any) -> Survey:
    return Survey.model_validate({**survey.model_dump(exclude_defaults=True), **parts})


def invitation(survey: Survey, locale: str = "en") -> Letter:
    return letters.invitation(survey, person(), locale, LINKS, LEAVE)


def text_of(letter: Letter) -> str:
    return " ".join(letter.text.split())


def test_an_invitation_begins_as_the_survey_says(survey: Survey) -> None:
    own = {"subject": "Your visit to {brand}", "opening": "You were with us lately. One question, ten seconds."}
    letter = invitation(changed(survey, invitation=own))

    assert letter.subject == "Your visit to Chai & Co"
    for body in (text_of(letter), read(letter).text):
        assert "You were with us lately. One question, ten seconds." in body
        assert "May we ask you one question?" not in body
    assert "Thank you. It helps us more than you may think." in text_of(letter)


def test_what_a_survey_does_not_say_is_said_in_hearbacks_words(survey: Survey) -> None:
    letter = invitation(changed(survey, invitation={"subject": {"en": "Your visit"}}), "en")
    hindi = invitation(changed(survey, invitation={"subject": {"en": "Your visit"}}), "hi")

    assert (letter.subject, "May we ask you one question?" in letter.text) == ("Your visit", True)
    assert hindi.subject == invitation(survey, "hi").subject


@pytest.mark.parametrize(("template", "score"), [("thanks", 10), ("why", 8), ("apology", 2)])
@pytest.mark.parametrize("owner", [OWNER, None])
def test_a_reply_begins_as_its_play_says(survey: Survey, template: Any, score: int, owner: Person | None) -> None:
    words = MailWords.model_validate({"subject": "About your {brand} visit", "opening": "Here we are again!"})
    letter = letters.reply(template, survey, answer(score, "Cold."), person(), PAGE, LEAVE, owner, words=words)
    usual = letters.reply(template, survey, answer(score, "Cold."), person(), PAGE, LEAVE, owner)

    assert letter.subject == "About your Chai & Co visit"
    for body in (text_of(letter), read(letter).text):
        assert "Here we are again!" in body
        assert "Cold." in body
    first = text_of(usual).partition("Hello Ravi Kumar, ")[2].partition(".")[0]
    assert first
    assert first not in text_of(letter)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("Hello\r\nBcc: all@shop.example", "on one line"),
        ("Hello\nthere", "on one line"),
        ("Hello\u2028there", "on one line"),
        ("Hello\tthere", "on one line"),
        ("A <b>bold</b> word", "plain text"),
        ("  ", "it says nothing"),
        ("", "it says nothing"),
        ("Hello {name}", "{name} is nothing that is filled in"),
        ("x" * 501, "at most 500 characters"),
    ],
)
@pytest.mark.parametrize("part", ["subject", "opening"])
def test_what_cannot_begin_a_mail_is_refused_when_the_survey_is_applied(
    survey: Survey, part: str, said: str, problem: str
) -> None:
    problem = problem.replace("500", "120") if part == "subject" else problem
    for parts in ({"invitation": {part: {"hi": said}}}, {"plays": [{**THANKS, part: said}]}):
        with pytest.raises(ValidationError) as refusal:
            changed(survey, **parts)
        assert problem in str(refusal.value)


def test_an_alert_has_no_words_of_the_survey(survey: Survey) -> None:
    alert = {**THANKS, "template": "alert", "who": "owner", "subject": "Look!"}

    with pytest.raises(ValidationError, match="for mails to customers"):
        changed(survey, plays=[alert], care=[{"owner": "asha"}])


def test_a_subject_stays_one_header_whatever_got_into_it(survey: Survey) -> None:
    words = MailWords.model_construct(subject={"en": "Hello\r\nBcc: all@shop.example"}, opening=None)
    letter = letters.reply("thanks", survey, answer(10), person(), PAGE, LEAVE, None, words=words)
    envelope = Envelope("care@shop.example", "Chai & Co", "care@shop.example", "ravi@example.com")

    head = mime(letter, envelope, NOW, "<1@shop.example>").partition(b"\r\n\r\n")[0]

    assert b"\r\nSubject: Hello Bcc: all@shop.example\r\n" in head
    assert b"\r\nBcc" not in head


def test_what_is_not_said_in_a_language_of_the_survey_is_told_when_it_is_applied(survey: Survey) -> None:
    said = changed(survey, invitation={"opening": {"en": "Hello."}}, plays=[{**THANKS, "subject": {"en": "Thanks!"}}])

    (hindi,) = [line for line in gaps(said) if line.startswith("hi: not translated")]

    assert "invitation.opening" in hindi
    assert "plays.thank.subject" in hindi

"""What an announcement says, whom it is for, and which of its messages are refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback.announcement import Announcement
from hearback.announcement_message import LONGEST_BODY, LONGEST_SUBJECT, BadMessage, Message, fill
from hearback.mentions import parse_terms
from hearback.response import Response
from hearback.survey import Survey
from tests.conftest import NOW
from tests.unit.letter_samples import answer

TEXT = "Subject: You asked, {brand} did\n\nDear {name},\nyou wrote:\n\n{their_words}\n\nIt is done.\n"


def announced(survey: Survey, terms: str = "queue", **messages: str) -> Announcement:
    parsed = {locale: Message.parse(text.encode()) for locale, text in (messages or {"en": TEXT}).items()}
    return Announcement.of(survey, parse_terms(terms), parsed, NOW)


def test_a_message_is_a_subject_and_paragraphs() -> None:
    assert Message.parse(TEXT.encode()) == Message(
        "You asked, {brand} did", ("Dear {name}, you wrote:", "{their_words}", "It is done.")
    )


def test_a_message_from_windows_is_the_same_message() -> None:
    assert Message.parse(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()) == Message.parse(TEXT.encode())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "line 1: there is no subject"),
        (b" \n\n", "line 1: there is no subject"),
        (b"Dear customer,\n\nit is done.\n", "line 1: there is no subject"),
        (b"Subject:  \n\nIt is done.\n", "line 1: there is no subject"),
        (b"Subject: Done\n", "there is nothing after the subject"),
        (b"Subject: Done\n\n \n", "there is nothing after the subject"),
        (b"Subject: Done\nBcc: all@example.com\n\nIt is done.\n", "line 2: leave it empty"),
        (b"Subject: Done\rBcc: all@example.com\n\nIt is done.\n", "line 1: character 14 is U\\+000D"),
        ("Subject: Done\u2028Bcc: all@example.com\n\nIt is done.\n".encode(), "line 1: character 14 is U\\+2028"),
        (b"Subject: Done\n\nIt is\x00 done.\n", "line 3: character 6 is U\\+0000"),
        (b"Subject: Done\n\nIt is done.\n\xff\n", "line 4: its byte 0xff is not UTF-8"),
        ("Subject: Fait\n\nC'est réglé.\n".encode("latin-1"), "line 3: its byte 0xe9 is not UTF-8"),
        (b"Subject: Done\n\nDear {nmae},\n", "line 3: character 6 is {nmae}, which is no placeholder here; there are"),
        (b"Subject: Done\n\nDear {their words},\n", "line 3: .*{name}, {brand}, {their_words}, and {{ for a brace"),
        (b"Subject: Done\n\nDear {name,\n", "line 3: character 6 is a lone {"),
        (b"Subject: Done\n\nDear name},\n", "line 3: character 10 is a lone }"),
        (b"Subject: {their_words}\n\nIt is done.\n", "line 1: .*{their_words}.* there are {name}, {brand}, and"),
        (b"Subject: Done\n\nDear {},\n", "line 3: character 6 is {}"),
        (b"Subject: " + b"x" * (LONGEST_SUBJECT + 1) + b"\n\nDone.\n", "line 1: the subject has 201 characters"),
        (b"Subject: Done\n\n" + b"x" * (LONGEST_BODY + 1) + b"\n", "it has 10,001 characters; at most 10,000"),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused_with_its_line(data: bytes, problem: str) -> None:
    with pytest.raises(BadMessage, match=problem):
        Message.parse(data)


def test_placeholders_are_filled_in_and_doubled_braces_are_braces() -> None:
    assert fill("{{{name}}} of {brand}", {"name": "Asha", "brand": "Chai"}) == "{Asha} of Chai"


@given(st.text(), st.text())
def test_what_is_filled_in_is_never_filled_in_itself(name: str, words: str) -> None:
    values = {"name": name, "brand": "", "their_words": words}
    assert fill("a {name} b {their_words} c", values) == f"a {name} b {words} c"


@given(st.binary(max_size=200))
def test_any_file_is_a_message_or_refused(data: bytes) -> None:
    for file in (data, b"Subject: Done\n\n" + data):
        try:
            message = Message.parse(file)
        except BadMessage:
            continue
        assert message.subject
        assert message.paragraphs
        assert not any("\n" in part or "\r" in part for part in (message.subject, *message.paragraphs))


def test_the_same_message_is_the_same_announcement_whoever_is_looked_for(survey: Survey) -> None:
    first, wider = announced(survey, "queue"), announced(survey, "queue, till")
    reworded = announced(survey, en=TEXT.replace("done", "over"))
    elsewhere = announced(survey.model_copy(update={"id": "cafe"}))
    assert first.id == wider.id
    assert len({first.id, reworded.id, elsewhere.id}) == 3


def test_a_message_comes_in_the_surveys_languages_its_default_among_them(survey: Survey) -> None:
    with pytest.raises(BadMessage, match="does not speak 'fr'; it has: en, hi"):
        announced(survey, en=TEXT, fr=TEXT)
    with pytest.raises(BadMessage, match="must be in 'en', the default language"):
        announced(survey, hi=TEXT)


def test_people_are_told_in_their_language_where_there_is_a_message_in_it(survey: Survey) -> None:
    english, both = announced(survey), announced(survey, en=TEXT, hi=TEXT)
    assert both.locale(survey, "hi-IN") == "hi"
    assert english.locale(survey, "hi-IN") == "en"


def words_of(survey: Survey, response: Response) -> str | None:
    raised = announced(survey).raised_in(response, survey)
    return raised.words if raised else None


def test_a_comment_raises_the_matter_else_an_answer_in_words_does(survey: Survey) -> None:
    assert words_of(survey, answer(3, "The queue!", answers={"wish": "queues"})) == "The queue!"
    assert words_of(survey, answer(3, "Slow.", answers={"wish": "Shorter queues"})) == "Shorter queues"
    assert words_of(survey, answer(3, "Slow.", answers={"topic": "queue"})) is None  # a choice of the survey's
    assert words_of(survey, answer(3)) is None


def test_a_person_has_one_claim_whatever_they_said_and_it_does_not_bear_their_key(survey: Survey) -> None:
    announcement = announced(survey)
    first, second = (announcement.claim(answer(3, "queue", hours_ago=hours, contact="c0ffee")) for hours in (1, 2))
    other = announcement.claim(answer(3, "queue", contact="bada55"))
    assert first.digest == second.digest != other.digest
    assert "c0ffee" not in first.effect


def test_an_announcement_is_kept_as_it_is(survey: Survey) -> None:
    announcement = announced(survey, "queue, till", en=TEXT, hi=TEXT)
    request = announcement.keep_request()
    values: dict[str, Any] = request["ExpressionAttributeValues"]
    item = {name: values[f":{name}"] for name in ("survey", "messages", "terms")}
    assert Announcement.from_item({**request["Key"], **item, "made_at": values[":now"]}) == announcement

"""What a customer reads when something was done about what they had said."""

from followup.announcement_letter import THEIR_WORDS, announcement_letter
from followup.mail import Letter
from hearback.announcement import Announcement
from hearback.announcement_message import Message
from hearback.contact import Contact
from hearback.mentions import parse_terms
from hearback.response import Response
from hearback.survey import Survey
from tests.unit.letter_samples import NOW, answer, person, read

LEAVE = "https://feedback.example/u/token"
TEXT = """Subject: {name}, you asked, and {brand} did

You once wrote to us:

{their_words}

Now there are two tills, {name}. Look: https://shop.example/tills?a=1&b=2.
"""
HINDI = "Subject: आपने कहा\n\n{name}, अब दो काउंटर हैं।\n"


def letter(survey: Survey, response: Response, contact: Contact | None = None, **messages: str) -> Letter:
    parsed = {locale: Message.parse(text.encode()) for locale, text in (messages or {"en": TEXT}).items()}
    made = Announcement.of(survey, parse_terms("queue, कतार"), parsed, NOW)
    raised = made.raised_in(response, survey)
    assert raised is not None
    return announcement_letter(survey, made, response, raised, contact or person(), LEAVE)


def test_it_says_what_was_done_and_quotes_what_they_had_said(survey: Survey) -> None:
    told = letter(survey, answer(3, "The queue\n took   forty minutes."))
    assert told.subject == "Ravi Kumar, you asked, and Chai & Co did"
    assert told.text == (
        "Hello Ravi Kumar,\n\nYou once wrote to us:\n\n> The queue took forty minutes.\n\n"
        "Now there are two tills, Ravi Kumar. Look: https://shop.example/tills?a=1&b=2.\n\n"
        "Your team at Chai & Co\n\n--\n"
        "You get this mail because you answered a question from Chai & Co.\n"
        f"Unsubscribe: {LEAVE}\n"
    )
    assert "The queue took forty minutes." in read(told).text


def test_only_the_authors_own_addresses_are_links(survey: Survey) -> None:
    told = letter(survey, answer(3, "queue https://evil.example/"), person(name="https://evil.example/"))
    assert read(told).links == ["https://shop.example/tills?a=1&b=2", LEAVE]


def test_somebody_without_a_name_is_spoken_to_all_the_same(survey: Survey) -> None:
    told = letter(survey, answer(3, "queue"), person(name=""))
    assert told.subject == "dear customer, you asked, and Chai & Co did"
    assert told.text.startswith("Hello,\n")


def test_a_long_comment_is_shown_around_what_was_done(survey: Survey) -> None:
    told = letter(survey, answer(3, "before " * 300 + "the queue was long " + "after " * 300))
    quoted = told.text.partition("> ")[2].partition("\n\n")[0].replace("\n> ", " ")
    assert "the queue was long" in quoted
    assert (quoted[0], quoted[-1]) == ("…", "…")
    assert len(quoted) <= THEIR_WORDS + 2


def test_each_person_reads_it_in_their_language_from_greeting_to_footer(survey: Survey) -> None:
    told = letter(survey, answer(3, "लंबी कतार", locale="hi"), person(name="रवि"), en=TEXT, hi=HINDI)
    assert told.subject == "आपने कहा"
    assert told.text.startswith("नमस्ते रवि जी,\n\nरवि, अब दो काउंटर हैं।\n")
    assert '<html lang="hi"' in told.html


def test_one_message_for_all_is_in_the_surveys_language_throughout(survey: Survey) -> None:
    told = letter(survey, answer(3, "लंबी कतार", locale="hi"))
    assert told.text.startswith("Hello Ravi Kumar,")
    assert '<html lang="en"' in told.html

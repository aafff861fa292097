"""What customers and the owners of tasks read."""

import re
from datetime import timedelta
from typing import Any, Literal

import pytest

from followup import letters
from followup.mail import Letter
from followup.words import BIDI, shorten
from hearback.contact import Contact
from hearback.response import Response
from hearback.survey import Person, Survey
from hearback.task import Task
from tests.unit.letter_samples import HOSTILE, NOW, answer, person, read, slipped

LINKS = [f"https://feedback.example/a/token?score={score}&x=1" for score in range(11)]
PAGE, LEAVE = "https://feedback.example/a/token", "https://feedback.example/u/token"
OWNER = Person(name="Asha Rao", email="asha@shop.example")
TASK_PAGE = "https://api.example.com/t/token"
Template = Literal["thanks", "why", "apology"]
TEMPLATES: list[tuple[Template, int]] = [("thanks", 10), ("why", 8), ("apology", 2)]


def invitation(survey: Survey, contact: Contact | None = None, locale: str = "en") -> Letter:
    return letters.invitation(survey, contact or person(), locale, LINKS, LEAVE)


def reply(
    survey: Survey,
    template: Template,
    response: Response,
    contact: Contact | None = None,
    owner: Person | None = OWNER,
) -> Letter:
    return letters.reply(template, survey, response, contact or person(), PAGE, LEAVE, owner)


def task(**changes: object) -> Task:
    given = {
        "id": "0123456789abcdef",
        "survey": "shop",
        "owner": "asha",
        "created_at": NOW,
        "due_at": NOW + timedelta(hours=24),
        "responses": frozenset({"shop.001HX"}),
        "contact": "c1",
        "dimensions": {"store": "pune"},
    }
    return Task(**given | changes)  # type: ignore[arg-type]


def notice(survey: Survey, *responses: Response, contact: Contact | None = None, **more: Any) -> Letter:
    return letters.task_notice(survey, task(), responses, contact, OWNER, TASK_PAGE, **more)


def everything(survey: Survey, contact: Contact, comment: str, locale: str) -> list[Letter]:
    """Each letter about one contact and one comment."""
    replies = [reply(survey, name, answer(score, comment, locale=locale), contact) for name, score in TEMPLATES]
    told = answer(2, comment, answers={"wish": comment, "gone": comment}, locale=locale)
    return [invitation(survey, contact, locale), *replies, notice(survey, told, contact=contact)]


def text_of(letter: Letter) -> str:
    """The plain text with its lines joined."""
    return " ".join(letter.text.split())


def test_an_invitation_asks_the_question_with_a_link_for_each_score(survey: Survey) -> None:
    letter = invitation(survey)
    page = read(letter)
    assert page.links == [*LINKS, f"{LINKS[0].partition('?')[0]}?more=1", LEAVE]
    assert "How likely are you to recommend Chai & Co to a friend?" in page.text
    assert "0 1 2 3 4 5 6 7 8 9 10 0: not at all likely 10: extremely likely" in page.text
    assert "How likely are you to recommend Chai & Co to a friend?" in letter.text
    assert [line.split()[1] for line in letter.text.splitlines() if "?score=" in line] == LINKS


def test_an_invitation_without_all_eleven_links_is_refused(survey: Survey) -> None:
    with pytest.raises(ValueError, match="eleven"):
        letters.invitation(survey, person(), "en", LINKS[:10], LEAVE)


def test_an_invitation_speaks_the_language_it_is_asked_to(survey: Survey) -> None:
    letter = invitation(survey, person(name="रवि"), "hi")
    assert letter.text.startswith("नमस्ते रवि जी,")
    assert "आप अपने किसी मित्र को Chai & Co की सिफ़ारिश" in text_of(letter)
    assert '<html lang="hi" dir="ltr">' in letter.html


def test_an_arabic_letter_runs_from_right_to_left(survey: Survey) -> None:
    arabic = survey.model_copy(update={"locales": ["ar"]})
    letter = invitation(arabic, person(name="ليلى"), "ar")
    assert letter.text.startswith("مرحبًا ليلى،")
    assert '<html lang="ar" dir="rtl">' in letter.html
    assert "border-right:4px" in reply(arabic, "thanks", answer(10, "رائع", locale="ar")).html


def test_an_unknown_language_becomes_the_surveys_first_and_then_english(survey: Survey) -> None:
    hindi_first = survey.model_copy(update={"locales": ["hi", "en"]})
    tamil = survey.model_copy(update={"locales": ["ta"]})
    assert invitation(hindi_first, locale="fr").text.startswith("नमस्ते")
    assert invitation(tamil, locale="ta").text.startswith("Hello")


def test_somebody_without_a_name_is_greeted_too(survey: Survey) -> None:
    assert invitation(survey, person(name="")).text.startswith("Hello,\n")


def test_thanks_are_personal_and_ask_for_nothing(survey: Survey) -> None:
    letter = reply(survey, "thanks", answer(10, "Lovely staff!"))
    assert letter.text.startswith("Hello Ravi Kumar,")
    assert "You gave us 10 out of 10" in letter.text
    assert "> Lovely staff!" in letter.text
    assert read(letter).links == [LEAVE]


def test_a_passive_is_asked_in_the_surveys_words_and_given_the_page_to_answer_on(survey: Survey) -> None:
    letter = reply(survey, "why", answer(8))
    assert "What would make it a 10?" in read(letter).text
    assert read(letter).links == [PAGE, LEAVE]
    assert f"Tell us: {PAGE}\n" in letter.text


def test_a_survey_without_a_reason_question_asks_ours(survey: Survey) -> None:
    assert "पूरे 10 अंक" in reply(survey.model_copy(update={"follow_up": {}}), "why", answer(8, locale="hi")).text


def test_an_apology_is_signed_by_the_owner_and_quotes_the_customer(survey: Survey) -> None:
    letter = reply(survey, "apology", answer(2, "Nobody helped me."))
    assert "My name is Asha Rao" in letter.text
    assert "> Nobody helped me." in letter.text
    assert letter.text.rpartition("\n--\n")[0].endswith("\nAsha Rao\nChai & Co\n")


def test_an_apology_promises_a_call_only_where_a_number_is_known(survey: Survey) -> None:
    with_number = reply(survey, "apology", answer(2), person(phone="+91 20 5555 0100"))
    without = reply(survey, "apology", answer(2))
    assert "I will call you soon" in text_of(with_number)
    assert "5555" not in with_number.text + with_number.html
    assert "send me your number" in text_of(without)


def test_an_apology_asks_where_and_when_to_call(survey: Survey) -> None:
    call = "https://api.example.com/c/token"
    letter = letters.reply("apology", survey, answer(2), person(), PAGE, LEAVE, OWNER, call=call)
    assert call in read(letter).links
    assert f"Say where and when to call:\n{call}" in letter.text


def test_an_apology_without_an_owner_comes_from_the_team(survey: Survey) -> None:
    letter = reply(survey, "apology", answer(2), owner=None)
    assert letter.subject.startswith("We are sorry")
    assert "Your team at Chai & Co" in letter.text
    assert "soon" not in letter.text
    assert not re.search(r"\b(I|me|my)\b", letter.text)


@pytest.mark.parametrize(("template", "score"), TEMPLATES)
def test_a_comment_is_acknowledged_only_if_there_is_one(survey: Survey, template: Template, score: int) -> None:
    assert "You wrote:" not in reply(survey, template, answer(score)).text
    assert "You wrote:" not in reply(survey, template, answer(score, " \n ")).text
    assert "You wrote:" in reply(survey, template, answer(score, "Fine.")).text


@pytest.mark.parametrize(("template", "score"), TEMPLATES)
@pytest.mark.parametrize("locale", ["en", "hi"])
def test_no_customer_reads_the_trades_words(survey: Survey, template: Template, score: int, locale: str) -> None:
    letter = reply(survey, template, answer(score, locale=locale))
    for body in (letter.subject, letter.text, letter.html):
        assert not re.search(r"detractor|passive|promoter|\bNPS\b|डिट्रैक्टर|पैसिव|प्रमोटर", body, re.IGNORECASE)


def test_customers_can_always_unsubscribe_and_read_why_they_are_mailed(survey: Survey) -> None:
    for letter in [invitation(survey), *(reply(survey, name, answer(score)) for name, score in TEMPLATES)]:
        assert read(letter).links[-1] == LEAVE
        assert letter.text.endswith(f"Unsubscribe: {LEAVE}\n")
        assert "You get this mail because" in letter.text


def test_a_task_notice_says_who_what_by_when_and_how(survey: Survey) -> None:
    told = answer(3, "Nobody helped me.", answers={"topic": "staff", "wish": "More tills"})
    contact = person(phone="+91 (20) 5555 0100", locale="hi")
    letter = notice(survey, told, contact=contact)
    assert letter.subject == "Reach Ravi Kumar by Tue 12 May, 09:00 IST (gave 3)"
    for known in (
        "Customer: Ravi Kumar",
        "Phone: +91 (20) 5555 0100",
        "Mail: ravi@example.com",
        "Language: हिन्दी",
        "Store: pune",
        "- 3 of 10, Sun 10 May, Touchpoint: checkout",
        "> Nobody helped me.",
        "What was it about? Staff",
        "What should we change first? More tills",
    ):
        assert known in text_of(letter)
    assert read(letter).links == [TASK_PAGE, "tel:+912055550100", "mailto:ravi@example.com"]


@pytest.mark.parametrize(
    ("template", "score", "other", "like"), [("apology", 3, 10, 5), ("why", 8, 10, 7), ("thanks", 9, 3, 10)]
)
def test_words_of_another_category_are_not_quoted_back(
    survey: Survey, template: Template, score: int, other: int, like: int
) -> None:
    words = "I love how quickly you serve, every time."

    letter, stayed = (reply(survey, template, slipped(score, before, words)) for before in (other, like))

    assert letter.text == reply(survey, template, answer(score)).text
    assert words not in read(letter).text
    assert f"> {words}" in stayed.text


def test_a_task_notice_tells_what_an_answer_was_until_it_was_changed(survey: Survey) -> None:
    letter = notice(survey, slipped(3, 10, "So quick!"), contact=person())

    for body in (text_of(letter), read(letter).text):
        assert "So quick! These words were written with the 10." in body
        assert "The customer changed this answer on Mon 11 May, 08:30 IST. Before that: 10 of 10." in body


def test_a_task_notice_does_not_call_it_a_change_within_a_category(survey: Survey) -> None:
    letter = notice(survey, slipped(3, 5, "So slow!"), contact=person())

    assert "So slow!" in letter.text
    assert "changed" not in letter.text
    assert "written with" not in letter.text


def test_a_task_notice_shows_the_newest_answer_first(survey: Survey) -> None:
    letter = notice(survey, answer(5, "older", hours_ago=30), answer(1, "newer", hours_ago=2), contact=person())
    assert letter.subject.endswith("(gave 1, 5)")
    assert letter.text.index("newer") < letter.text.index("older")


def test_an_owner_learns_where_to_look_for_a_customer_without_number_and_address(survey: Survey) -> None:
    letter = notice(survey, answer(3))
    assert letter.subject.startswith("Reach a customer by")
    assert "We do not know the name." in letter.text
    assert "Look for answer shop.001HX" in text_of(letter)
    assert read(letter).links == [TASK_PAGE]


def test_a_reminder_says_that_it_is_late_and_to_a_manager_whose_task_it_is(survey: Survey) -> None:
    told = answer(3)
    overdue = notice(survey, told, contact=person(), occasion="overdue")
    assert overdue.subject == "Overdue: Ravi Kumar was to hear from you by Tue 12 May, 09:00 IST"
    escalated = notice(survey, told, contact=person(), occasion="escalated")
    assert escalated.subject == f"{OWNER.name} has not reached Ravi Kumar, due Tue 12 May, 09:00 IST"
    assert f"because you lead {OWNER.name}" in text_of(escalated)


def test_a_task_whose_answers_have_expired_can_still_be_announced(survey: Survey) -> None:
    assert "no longer kept" in notice(survey, contact=person()).text


def test_a_phone_number_in_words_is_shown_but_not_linked(survey: Survey) -> None:
    letter = notice(survey, answer(3), contact=person(phone="ask at the desk", email=""))
    assert "Phone: ask at the desk" in letter.text
    assert read(letter).links == [TASK_PAGE]


@pytest.mark.parametrize("locale", ["en", "hi"])
@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_printed_as_words(survey: Survey, words: str, locale: str) -> None:
    """In names, comments, answers and phone numbers: no tag, no link, no line and no direction of their own."""
    plain = everything(survey, person(name="Ravi", phone="1"), "Fine.", locale)
    for safe, letter in zip(plain, everything(survey, person(name=words, phone=words), words, locale), strict=True):
        assert set(read(letter).tags) <= set(read(safe).tags)
        assert {name for name, _ in read(letter).attributes} == {name for name, _ in read(safe).attributes}
        assert len(read(letter).links) <= len(read(safe).links)
        assert len(letter.subject.splitlines()) == 1
        assert not BIDI & set(letter.subject + letter.text + letter.html)
        assert letter.text.encode()
        assert letter.html.encode()


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_not_changed_but_shortened(survey: Survey, words: str) -> None:
    page = read(notice(survey, answer(3, words), contact=person()))
    assert shorten(words, letters.WHOLE_COMMENT) in page.text


def test_a_comment_of_5000_characters_is_shortened(survey: Survey) -> None:
    comment = "word " * 1000
    for template, score in TEMPLATES:
        letter = reply(survey, template, answer(score, comment))
        assert "word…" in letter.text
        assert letter.text.count("word") <= letters.OWN_WORDS / 5


@pytest.mark.parametrize("locale", ["en", "hi"])
def test_plain_text_reads_well_on_its_own(survey: Survey, locale: str) -> None:
    for letter in everything(survey, person(phone="+911"), "Tom & Jerry's “shop” < others.", locale):
        assert not re.search(r"&\w+;|</?\w+>|\{\{|\}\}|\bNone\b|\bTrue\b|\{\w+\}", letter.text)
        assert "Tom & Jerry's “shop” < others." in text_of(letter) or "?score=" in letter.text
        assert all(len(line) <= 72 or "://" in line for line in letter.text.splitlines())
        assert "\n\n\n" not in letter.text


@pytest.mark.parametrize("locale", ["en", "hi"])
def test_no_page_shows_what_only_a_program_understands(survey: Survey, locale: str) -> None:
    for letter in everything(survey, person(), "Fine.", locale):
        page = read(letter)
        assert not re.search(r"&\w+;|\{\{|\}\}|\{%|\bNone\b|\bTrue\b|\{\w+\}", page.text)
        assert "" not in page.links
        assert "img" not in page.tags


def test_the_brand_colours_the_letter_and_its_name_stays_readable(survey: Survey) -> None:
    brand = survey.brand.model_copy(update={"colour": "#3c8d00"})
    letter = reply(survey.model_copy(update={"brand": brand}), "why", answer(8))
    assert 'bgcolor="#3c8d00"' in letter.html
    assert "color:#000000;" in letter.html

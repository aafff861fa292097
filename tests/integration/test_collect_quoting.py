"""Nobody is quoted who did not say so, in these words and under this name; and it can be taken back."""

from datetime import timedelta
from urllib.parse import quote_plus

import pytest

from collect.page_stamp import PageStamp
from collect.wiring import wiring
from hearback.fact import FactId
from hearback.judging import READING
from hearback.survey import Survey
from hearback.testimonial import Testimonial
from hearback.token import verify
from tests.conftest import NOW, Answered, Collect
from tests.integration.test_collect_pages import fill, heading

ASHA = "a" * 32


@pytest.fixture
def survey(survey: Survey) -> Survey:
    ask = {"id": "ask", "when": {"category": "promoter"}, "what": "testimonial", "text": "May we quote you?"}
    return Survey.model_validate({**survey.model_dump(exclude_defaults=True), "plays": [ask]})


@pytest.fixture
def token(collect: Collect) -> str:
    """Of an answer that says something."""
    token = collect.token(contact=ASHA)
    fill(collect, collect.confirm(token, 10), said="The+samosas!")
    return token


def consented(collect: Collect, token: str) -> Testimonial | None:
    fact = FactId.parse(verify(token, wiring().token_keys.at(NOW), "answer", NOW).subject)
    stored = collect.tables.directory.get(Testimonial.key_item(fact))
    return Testimonial.from_item(stored) if stored else None


def consent(collect: Collect, token: str, **said: str) -> Answered:
    page = collect.request("GET", f"/q/{token}")
    return fill(collect, page, **{"words": "The+samosas!", "named": "Asha", "consent": "yes", **said})


def test_words_are_kept_as_they_were_consented_to(collect: Collect, token: str) -> None:
    page = consent(collect, token, words="The+samosas!%0D%0AAll+of+them.", named="++Asha+%09+Rao+")

    assert (page.status, heading(page)) == (200, "Thank you, we may quote you")
    kept = consented(collect, token)
    assert kept
    assert (kept.words, kept.named, kept.contact) == ("The samosas!\nAll of them.", "Asha Rao", ASHA)
    assert kept.at == collect.now.replace(microsecond=0)
    assert kept.expires_at == int((collect.now + wiring().retention).timestamp())
    assert kept.holds(collect.stored()[0])


@pytest.mark.parametrize("missing", ["consent", "words"])
def test_without_the_tick_or_the_words_nothing_is_kept(collect: Collect, token: str, missing: str) -> None:
    page = collect.request("GET", f"/q/{token}")
    said = {"words": "The+samosas!", "named": "Asha", "consent": "yes"}
    del said[missing]

    asked = fill(collect, page, **said)

    assert asked.status == 422
    assert "tick the box" in asked.text
    assert consented(collect, token) is None
    assert fill(collect, asked, **{"words": "So+good", "consent": "yes"}).status == 200


def test_what_only_a_machine_sends_changes_nothing_and_loses_no_word(collect: Collect, token: str) -> None:
    said = "step=consent&words=The+samosas!&named=Asha&consent=yes"
    keys = wiring().token_keys.at(NOW)
    now = PageStamp.at(collect.now, None).sign(token, keys)
    read = PageStamp.at(collect.now - READING, None).sign(token, keys)

    for fields in (f"{said}&page={now}", f"{said}&page={read}&more=x", said, f"{said}&page=forged"):
        asked = collect.form(f"/q/{token}", fields)
        assert asked.status == 422
        assert ">The samosas!</textarea>" in asked.text
    assert consented(collect, token) is None


def test_opening_the_page_consents_to_nothing_and_shows_no_stored_word(collect: Collect, token: str) -> None:
    before = collect.request("GET", f"/q/{token}")
    assert consented(collect, token) is None
    consent(collect, token)
    after = collect.request("GET", f"/q/{token}")

    assert (heading(before), heading(after)) == ("May we quote you?", "Thank you, we may quote you")
    assert " checked>" not in before.text
    assert "samosas" not in before.text + after.text
    assert "Asha" not in after.text


def test_consent_is_taken_back_on_the_same_page_even_when_the_link_is_old(collect: Collect, token: str) -> None:
    consent(collect, token)
    collect.now += timedelta(days=100)

    page = fill(collect, collect.request("GET", f"/q/{token}"))

    assert heading(page) == "We will not quote you"
    assert consented(collect, token) is None
    assert heading(fill(collect, collect.request("GET", f"/q/{token}"), words="x", consent="yes")) != heading(page)


def test_a_machine_takes_nothing_back(collect: Collect, token: str) -> None:
    consent(collect, token)

    page = collect.form(f"/q/{token}", "step=withdraw&page=forged")

    assert page.status == 422
    assert consented(collect, token)


def test_an_amended_comment_is_asked_for_anew(collect: Collect, token: str) -> None:
    consent(collect, token)
    fill(collect, collect.confirm(token, 10), said="They+were+cold.")

    assert heading(collect.request("GET", f"/q/{token}")) == "May we quote you?"


def test_who_did_not_answer_cannot_be_quoted(collect: Collect, token: str, survey: Survey) -> None:
    unanswered = collect.request("GET", f"/q/{collect.token()}")
    forged = collect.request("GET", "/q/forged.k1.token")
    collect.tables.people.put_survey(survey.model_copy(update={"plays": []}), NOW)
    wiring.cache_clear()
    unasked = collect.request("GET", f"/q/{token}")

    assert [page.status for page in (unanswered, forged, unasked)] == [404, 400, 404]
    assert heading(unanswered) == "There is no answer here yet"


def test_who_is_not_asked_plants_no_words(collect: Collect, survey: Survey) -> None:
    """Not asked: a detractor, a promoter who says nothing, and whoever answers without a name."""
    ask = {"id": "ask", "when": {"score_from": 10, "comment": True}, "what": "testimonial", "text": "May we?"}
    asking = {**survey.model_dump(exclude_defaults=True), "plays": [ask]}
    collect.tables.people.put_survey(Survey.model_validate(asking), NOW)
    wiring.cache_clear()
    detractor, silent, nobody = (collect.token(contact=contact) for contact in ("b" * 32, "c" * 32, ""))
    fill(collect, collect.confirm(detractor, 0), said="They+were+cold.")
    collect.confirm(silent, 10)
    fill(collect, collect.confirm(nobody, 10), said="So+good")
    said = "step=consent&words=They+stole+my+data&named=The+CEO&consent=yes"

    for each in (detractor, silent, nobody):
        read = PageStamp.at(collect.now - READING, None).sign(each, wiring().token_keys.at(NOW))
        assert collect.request("GET", f"/q/{each}").status == 404
        assert collect.form(f"/q/{each}", f"{said}&page={read}").status == 404
        assert consented(collect, each) is None


def test_a_step_that_looks_at_the_past_is_consented_to_by_the_link_of_its_mail(
    collect: Collect, token: str, survey: Survey
) -> None:
    plays = [
        {
            "id": "link",
            "when": {"answer": "repeat"},
            "what": "review",
            "text": "Say",
            "label": "so",
            "url": "https://x.y",
        },
        {"id": "ask", "when": {"answer": "first"}, "what": "testimonial", "text": "May we quote you?"},
    ]
    asking = {**survey.model_dump(exclude_defaults=True), "plays": plays}
    collect.tables.people.put_survey(Survey.model_validate(asking), NOW)
    wiring.cache_clear()

    assert consent(collect, token).status == 200
    assert consented(collect, token)


def test_consent_is_taken_back_when_nobody_is_asked_any_more(collect: Collect, token: str, survey: Survey) -> None:
    consent(collect, token)
    collect.tables.people.put_survey(survey.model_copy(update={"plays": []}), NOW)
    wiring.cache_clear()

    page = collect.request("GET", f"/q/{token}")
    assert heading(page) == "Thank you, we may quote you"
    assert heading(fill(collect, page)) == "We will not quote you"
    assert consented(collect, token) is None


def test_words_that_are_too_long_come_back_whole_to_be_shortened(collect: Collect, token: str) -> None:
    page = consent(collect, token, words="x" * 1500, named="y" * 150)

    assert page.status == 422
    assert "Characters over the limit: 500. Please shorten it." in page.text
    assert f">{'x' * 1500}</textarea>" in page.text
    assert consented(collect, token) is None

    fill(collect, page, words="x" * 1000, named="y" * 150, consent="yes")
    kept = consented(collect, token)
    assert kept
    assert (len(kept.words), len(kept.named)) == (1000, 100)


@pytest.mark.parametrize(
    ("comment", "proposed"),
    [
        ("The samosas! " * 80, "The samosas! " * 76 + "\N{HORIZONTAL ELLIPSIS}"),
        ("समोसे। " * 200, "समोसे। " * 142 + "\N{HORIZONTAL ELLIPSIS}"),
        ("so good " * 150, "so good " * 124 + "so \N{HORIZONTAL ELLIPSIS}"),
        ("o" * 1001, "o" * 998 + " \N{HORIZONTAL ELLIPSIS}"),
    ],
)
def test_a_long_comment_is_proposed_up_to_the_end_of_a_sentence(collect: Collect, comment: str, proposed: str) -> None:
    token = collect.token(contact=ASHA)

    page = fill(collect, collect.confirm(token, 10), said=quote_plus(comment))
    assert f">{proposed}</textarea>" in page.text

    fill(collect, page, words=quote_plus(proposed), consent="yes")
    kept = consented(collect, token)
    assert kept
    assert kept.in_comment

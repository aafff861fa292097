"""The thank-you page offers one next step: the one that the survey's plays choose for this answer."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from collect.wiring import wiring
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.aws.referrals import Referrals
from hearback.contact import Contact, Slot, Suppression
from hearback.survey import Survey
from tests.conftest import NOW, Answered, Collect
from tests.integration.test_collect_pages import fill

ASHA = "a" * 32
REVIEW = {"what": "review", "text": "Tell others", "label": "Write a review", "url": "https://reviews.example/shop"}
REFERRAL = {"what": "referral", "text": "Bring a friend", "label": "Your own link"}
COUPON = {"what": "coupon", "coupon": "tenth", "text": "10% off is yours."}
TESTIMONIAL = {"what": "testimonial", "text": "May we quote you?"}
THANKS = {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"}


def offering(collect: Collect, *steps: Mapping[str, Any], **more: Any) -> None:
    """Apply the survey with these next steps; without a `when` they are for promoters."""
    plays = [{"id": f"step-{place}", "when": {"category": "promoter"}, **step} for place, step in enumerate(steps)]
    parts = {
        "plays": [THANKS, *plays],
        "coupons": {"tenth": {"text": "10% off"}},
        "referral": {"target": "https://shop.example/"},
        **more,
    }
    survey = Survey.model_validate({**collect.survey.model_dump(exclude_defaults=True), **parts})
    wiring.cache_clear()  # a survey is remembered for a minute
    collect.survey = survey
    collect.tables.people.put_survey(survey, NOW)


def asha(collect: Collect, **details: str) -> Contact:
    contact = Contact(ASHA, **{"email": "asha@example.com", **details})
    collect.tables.people.merge_contact(contact)
    return contact


def thanked(collect: Collect, *, score: int = 10, comment: str = "", contact: str = ASHA, **token: Any) -> Answered:
    """The page after the last question."""
    asked = collect.confirm(collect.token(contact=contact, **token), score)
    return fill(collect, asked, said=comment)


def link_on(page: Answered) -> str:
    found = re.search(r'id="link"[^>]*value="([^"]*)"', page.text)
    return found[1] if found else ""


def test_the_first_step_that_fits_is_offered_and_no_other(collect: Collect) -> None:
    offering(collect, {**REVIEW, "when": {"category": "passive"}}, REFERRAL, REVIEW, TESTIMONIAL)

    page = thanked(collect)

    assert link_on(page)
    assert "reviews.example" not in page.text
    assert "May we quote you?" not in page.text


def test_dimensions_and_comment_are_those_of_the_answer(collect: Collect) -> None:
    pune = {**REVIEW, "when": {"dimensions": {"store": ["pune"]}, "comment": True}, "label": "Only in Pune"}
    offering(collect, pune)

    said, silent = (thanked(collect, comment=words, dimensions={"store": "pune"}) for words in ("Good!", ""))
    elsewhere = thanked(collect, comment="Good!", dimensions={"store": "delhi"})

    assert ["Only in Pune" in page.text for page in (said, silent, elsewhere)] == [True, False, False]


@pytest.mark.parametrize("past", [{"answer": "first"}, {"change": "climb"}, {"days_since_play": 30}])
def test_a_step_that_depends_on_the_past_is_left_to_the_mail_and_none_takes_its_place(
    collect: Collect, past: dict[str, Any]
) -> None:
    offering(collect, {**TESTIMONIAL, "when": {"category": "promoter", **past}}, REVIEW)

    page = thanked(collect)

    assert "<section" not in page.text


def test_a_promoter_gets_a_link_of_their_own_the_same_each_time(collect: Collect) -> None:
    offering(collect, REFERRAL)

    links = {link_on(thanked(collect)) for _ in range(2)}
    other = link_on(thanked(collect, contact="b" * 32))

    (link,) = links
    assert re.fullmatch(r"https://api\.example\.com/r/[0-9A-Z]{5}-[0-9A-Z]{5}", link)
    assert other not in links
    made = Referrals(collect.tables.directory).link(link.rpartition("/")[2])
    assert made
    assert (made.contact, made.survey, made.made_at) == (ASHA, "shop", NOW + timedelta(seconds=1))


def test_the_link_can_be_passed_on_without_a_script(collect: Collect) -> None:
    offering(collect, REFERRAL)

    page = thanked(collect)

    ways = [unquote(href) for href in re.findall(r'href="((?:mailto:|https://wa\.me)[^"]*)"', page.text)]
    assert len(ways) == 2
    assert all(way.endswith(f"I can recommend Chai & Co. This link is for you: {link_on(page)}") for way in ways)
    assert re.findall(r'<button type="button"[^>]*id="(\w+)"[^>]*hidden', page.text) == ["copy", "share"]


def test_nobody_s_link_is_made_for_an_answer_that_names_nobody_or_brings_no_such_step(collect: Collect) -> None:
    offering(collect, REFERRAL)

    assert link_on(thanked(collect, contact="")) == ""
    assert link_on(thanked(collect, score=8)) == ""
    assert "REFERRAL" not in str(collect.tables.directory.scan_page({}))


def test_a_coupon_is_promised_to_whom_it_will_be_mailed_and_its_code_is_on_no_page(collect: Collect) -> None:
    offering(collect, COUPON)
    asha(collect)

    page = thanked(collect)

    assert "10% off is yours." in page.text
    assert "It is on its way to you by mail." in page.text
    assert "COUPON" not in str(collect.tables.directory.scan_page({}))  # it is granted with the mail that brings it


def test_no_coupon_is_promised_that_no_mail_would_bring(collect: Collect) -> None:
    offering(collect, COUPON)
    people = collect.tables.people

    def promised() -> bool:
        return "on its way" in thanked(collect).text

    assert not promised()  # nobody knows their address
    asha(collect)
    assert promised()
    people.take(Slot.mailed(ASHA), "another mail", NOW, timedelta(days=7))
    assert not promised()
    collect.now += collect.survey.mail_cap
    assert promised()
    people.suppress(Suppression(ASHA, "unsubscribe", NOW, "surveys"))
    assert promised()
    people.suppress(Suppression(ASHA, "unsubscribe", NOW, "follow-ups"))
    assert not promised()


def test_no_coupon_is_promised_where_the_mail_s_own_cap_forbids_it(collect: Collect) -> None:
    offering(collect, COUPON)
    plays = [play.model_copy(update={"cap_days": 7}) if play.id == "thank" else play for play in collect.survey.plays]
    collect.tables.people.put_survey(collect.survey.model_copy(update={"plays": plays}), NOW)
    asha(collect)
    collect.tables.people.take(Slot.played(ASHA, "shop", "thank"), "thanks before", NOW, timedelta(days=7))

    capped = thanked(collect)
    collect.now += timedelta(days=7)
    free = thanked(collect)

    assert ("on its way" in capped.text, "<section" in capped.text) == (False, False)
    assert "on its way" in free.text


def test_no_coupon_is_promised_where_no_play_mails(collect: Collect) -> None:
    offering(collect, COUPON)
    collect.tables.people.put_survey(
        collect.survey.model_copy(update={"plays": [play for play in collect.survey.plays if play.what != "mail"]}), NOW
    )
    asha(collect)

    assert "<section" not in thanked(collect).text


def test_a_testimonial_is_asked_for_with_the_words_just_sent_and_an_open_box(collect: Collect) -> None:
    offering(collect, TESTIMONIAL)

    page = thanked(collect, comment="The+samosas!")

    assert ">The samosas!</textarea>" in page.text
    assert re.search(r'<input type="checkbox" name="consent" value="yes" required>', page.text)


def test_words_reach_the_last_page_over_the_questions_between(collect: Collect) -> None:
    promoter = {"questions": [{"id": "best", "text": "Best?", "choices": {"food": "The food"}}]}
    offering(collect, TESTIMONIAL, follow_up={"promoter": promoter})
    page = collect.confirm(collect.token(contact=ASHA), 10)

    page = fill(collect, page, said="The+samosas!")
    page = fill(collect, page, said="food")

    assert ">The samosas!</textarea>" in page.text


def test_words_that_were_sent_before_are_not_shown_to_whoever_opens_the_link_again(collect: Collect) -> None:
    offering(collect, TESTIMONIAL)
    token = collect.token(contact=ASHA)
    fill(collect, collect.confirm(token, 10), said="The+samosas!")

    page = fill(collect, collect.confirm(token, 10), skip="1")

    assert "May we quote you?" in page.text
    assert "samosas" not in page.text


def test_an_answer_that_an_operator_excluded_is_offered_nothing(collect: Collect) -> None:
    offering(collect, REVIEW)
    token = collect.token(contact=ASHA)
    page = collect.confirm(token, 10)
    (stored,) = collect.stored()
    collect.tables.responses.revise(stored.id, lambda response: response.exclude("our own test"))

    assert "reviews.example" not in fill(collect, page, skip="1").text


def test_hostile_words_and_names_are_shown_as_they_are(collect: Collect) -> None:
    offering(collect, TESTIMONIAL, brand={"name": "<b>&\"'", "colour": "#0b6b4f"})

    page = thanked(collect, comment="%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E")

    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>" in page.text
    assert "<b>&" not in page.text


@pytest.mark.parametrize("step", [REVIEW, REFERRAL, COUPON, TESTIMONIAL], ids=lambda step: step["what"])
def test_every_next_step_fits_the_first_fourteen_kilobytes(collect: Collect, step: Mapping[str, Any]) -> None:
    offering(collect, step)
    asha(collect)
    token = collect.token(contact=ASHA, locale="hi")
    asked = collect.confirm(token, 10)
    words = "क" * 1000
    event = collect.event(
        "POST",
        f"/a/{token}",
        body=f"step=question&score=10&question=&said={words}&page={collect.stamp(token)}",
        headers={"content-type": "application/x-www-form-urlencoded", "accept-encoding": "gzip"},
    )

    page = collect.handle(event)

    assert asked.status == page.status == 200
    assert "<section" in page.text
    assert len(page.raw) < 14 * 1024


def test_an_amended_answer_is_offered_what_fits_it_now(collect: Collect) -> None:
    offering(collect, REVIEW, {**REFERRAL, "when": {"category": "passive"}})
    token = collect.token(contact=ASHA)

    promoter = fill(collect, collect.confirm(token, 10), skip="1")
    passive = fill(collect, collect.confirm(token, 8), skip="1")

    assert ("reviews.example" in promoter.text, link_on(promoter)) == (True, "")
    assert "reviews.example" not in passive.text
    assert link_on(passive)


class TestPrograms:
    """Widgets and other people's pages are told of the step too, if it is a link."""

    def submitted(self, collect: Collect, **said: Any) -> dict[str, Any]:
        return collect.submit(collect.token(contact=ASHA, channel="widget"), **{"score": 10, **said}).json

    def test_the_answer_s_receipt_brings_a_review_and_a_link_of_their_own(self, collect: Collect) -> None:
        offering(collect, REVIEW)
        assert self.submitted(collect)["next_step"] == {
            "kind": "review",
            "text": "Tell others",
            "label": "Write a review",
            "url": "https://reviews.example/shop",
        }

        offering(collect, REFERRAL)
        step = self.submitted(collect)["next_step"]
        assert (step["kind"], step["label"]) == ("referral", "Your own link")
        assert step["url"].startswith("https://api.example.com/r/")

    def test_and_nothing_else(self, collect: Collect) -> None:
        for step in (COUPON, TESTIMONIAL, {**REVIEW, "when": {"answer": "first"}}):
            offering(collect, step)
            asha(collect)
            assert "next_step" not in self.submitted(collect)
        assert "next_step" not in self.submitted(collect, score=3)


def test_an_offer_is_an_answer_s_and_not_a_link_s(collect: Collect) -> None:
    offering(collect, REVIEW)
    token = collect.token(contact=ASHA)

    fields = f"step=question&score=10&question=&skip=1&page={collect.stamp(token)}"

    assert "reviews.example" not in collect.form(f"/a/{token}", fields).text  # nobody has answered yet
    assert json.dumps([replace(each, expires_at=0).score for each in collect.stored()]) == "[]"


def test_an_answer_is_thanked_although_no_link_can_be_made(collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise TemporarilyUnavailable("throttled")

    offering(collect, REFERRAL)
    monkeypatch.setattr(Referrals, "link_of", busy)

    page = thanked(collect)

    assert page.status == 200
    assert "<section" not in page.text

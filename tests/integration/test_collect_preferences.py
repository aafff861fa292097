"""Which mails a customer wants: by the mail program's one click, and by the page behind the mail's link."""

import re
from datetime import timedelta

import pytest

from hearback.aws.directory import Directory, UnknownSurvey
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.contact import Covers, Suppression, SuppressionReason
from hearback.judging import READING
from hearback.survey import UnreadableSurvey
from tests.conftest import NOW, Answered, Collect
from tests.integration.followup_world import raising
from tests.integration.test_collect_pages import Form, fill

ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def path(collect: Collect) -> str:
    return f"/u/{collect.token(purpose='unsubscribe', subject='c0ffee', locale='hi')}"


def stopped(collect: Collect) -> tuple[bool, bool]:
    """Whether surveys and follow-ups are."""
    people = collect.tables.people
    return people.suppressed("c0ffee", "surveys"), people.suppressed("c0ffee", "follow-ups")


def multipart(collect: Collect, path: str, *parts: tuple[str, str], boundary: str = "b") -> Answered:
    """Send parts of a name, as it stands in its header, and a value."""
    part = "--b\r\nContent-Disposition: form-data; name={}\r\n\r\n{}\r\n"
    body = "".join(part.format(*each) for each in parts) + "--b--\r\n"
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    return collect.request("POST", path, body=body, headers=headers)


def choose(collect: Collect, path: str, covers: str) -> Answered:
    """Open the page, read it, choose and send."""
    return fill(collect, collect.request("GET", path, query="lang=en"), stop=covers)


def test_opening_the_link_asks_preselects_nothing_and_stores_nothing(collect: Collect, path: str) -> None:
    page = collect.request("GET", path)
    head = collect.request("HEAD", path)

    assert (page.status, head.status, head.raw) == (200, 200, b"")
    assert "कौन-से ईमेल बंद करें?" in page.text
    assert Form(page).checked == []
    assert stopped(collect) == (False, False)


def test_the_pages_say_whose_mails_stop(collect: Collect, path: str) -> None:
    """Somebody who buys from several companies has several such links."""
    asked, done = collect.request("GET", path), choose(collect, path, "all")

    for page in (asked, done):
        assert re.search(r"<header>.*Hearback\s*</header>", page.text)  # what the parameter BrandName is by default


@pytest.fixture
def from_mail(collect: Collect) -> str:
    """The link of a mail about the shop's survey."""
    return f"/u/{collect.token(purpose='unsubscribe', subject='c0ffee', survey='shop')}"


@pytest.mark.parametrize("covers", ["all", "surveys", "follow-ups", "nothing"])
def test_the_pages_wear_the_brand_of_the_mail_that_led_there(collect: Collect, from_mail: str, covers: Covers) -> None:
    asked, done = collect.request("GET", from_mail), choose(collect, from_mail, covers)

    for page in (asked, done):
        assert re.search(r"<header>.*Chai &amp; Co\s*</header>", page.text)
        assert "#0b6b4f" in page.text
        assert "Hearback" not in page.text
    assert "You came here from an e-mail about “How was Chai &amp; Co?”." in asked.text


def test_the_mail_s_survey_is_named_in_the_reader_s_language(collect: Collect, from_mail: str) -> None:
    assert "“Chai &amp; Co कैसा रहा?”" in collect.request("GET", from_mail, query="lang=hi").text


@pytest.mark.parametrize("problem", ["gone", "unreadable", "busy"])
def test_a_survey_that_cannot_be_had_keeps_nobody_from_leaving(
    collect: Collect, from_mail: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = {"gone": UnknownSurvey(), "unreadable": UnreadableSurvey("x"), "busy": TemporarilyUnavailable("x")}
    monkeypatch.setattr(Directory, "survey", raising(failures[problem]))

    done = choose(collect, from_mail, "all")

    assert (done.status, stopped(collect)) == (200, (True, True))
    assert re.search(r"<header>.*Hearback\s*</header>", done.text)


def test_a_choice_can_be_changed_from_the_page_that_says_it_is_saved(collect: Collect, from_mail: str) -> None:
    done = choose(collect, from_mail, "all")
    back = re.search(r'<a href="(/u/[^"?]*)\?lang=en">Change this choice</a>', done.text)

    assert back
    assert choose(collect, back[1], "nothing").status == 200
    assert stopped(collect) == (False, False)


def test_a_link_made_before_links_had_a_language_works_in_the_browsers(collect: Collect) -> None:
    path = f"/u/{collect.token(purpose='unsubscribe', subject='c0ffee')}"

    page = collect.request("GET", path, headers={"accept-language": "fr"})

    assert (page.status, '<html lang="fr"' in page.text) == (200, True)


@pytest.mark.parametrize(
    ("covers", "stops", "says"),
    [
        ("all", (True, True), "You are unsubscribed"),
        ("surveys", (True, False), "No more invitations"),
        ("follow-ups", (False, True), "No more messages about your answers"),
        ("nothing", (False, False), "You will hear from us again"),
    ],
)
def test_what_is_chosen_stops_and_the_page_says_so(
    collect: Collect, path: str, covers: Covers, stops: tuple[bool, bool], says: str
) -> None:
    page = choose(collect, path, covers)

    assert (page.status, says in page.text) == (200, True)
    assert stopped(collect) == stops


def test_the_last_choice_stands_and_there_is_a_way_back(collect: Collect, path: str) -> None:
    seen = []
    for covers in ("all", "surveys", "follow-ups", "nothing", "all"):
        choose(collect, path, covers)
        seen.append(stopped(collect))

    assert seen == [(True, True), (True, False), (False, True), (False, False), (True, True)]


def test_the_page_does_not_show_what_was_chosen_before(collect: Collect, path: str) -> None:
    before = collect.request("GET", path)
    choose(collect, path, "surveys")
    collect.now = NOW

    assert collect.request("GET", path).text == before.text


@pytest.mark.parametrize("reason", ["bounce", "complaint"])
@pytest.mark.parametrize("covers", ["surveys", "follow-ups", "nothing"])
def test_a_bounce_or_a_complaint_is_not_undone_and_the_page_says_so(
    collect: Collect, path: str, reason: SuppressionReason, covers: str
) -> None:
    collect.tables.people.suppress(Suppression("c0ffee", reason, NOW))

    page = choose(collect, path, covers)

    assert "this page cannot change that" in page.text
    assert stopped(collect) == (True, True)


@pytest.mark.parametrize("covers", ["surveys", "nothing"])
def test_a_bounce_stops_all_whatever_was_chosen(collect: Collect, path: str, covers: str) -> None:
    choose(collect, path, covers)

    assert collect.tables.people.suppress(Suppression("c0ffee", "bounce", NOW))

    assert stopped(collect) == (True, True)


def test_a_form_without_a_choice_asks_for_one(collect: Collect, path: str) -> None:
    page = choose(collect, path, "")

    assert (page.status, "Please choose one." in page.text) == (422, True)
    assert stopped(collect) == (False, False)


class TestMachines:
    @pytest.mark.parametrize("covers", ["all", "surveys", "follow-ups", "nothing"])
    def test_a_form_sent_sooner_than_a_person_reads_changes_nothing(
        self, collect: Collect, path: str, covers: str
    ) -> None:
        collect.tables.people.suppress(Suppression("c0ffee", "unsubscribe", NOW, "surveys"))
        page = collect.request("GET", path)
        collect.now += READING - timedelta(milliseconds=1)

        refused = collect.form(path, f"page={Form(page).fields['page']}&stop={covers}&more=", query="lang=en")

        assert (refused.status, "once more" in refused.text) == (422, True)
        assert stopped(collect) == (True, False)

    def test_a_person_who_was_just_quick_sends_it_once_more_and_nothing_is_lost(
        self, collect: Collect, path: str
    ) -> None:
        page = collect.request("GET", path)
        again = collect.form(path, f"page={Form(page).fields['page']}&stop=surveys", query="lang=en")
        assert Form(again).checked == ["surveys"]

        done = fill(collect, again, stop="surveys")

        assert done.status == 200
        assert stopped(collect) == (True, False)

    def test_a_form_with_the_hidden_field_filled_in_changes_nothing(self, collect: Collect, path: str) -> None:
        page = fill(collect, collect.request("GET", path), stop="all", more="https://example.com")

        assert page.status == 422
        assert stopped(collect) == (False, False)

    def test_the_stamp_of_another_page_is_none(self, collect: Collect, path: str) -> None:
        other = collect.request("GET", f"/u/{collect.token(purpose='unsubscribe', subject='beef')}")

        page = fill(collect, other, stop="all")  # theirs, to be sure that it would do
        stamp = Form(other).fields["page"]

        assert page.status == 200
        assert collect.form(path, f"page={stamp}&stop=all").status == 422
        assert stopped(collect) == (False, False)

    def test_the_hidden_link_leads_back_to_the_page_and_changes_nothing(self, collect: Collect, path: str) -> None:
        page = collect.request("GET", path, query="more=x")

        assert (page.status, f'href="{path}?more=' in page.text) == (200, True)
        assert stopped(collect) == (False, False)

    def test_every_field_of_the_page_and_the_one_click_at_once_are_a_form_and_no_click(
        self, collect: Collect, path: str
    ) -> None:
        page = collect.request("GET", path)

        sent = collect.form(path, f"{ONE_CLICK}&stop=all&page={Form(page).fields['page']}")

        assert sent.status == 422
        assert stopped(collect) == (False, False)


class TestOneClick:
    def test_stops_everything_at_once(self, collect: Collect, path: str) -> None:
        page = collect.form(path, ONE_CLICK, query="lang=hi")

        assert (page.status, "ईमेल बंद कर दिए गए हैं" in page.text) == (200, True)
        assert stopped(collect) == (True, True)

    @pytest.mark.parametrize("name", ['"List-Unsubscribe"', "List-Unsubscribe"])
    def test_works_as_multipart_too(self, collect: Collect, path: str, name: str) -> None:
        answered = multipart(collect, path, (name, "One-Click"))

        assert answered.status == 200
        assert stopped(collect) == (True, True)

    @pytest.mark.parametrize(
        "parts",
        [
            [('"List-Unsubscribe"', "No-One-Click-please")],
            [('"List-Unsubscribe"', "One-Click"), ('"stop"', "surveys")],
            [('"stop"', "surveys"), ('"List-Unsubscribe"', "One-Click")],
            [('"List-Unsubscribe"', "One-Click"), ('"List-Unsubscribe"', "One-Click")],
            [('"note"', 'name="List-Unsubscribe" One-Click')],
            [],
        ],
    )
    def test_is_no_other_multipart(self, collect: Collect, path: str, parts: list[tuple[str, str]]) -> None:
        assert multipart(collect, path, *parts).status == 415
        assert stopped(collect) == (False, False)

    def test_is_no_multipart_without_its_boundary(self, collect: Collect, path: str) -> None:
        assert multipart(collect, path, ('"List-Unsubscribe"', "One-Click"), boundary="c").status == 415
        assert stopped(collect) == (False, False)

    def test_wins_over_a_choice_of_less(self, collect: Collect, path: str) -> None:
        choose(collect, path, "surveys")

        collect.form(path, ONE_CLICK)

        assert stopped(collect) == (True, True)

    def test_again_is_fine_and_a_complaint_stays_one(self, collect: Collect, path: str) -> None:
        collect.tables.people.suppress(Suppression("c0ffee", "complaint", NOW))

        assert [collect.form(path, ONE_CLICK).status for _ in range(2)] == [200, 200]

        item = collect.tables.directory.get(Suppression.key_item("c0ffee"))
        assert item is not None
        assert item["reason"] == "complaint"

    def test_never_gets_too_late(self, collect: Collect, path: str) -> None:
        collect.now += timedelta(days=4000)

        assert collect.form(path, ONE_CLICK).status == 200
        assert stopped(collect) == (True, True)

    @pytest.mark.parametrize("body", ["", "List-Unsubscribe=", "stop=all", "x" * 40_000])
    def test_is_nothing_else(self, collect: Collect, path: str, body: str) -> None:
        assert collect.form(path, body).status in (400, 413)
        assert stopped(collect) == (False, False)

    def test_does_not_take_a_link_to_answer(self, collect: Collect) -> None:
        token = collect.token(contact="c0ffee")

        assert collect.form(f"/u/{token}", ONE_CLICK).status == 400
        assert stopped(collect) == (False, False)

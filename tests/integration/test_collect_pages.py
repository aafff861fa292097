"""Pages as people meet them, without JavaScript: the survey, a mail's link, each step, what cannot be."""

import base64
import hashlib
import json
import random
import re
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest

from hearback.judging import READING
from hearback.survey import Survey
from tests.conftest import NOW, Answered, Collect


class Form(HTMLParser):
    """The first form of a page: where it posts to and what it sends untouched."""

    def __init__(self, page: Answered) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.checked: list[str] = []
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given["action"]
        if tag == "input" and given["type"] == "hidden":
            self.fields[given["name"]] = given["value"]
        if tag == "input" and "checked" in given:
            self.checked.append(given["value"])


def fill(collect: Collect, page: Answered, **said: str) -> Answered:
    """Send a page's form with what a person put in, after reading it."""
    collect.now += READING
    form = Form(page)
    path, _, query = form.action.partition("?")
    fields = "&".join(f"{name}={value}" for name, value in {**form.fields, **said}.items())
    return collect.form(path, fields, query=query)


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def heading(page: Answered) -> str:
    found = re.search(r"<h[12]>(?:<label[^>]*>)?([^<]*)", page.text)
    assert found
    return found[1]


def test_a_person_scores_says_why_and_answers_each_question_saved_as_it_is_given(collect: Collect) -> None:
    page = collect.request("GET", "/s/shop", query="touchpoint=delivery")
    assert collect.stored() == []

    page = fill(collect, page, score="3")
    assert "What went wrong?" in page.text
    assert [response.score for response in collect.stored()] == [3]

    page = fill(collect, page, said="The+queue.")
    assert "What was it about?" in page.text
    assert [response.comment for response in collect.stored()] == ["The queue."]

    page = fill(collect, page, said="staff")
    assert "What should we change first?" in page.text
    assert [response.answers for response in collect.stored()] == [{"topic": "staff"}]

    page = fill(collect, page, said="More+tills.")
    assert heading(page) == "Thank you!"
    [response] = collect.stored()
    assert response.answers == {"topic": "staff", "wish": "More tills."}
    assert (response.version, response.channel, response.dimensions) == (4, "page", {"touchpoint": "delivery"})


def test_the_thank_you_page_offers_the_next_step_of_the_play_in_the_respondent_s_language(collect: Collect) -> None:
    for language, label in (("en", "Write a review"), ("hi", "समीक्षा लिखें")):
        asked = fill(collect, collect.request("GET", "/s/shop", query=f"lang={language}"), score="10")
        done = fill(collect, asked, said="Lovely")
        assert 'href="https://reviews.example/shop?a=1&amp;b=2"' in done.text
        assert label in done.text


def test_nobody_else_is_offered_it(collect: Collect) -> None:
    asked = fill(collect, collect.request("GET", "/s/shop"), score="8")

    assert "reviews.example" not in fill(collect, asked, said="Fine").text


def test_a_question_left_out_is_passed_over_and_stores_nothing(collect: Collect) -> None:
    page = fill(collect, collect.request("GET", "/s/shop"), score="3")

    assert "What was it about?" in fill(collect, page, said="").text
    assert "What was it about?" in fill(collect, page, said="Never+mind", skip="1").text
    assert [(response.version, response.comment) for response in collect.stored()] == [(1, "")]


@pytest.mark.parametrize("question", ["", "wish"])
def test_a_field_that_is_emptied_where_it_was_filled_takes_its_words_back(collect: Collect, question: str) -> None:
    page = fill(collect, collect.request("GET", "/s/shop"), score="3")
    if question:
        page = fill(collect, fill(collect, page, said="The+queue."), said="staff")
    following = fill(collect, page, said="Farah+is+rude.")

    emptied = fill(collect, page, said="")

    assert (emptied.status, heading(emptied)) == (200, heading(following))
    [response] = collect.stored()
    assert (response.comment, response.answers) == (("The queue.", {"topic": "staff"}) if question else ("", {}))


def test_a_field_passed_over_or_shown_empty_takes_nothing_back(collect: Collect) -> None:
    page = fill(collect, collect.request("GET", "/s/shop"), score="3")
    fill(collect, page, said="The+queue.")
    before = collect.stored()

    fill(collect, page, said="", skip="1")
    fill(collect, page, said="", more="a program's")
    collect.form(Form(page).action.partition("?")[0], "step=question&question=&score=3&said=&page=invented")
    way_back = re.search(r'<a href="(/a/[^"?]+)\?([^"]+)">Change it', page.text)
    assert way_back
    again = fill(collect, collect.request("GET", way_back[1], query=way_back[2].replace("&amp;", "&")), score="3")
    assert heading(again) == heading(page)
    fill(collect, again, said="")

    assert collect.stored() == before


def test_the_score_can_be_changed_from_every_later_page(collect: Collect) -> None:
    page = fill(collect, collect.request("GET", "/s/shop"), score="3")
    way_back = re.search(r'<a href="(/a/[^"?]+)\?([^"]+)">Change it', page.text)
    assert way_back

    form = collect.request("GET", way_back[1], query=way_back[2].replace("&amp;", "&"))
    assert Form(form).checked == ["3"]
    page = fill(collect, form, score="9")

    assert "What did you like most?" in page.text
    assert [(response.score, response.version) for response in collect.stored()] == [(9, 2)]


def test_a_form_sent_twice_changes_nothing_more(collect: Collect) -> None:
    page = collect.request("GET", "/s/shop")

    first, again = fill(collect, page, score="8"), fill(collect, page, score="8")

    assert heading(first) == heading(again)
    assert [response.version for response in collect.stored()] == [1]


def test_a_mails_link_preselects_the_score_and_stores_nothing(collect: Collect) -> None:
    path = f"/a/{collect.token()}"

    page = collect.request("GET", path, query="score=9")
    head = collect.request("HEAD", path, query="score=9")

    assert Form(page).checked == ["9"]
    assert (head.status, head.raw) == (200, b"")
    assert head.headers == page.headers
    assert collect.stored() == []
    fill(collect, page, score="9")
    assert [response.score for response in collect.stored()] == [9]


@pytest.mark.parametrize("question", ["", "topic"])
def test_an_answer_sent_sooner_than_a_person_reads_is_asked_once_more_with_its_words(
    collect: Collect, question: str
) -> None:
    page = fill(collect, collect.request("GET", "/s/shop"), score="3")
    if question:
        page = fill(collect, page, said="The+queue.")
    form, before = Form(page), collect.stored()
    said = "staff" if question else "The <b>queue</b>"

    again = collect.form(form.action.partition("?")[0], urlencode({**form.fields, "said": said}))

    assert (again.status, "Please send it once more" in again.text) == (422, True)
    assert collect.stored() == before
    kept = Form(again).checked == ["staff"] if question else "The &lt;b&gt;queue&lt;/b&gt;</textarea>" in again.text
    assert kept
    assert fill(collect, again, said=quote(said)).status == 200
    [response] = collect.stored()
    assert response.answers == {"topic": "staff"} if question else response.comment == said


def test_an_answer_with_the_hidden_field_filled_in_changes_nothing(collect: Collect) -> None:
    page = fill(collect, collect.request("GET", "/s/shop"), score="3")

    assert fill(collect, page, said="Cheap+pills", more="https://example.com").status == 422

    assert [(response.comment, response.version) for response in collect.stored()] == [("", 1)]


def test_a_question_is_passed_over_as_quickly_as_one_likes(collect: Collect) -> None:
    page = fill(collect, collect.request("GET", "/s/shop"), score="3")
    form = Form(page)

    page = collect.form(form.action.partition("?")[0], urlencode({**form.fields, "said": "", "skip": "1"}))

    assert (page.status, "What was it about?" in page.text) == (200, True)


@pytest.mark.parametrize("score", ["11", "-1", "nine", "9.5", "", "٩", "<script>"])
def test_a_link_with_an_impossible_score_asks_without_one(collect: Collect, score: str) -> None:
    page = collect.request("GET", f"/a/{collect.token()}", query=f"score={score}")

    assert (page.status, Form(page).checked) == (200, [])
    assert page.text.count("<script>") == 1  # ours


@pytest.mark.parametrize("score", ["11", "-1", "nine", "9.5", "", "٩", "09", "+9"])
def test_a_form_without_a_possible_score_asks_for_one_and_stores_nothing(collect: Collect, score: str) -> None:
    page = collect.form(f"/a/{collect.token()}", f"step=score&score={score}")

    assert page.status == 422
    assert "Please choose a number from 0 to 10." in page.text
    assert collect.stored() == []


def test_a_page_shows_no_words_stored_before(collect: Collect) -> None:
    token = collect.token()
    collect.submit(token, score=2, comment="My own words", answers={"wish": "A wish"})

    pages = [
        collect.request("GET", f"/a/{token}"),
        collect.confirm(token, 2),
        collect.form(f"/a/{token}", "step=question&question=&score=2&said="),
        collect.form(f"/a/{token}", "step=question&question=wish&score=2&said="),
    ]

    assert [page.status for page in pages] == [200] * 4
    assert not any(words in page.text for page in pages for words in ("My own words", "A wish"))
    assert Form(pages[0]).checked == []


@pytest.mark.parametrize(("channel", "to_reply_to"), [("mail", True), ("page", False)])
def test_a_later_visit_is_thanked_and_changes_nothing(collect: Collect, channel: str, *, to_reply_to: bool) -> None:
    token = collect.token(channel=channel)
    collect.submit(token, score=2)
    collect.now += timedelta(hours=24, seconds=1)

    visits = [
        collect.request("GET", f"/a/{token}", query="score=9"),
        collect.confirm(token, 9),
        collect.form(f"/a/{token}", f"step=question&question=&score=2&said=late&page={collect.stamp(token)}"),
    ]

    assert [(page.status, heading(page)) for page in visits] == [(200, "Thank you!")] * 3
    assert all("no longer be changed" in page.text for page in visits)
    assert ["reply to the mail that brought you here" in page.text for page in visits] == [to_reply_to] * 3
    assert [(response.score, response.comment) for response in collect.stored()] == [(2, "")]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("step=question&question=&score=3&said=early", 404),
        ("step=question&question=colour&score=3&said=red", 422),
        ("step=question&question=wish&score=9&said=x", 422),
        ("step=question&score=3&said=x", 422),
        ("step=question&question=&said=x", 422),
        ("step=question&question=&score=3&said=" + "x" * 132_000, 413),
        ("&".join(f"f{number}=x" for number in range(51)), 400),
    ],
)
def test_a_form_that_is_not_ours_meets_a_kind_page_and_stores_nothing(
    collect: Collect, fields: str, status: int
) -> None:
    token = collect.token()

    page = collect.form(f"/a/{token}", f"page={collect.stamp(token)}&{fields}")

    assert (page.status, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert heading(page) in (
        "That did not work",
        "That was too long for us",
        "There is no answer here yet",
    )
    assert collect.stored() == []


def test_a_choice_that_is_none_is_refused(collect: Collect) -> None:
    token = collect.token()
    collect.submit(token, score=3)

    said = f"step=question&question=topic&score=3&said=weather&page={collect.stamp(token)}"
    assert collect.form(f"/a/{token}", said).status == 422
    assert [response.answers for response in collect.stored()] == [{}]


def test_a_form_in_another_content_type_is_refused(collect: Collect) -> None:
    page = collect.request("POST", f"/a/{collect.token()}", body={"step": "score", "score": "9"})

    assert (page.status, heading(page)) == (415, "That did not work")
    assert collect.stored() == []


@pytest.mark.parametrize(
    ("method", "path", "query", "status", "says"),
    [
        ("GET", "/s/nowhere", "", 404, "We cannot find this survey"),
        ("GET", "/s/<b>nowhere", "", 404, "We cannot find this survey"),
        ("GET", "/s/shop", "touchpoint=<b>", 200, "How likely"),
        ("GET", "/s/shop", "touchpoint=" + "x" * 200, 200, "How likely"),
        ("HEAD", "/s/nowhere", "", 404, ""),
        ("GET", "/a/forged.k1.token", "", 400, "This link does not work"),
        ("POST", "/a/forged.k1.token", "", 400, "This link does not work"),
        ("GET", "/a/é<b>", "", 400, "This link does not work"),
        ("GET", "/u/forged.k1.token", "", 400, "This link does not work"),
    ],
)
def test_what_cannot_be_is_told_kindly_and_nothing_is_repeated(
    collect: Collect, method: str, path: str, query: str, status: int, says: str
) -> None:
    page = collect.request(method, path, query=query)

    assert page.status == status
    assert says in page.text
    assert not any(sent in page.text for sent in ("<b>", "forged", "nowhere", "pune"))


def test_an_expired_link_and_a_closed_survey_say_so(collect: Collect, survey: Survey) -> None:
    expired = collect.request("GET", f"/a/{collect.token(expires_at=NOW)}")
    collect.tables.people.put_survey(survey.model_copy(update={"status": "closed"}), NOW)
    closed = [
        collect.request("GET", "/s/shop"),
        collect.request("GET", f"/a/{collect.token()}", query="score=9"),
        collect.confirm(collect.token(), 9),
    ]

    assert (expired.status, heading(expired)) == (410, "This link is too old")
    assert [(page.status, heading(page)) for page in closed] == [(410, "This survey has ended")] * 3


@pytest.mark.parametrize("hung", ["utm_source=mail&fbclid=abc", "igsh=x", "_hsenc=p2&_gl=1", "source=%3Cb%3E&si"])
def test_what_others_hang_on_links_turns_nobody_away(collect: Collect, hung: str) -> None:
    page = collect.request("GET", "/s/shop", query=f"{hung}&touchpoint=delivery")

    fill(collect, page, score="8")

    assert [response.dimensions for response in collect.stored()] == [{"touchpoint": "delivery"}]


@pytest.mark.parametrize(
    ("printed", "dropped"),
    [
        ("touchpoint=Delivery", "touchpoint"),
        ("touchpoint=delviery&utm_source=qr", "touchpoint"),
        ("touchpoint=", "touchpoint"),
        ("store=pune", "store"),
        ("touchpoint=" + "x" * 2000, "touchpoint"),
    ],
)
def test_a_printed_code_with_a_value_that_is_not_taken_asks_without_it(
    collect: Collect, capsys: pytest.CaptureFixture[str], printed: str, dropped: str
) -> None:
    page = collect.request("GET", "/s/shop", query=printed)
    [metric] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert fill(collect, page, score="8").status == 200

    assert [response.dimensions for response in collect.stored()] == [{}]
    assert (metric["DimensionsDropped"], metric["Survey"], metric["Dimension"]) == (1, "shop", dropped)
    assert set(metric) == {"_aws", "FunctionName", "Survey", "Dimension", "DimensionsDropped"}


def test_a_printed_code_keeps_the_values_that_are_taken(collect: Collect) -> None:
    page = collect.request("GET", "/s/shop", query="store=mumbai&touchpoint=delivery")

    assert "?touchpoint=delivery&amp;lang=hi" in page.text
    fill(collect, page, score="8")
    assert [response.dimensions for response in collect.stored()] == [{"touchpoint": "delivery"}]


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("lang=hi", "en", "hi"),
        ("lang=hi-IN", "", "hi"),
        ("", "hi-IN,hi;q=0.9,en;q=0.8", "hi"),
        ("", "fr, en;q=0.5, hi;q=0.7", "hi"),
        ("", "hi;q=0, fr", "en"),
        ("lang=fr", "", "en"),
        ("", "", "en"),
    ],
)
def test_a_page_speaks_the_language_that_was_chosen_else_the_browsers(
    collect: Collect, query: str, accepted: str, language: str
) -> None:
    page = collect.request("GET", "/s/shop", query=query, headers={"accept-language": accepted})

    assert f'<html lang="{language}" dir="ltr">' in page.text
    assert ("बिल्कुल संभावना नहीं" in page.text) == (language == "hi")


@pytest.mark.parametrize(
    ("query", "known", "accepted", "language"),
    [("lang=en", "hi", "hi", "en"), ("", "en", "hi", "en"), ("", "", "fr, hi;q=0.9", "hi"), ("", "", "fr", "en")],
)
def test_a_mails_link_speaks_what_was_chosen_else_what_is_known_else_what_the_browser_wants(
    collect: Collect, query: str, known: str, accepted: str, language: str
) -> None:
    wants = {"accept-language": accepted}
    page = collect.request("GET", f"/a/{collect.token(locale=known)}", query=query, headers=wants)

    assert f'<html lang="{language}" dir="ltr">' in page.text


def test_what_cannot_be_is_told_in_the_language_of_the_link_as_well(collect: Collect) -> None:
    wants = {"accept-language": "fr"}
    old, none = collect.token(locale="hi", expires_at=NOW), collect.token(locale="hi") + "x"

    spoken = [
        collect.request("GET", f"/a/{old}", headers=wants),
        collect.request("GET", f"/c/{old}", headers=wants),
        collect.request("GET", f"/a/{old}", query="lang=ar", headers=wants),
        collect.request("GET", f"/a/{none}", headers=wants),
    ]

    assert [page.status for page in spoken] == [410, 410, 410, 400]
    assert [re.findall('<html lang="(..)"', page.text) for page in spoken] == [["hi"], ["hi"], ["ar"], ["fr"]]


def test_the_language_chosen_stays_through_every_step_and_on_the_answer(collect: Collect) -> None:
    page = collect.request("GET", f"/a/{collect.token(locale='en')}", query="lang=hi")

    page = fill(collect, page, score="3")
    assert "क्या ग़लत हुआ?" in page.text
    page = fill(collect, page, said="x")

    assert "यह किस बारे में था?" in page.text
    assert [response.locale for response in collect.stored()] == ["hi"]


def test_another_language_is_one_link_away(collect: Collect) -> None:
    page = collect.request("GET", "/s/shop", query="touchpoint=delivery")

    assert '<a href="?touchpoint=delivery&amp;lang=hi" lang="hi" hreflang="hi">हिन्दी</a>' in page.text


def test_a_surveys_own_texts_are_escaped(collect: Collect, survey: Survey) -> None:
    brand = survey.brand.model_copy(update={"name": "<script>alert(1)</script>"})
    collect.tables.people.put_survey(survey.model_copy(update={"brand": brand}), NOW)

    page = collect.request("GET", "/s/shop")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert" not in page.text


def test_a_logo_stands_for_the_brands_name_and_leaves_room_for_the_page(collect: Collect, survey: Survey) -> None:
    logo = "data:image/png;base64," + base64.b64encode(random.Random(1).randbytes(6100)).decode()
    brand = survey.brand.model_copy(update={"logo": logo})
    collect.tables.people.put_survey(survey.model_copy(update={"brand": brand}), NOW)

    page = collect.request("GET", "/s/shop", query="lang=hi", headers={"accept-encoding": "gzip"})

    assert f'<img src="{logo}" alt="Chai &amp; Co">' in page.text.replace("&#43;", "+")
    assert len(page.raw) < 14 * 1024


def test_only_back_leads_to_what_a_browser_keeps(collect: Collect) -> None:
    token = collect.token()
    survey, question = collect.request("GET", "/s/shop"), collect.confirm(token, 3)
    others = [
        collect.request("GET", f"/a/{token}", query="score=3"),
        collect.request("GET", "/s/nowhere"),
        collect.request("GET", f"/u/{collect.token(purpose='unsubscribe')}"),
        collect.submit(collect.token(), score=3),
    ]

    assert [page.headers["cache-control"] for page in (survey, question)] == ["private, max-age=0"] * 2
    assert {page.headers["cache-control"] for page in others} == {"no-store"}


def test_every_page_loads_nothing_and_leads_nowhere_else(collect: Collect) -> None:
    pages = [
        collect.request("GET", "/s/shop"),
        collect.confirm(collect.token(), 3),
        collect.request("GET", "/s/nowhere"),
        collect.request("GET", f"/u/{collect.token(purpose='unsubscribe')}"),
    ]

    for page in pages:
        style = re.search("<style>(.*?)</style>", page.text, re.DOTALL)
        assert style
        script = re.search("<script>(.*?)</script>", page.text, re.DOTALL)
        runs = f"script-src {digest(script[1])}; connect-src 'self'; " if script else ""
        assert page.headers["content-security-policy"] == (
            f"default-src 'none'; style-src {digest(style[1])}; {runs}img-src data:; "
            "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in page.headers
        assert not re.search(r"<script |<img|\bon\w+=\"|style=|https?://", page.text)


def test_the_first_view_fits_the_first_round_trip(collect: Collect) -> None:
    page = collect.request("GET", "/s/shop", query="lang=hi", headers={"accept-encoding": "gzip, deflate, br"})

    assert page.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["vary"]
    assert len(page.raw) < 14 * 1024
    assert "Chai" in page.text


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_who_does_not_read_gzip_gets_none(collect: Collect, accepted: str) -> None:
    page = collect.request("GET", "/s/shop", headers={"accept-encoding": accepted})

    assert "content-encoding" not in page.headers
    assert page.raw.startswith(b"<!doctype html>")


def test_an_answer_of_one_packet_is_not_compressed(collect: Collect) -> None:
    event = collect.event(
        "POST", "/v1/surveys/shop/tokens", body={"channel": "page"}, headers={"accept-encoding": "gzip"}
    )

    assert "content-encoding" not in collect.handle(event).headers

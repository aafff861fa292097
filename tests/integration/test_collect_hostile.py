"""Whatever words a page is given, in whatever place: it stays the page it is, and leads nowhere else."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from jinja2 import Environment

from collect import rendering
from collect.wiring import wiring
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.response import Response
from hearback.survey import Survey
from hearback.task import Task
from hearback.task_link import task_link
from hearback.token import verify
from tests.conftest import NOW, Answered, Collect
from tests.integration.test_collect_pages import Form, fill
from tests.unit.letter_samples import HOSTILE, Page

HARMLESS = "word"
RAVI = "a" * 32
REVIEWS = "https://reviews.example/shop"
HREF = re.compile(r"#[a-z-]+$|\?|/[acsuqt]/|data:,$|https://wa\.me/\?|mailto:|tel:|" + re.escape(REVIEWS))
"""Where a page may lead: to itself, to where a customer passes on their own link, to the survey's own target."""
STEPS: dict[str, dict[str, Any]] = {
    "review": {"what": "review", "url": REVIEWS},
    "referral": {"what": "referral"},
    "coupon": {"what": "coupon", "coupon": "tea"},
    "testimonial": {"what": "testimonial"},
}
_HARMLESS_STATES: dict[str, Answered] = {}
States = Iterator[tuple[str, Answered]]


def storable(words: str) -> str:
    """The words as they can come over the wire: halves of surrogate pairs cannot."""
    return words.encode("utf-8", "replace").decode()


def survey_of(words: str, step: str) -> Survey:
    """A survey whose author has put the words wherever they may: a brand, texts, choices, people, root causes."""
    text = {"en": words[:2000], "hi": words[:2000]}
    labelled = {"label": text} if step in ("review", "referral") else {}
    question: dict[str, Any] = {"id": "wish", "text": text}
    return Survey.model_validate(
        {
            "id": "shop",
            "title": text,
            "question": text,
            "locales": ["en", "hi"],
            "brand": {"name": words[:64]},
            "dimensions": {"store": {"values": ["pune"], "public": True}},
            "follow_up": {
                "promoter": {"reason": text, "thanks": text},
                "detractor": {
                    "reason": text,
                    "thanks": text,
                    "questions": [{"id": "topic", "text": text, "choices": {"price": text}}, question],
                },
            },
            "people": {"asha": {"name": words[:100], "email": "asha@shop.example"}},
            "root_causes": {"other": text},
            "coupons": {"tea": {"text": text}},
            "referral": {"target": "https://shop.example/welcome"},
            "plays": [
                {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"},
                {"id": "next", "when": {"category": "promoter"}, "text": text, **labelled, **STEPS[step]},
                {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": "asha", "anonymous": True},
            ],
        }
    )


def open_shop(collect: Collect, words: str, step: str = "review") -> None:
    collect.tables.people.put_survey(survey_of(words, step), NOW)
    wiring.cache_clear()


def a_detractor(collect: Collect, words: str) -> States:
    """From the page's address to the thanks, saying the words wherever something can be said."""
    token = collect.token(contact=RAVI)
    yield "score", collect.request("GET", f"/a/{token}", query=f"score=3&lang={quote(words)}")
    yield "score missing", collect.form(f"/a/{token}", f"step=score&page={collect.stamp(token)}")
    page = collect.confirm(token, 3)
    yield "reason", page
    early = urlencode({**Form(page).fields, "page": collect.stamp(token, age=timedelta()), "said": words[:5000]})
    yield "reason said too early", collect.form(f"/a/{token}", early)
    yield "reason too long", fill(collect, page, said=quote(words[:5000] + "x" * 5001))
    page = fill(collect, page, said=quote(words[:5000]))
    yield "choices", page
    page = fill(collect, page, said="price")
    yield "question in words", page
    yield "thanks", fill(collect, page, said=quote(words[:1000]))
    collect.now += timedelta(days=2)
    yield "later visit", collect.request("GET", f"/a/{token}")


def a_detractor_whom_nobody_knows(collect: Collect, words: str) -> States:
    """Who is asked where to call."""
    page = collect.confirm(collect.token(channel="page"), 3)
    for said in (words[:5000], "price", words[:1000]):
        page = fill(collect, page, said=quote(said))
    yield "thanks with a call", page
    yield "call without a number, after the thanks", fill(collect, page, phone="", when=quote(words[:200]))
    yield "call asked for, after the thanks", fill(collect, page, phone="020 5555 0101", when=quote(words[:200]))


def a_promoter(collect: Collect, words: str, step: str) -> States:
    """The thanks with a next step; a testimonial with its consent."""
    open_shop(collect, words, step)
    collect.tables.people.merge_contact(Contact(RAVI, "ravi@example.com"))  # a coupon is promised by mail
    token = collect.token(contact=RAVI)
    yield f"thanks with a {step}", fill(collect, collect.confirm(token, 10), said=quote(words[:5000]))
    if step == "testimonial":
        page = collect.request("GET", f"/q/{token}")
        yield "testimonial", page
        said = {"words": quote(words[:1000]), "named": quote(words[:100])}
        yield "testimonial too long", fill(collect, page, **said | {"words": quote(words[:1000] + "x" * 1001)})
        yield "testimonial without consent", fill(collect, page, **said)
        yield "testimonial given", fill(collect, page, **said, consent="yes")
        yield "testimonial on a later visit", collect.request("GET", f"/q/{token}")


def an_owner(collect: Collect, words: str) -> States:
    """The page of a task about somebody whose every detail is the words."""
    open_shop(collect, words)
    fact = FactId.parse(verify(collect.token(), wiring().token_keys.at(NOW), "answer", NOW).subject)
    said = {"wish": words[:1000], "gone": words[:1000]}
    answer = Response(fact, 2, NOW, "2026-03-04", comment=words[:5000], answers=said, contact=RAVI, expires_at=2**31)
    collect.tables.responses.create(answer)
    people = collect.tables.people
    people.merge_contact(Contact(RAVI, "ravi@example.com", words, words, words))
    task = Task("t1", "shop", "asha", NOW, NOW + timedelta(days=9), frozenset({str(fact)}), RAVI, {"store": words[:60]})
    collect.tables.tasks.open_or_join(task, str(fact))
    path = task_link("", task, "asha", NOW, wiring().token_keys.at(NOW))
    page = collect.request("GET", path)
    yield "task", page
    stamp = {"page": Form(page).fields["page"]}
    collect.now += timedelta(minutes=1)
    yield "task with a note", collect.form(path, urlencode({"do": "note", "text": words[:1000], **stamp}))
    yield "task noted", collect.request("GET", path)
    yield (
        "task with a time that is none",
        collect.form(path, urlencode({"do": "reschedule", "day": words[:99], "time": words[:99], **stamp})),
    )
    yield from a_customer_to_call(collect, words, fact)
    yield "task with a wish to be called", collect.request("GET", path)


def a_customer_to_call(collect: Collect, words: str, answer: FactId) -> States:
    """Where and when somebody with an open task wants to be called."""
    path = f"/c/{collect.token(contact=RAVI, subject=str(answer))}"
    page = collect.request("GET", path)
    yield "call", page
    yield "call without a number", fill(collect, page, phone=quote(words[:40]), when=quote(words[:200]))
    yield "call asked for", fill(collect, page, phone="020 5555 0101", when=quote(words[:200]))


def a_stranger(collect: Collect, words: str) -> States:
    """What cannot be, and which mails to stop."""
    token = collect.token(purpose="unsubscribe", subject=RAVI, survey="shop")
    page = collect.request("GET", f"/u/{token}", query=f"lang={quote(words)}")
    yield "preferences", page
    yield "preferences not chosen", fill(collect, page, stop=quote(words[:100]))
    yield "preferences chosen", fill(collect, page, stop="all")
    yield "no such survey", collect.request("GET", f"/s/{quote(words, safe='')}")
    yield "no such link", collect.request("GET", f"/a/{quote(words, safe='')}")
    yield "no such dimension", collect.request("GET", "/s/shop", query=f"store={quote(words)}")
    yield "survey", collect.request("GET", "/s/shop", query=f"store=pune&utm_source={quote(words)}")


def every_state(collect: Collect, words: str) -> dict[str, Answered]:
    words = storable(words)
    open_shop(collect, words)
    found = dict(a_stranger(collect, words)) | dict(a_detractor(collect, words))
    collect.now = NOW
    found |= dict(a_detractor_whom_nobody_knows(collect, words))
    for step in STEPS:
        collect.now = NOW
        found |= dict(a_promoter(collect, words, step))
    return found | dict(an_owner(collect, words))


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The templates that pages were made of."""
    names: set[str] = set()
    get = Environment.get_template

    def seen(self: Environment, name: Any, *rest: Any, **more: Any) -> Any:
        names.add(name)
        return get(self, name, *rest, **more)

    monkeypatch.setattr(Environment, "get_template", seen)
    return names


def test_no_page_is_forgotten(collect: Collect, rendered: set[str]) -> None:
    loader = rendering.templates().loader
    assert loader is not None
    every = {
        name
        for name in loader.list_templates()
        if name.endswith(".html") and '{% extends "layout.html" %}' in loader.get_source(rendering.templates(), name)[0]
    }

    every_state(collect, HARMLESS)

    assert every <= rendered


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words[:24]))
def test_words_add_no_markup_no_attribute_no_link_and_no_header(collect: Collect, words: str) -> None:
    harmless = harmless_states(collect)
    hostile = every_state(collect, words)

    assert hostile.keys() == harmless.keys()
    for state, page in hostile.items():
        shown, plain = Page(page.text), Page(harmless[state].text)
        assert page.status == harmless[state].status, state
        assert Counter(shown.tags) - Counter(["bdi"]) <= Counter(plain.tags) + _reach(shown), state
        assert {name for name, _ in shown.attributes} <= {name for name, _ in plain.attributes} | {"class", "href"}, (
            state
        )
        assert all(HREF.match(link) for link in shown.links), (state, shown.links)
        assert page.headers.keys() == harmless[state].headers.keys(), state
        assert page.headers.get("content-type", "") in ("text/html; charset=utf-8", "" if page.status == 303 else None)
        assert not [value for value in page.headers.values() if "\n" in value or "\r" in value]
        _leads_only_on(shown)


def harmless_states(collect: Collect) -> dict[str, Answered]:
    """Walked through once for all tests; the tables are empty again."""
    if not _HARMLESS_STATES:
        _HARMLESS_STATES.update(every_state(collect, HARMLESS))
        for table in (collect.tables.feedback, collect.tables.directory):
            for item in table.scan_page({})[0]:
                table.delete({"Key": {"pk": item["pk"]["S"], "sk": item["sk"]["S"]}})
        collect.now = NOW
    return _HARMLESS_STATES


def _reach(page: Page) -> Counter[str]:
    """A phone number with digits is a link, and another one is not."""
    return Counter(["a", "bdi"]) if any(link.startswith("tel:") for link in page.links) else Counter(["bdi"])


def _leads_only_on(page: Page) -> None:
    """Sharing brings a text and nothing else, whatever the brand is called."""
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme == "mailto" and parts.query:
            assert parts.path == ""
            assert set(parse_qs(parts.query)) == {"subject", "body"}
        if parts.netloc == "wa.me":
            assert set(parse_qs(parts.query)) == {"text"}

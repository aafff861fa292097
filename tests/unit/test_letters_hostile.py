"""Whatever words a letter is given, in whatever place: it stays the letter it is, down to the bytes that SES gets."""

import email
import email.policy
import unicodedata
from collections import Counter
from email.message import EmailMessage
from functools import cache

import pytest

from followup.mail import Envelope, mime
from followup.words import BIDI, shorten
from tests.unit.every_letter import EVERY, LEAVE, OURS, TO_CUSTOMERS, sample, templates
from tests.unit.letter_samples import HOSTILE, NOW, Page, read

HARMLESS = ("word", "word 1")
"""As a phone number, the one with a digit is a link, and the other is not."""
LINKS = (OURS, "https://shop.example/new", "mailto:ravi@example.com", "tel:")
HEADERS = {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
UNSUBSCRIBING = {"List-Unsubscribe", "List-Unsubscribe-Post"}

every_letter = pytest.mark.parametrize("name", EVERY)
hostile_words = pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words[:24]))


@cache
def page_of(name: str, words: str, locale: str = "en") -> Page:
    return read(sample(name, words, locale))


def mailed(name: str, words: str) -> bytes:
    unsubscribe = LEAVE if name in TO_CUSTOMERS else ""
    envelope = Envelope("care@shop.example", words, "care@shop.example", "ravi@example.com", words, unsubscribe)
    return mime(sample(name, words), envelope, NOW, "<0123abcd@shop.example>")


def opened(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


def test_no_letter_is_forgotten() -> None:
    assert {name.partition(" ")[0] for name in EVERY} == templates()


@every_letter
@hostile_words
@pytest.mark.parametrize("locale", ["en", "hi"])
def test_words_add_no_markup_no_attribute_and_no_link(name: str, words: str, locale: str) -> None:
    page = page_of(name, words, locale)
    plain = [page_of(name, harmless, locale) for harmless in HARMLESS]

    assert any(Counter(page.tags) <= Counter(harmless.tags) for harmless in plain)
    known = {each for harmless in plain for each in harmless.attributes}
    assert {each for each in page.attributes if each[0] != "href"} <= known
    assert all(link.startswith(LINKS) for link in page.links)
    assert not any("evil" in link or "script" in link for link in page.links)


@every_letter
@hostile_words
def test_what_is_read_has_no_hidden_characters_and_the_subject_is_a_line(name: str, words: str) -> None:
    made = sample(name, words)

    assert made.subject.strip()
    assert "\n" not in made.subject
    for part in (made.subject, made.text, made.html):
        assert not BIDI & set(part)
        assert not [sign for sign in part if unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n"]
        assert not set("\u200b\u2060\ufeff\u00ad") & set(part)


@every_letter
@hostile_words
def test_plain_text_stays_readable(name: str, words: str) -> None:
    made, plain = sample(name, words), sample(name, HARMLESS[0])

    assert "\n--\n" in made.text
    assert made.text.rpartition("\n--\n")[2].strip()
    assert len(made.text) < 30_000
    assert not any(line.startswith("<") for line in plain.text.splitlines())
    if name in TO_CUSTOMERS:
        assert made.text.endswith(f"Unsubscribe: {LEAVE}\n")
        assert page_of(name, words).links[-1] == LEAVE


@every_letter
@pytest.mark.parametrize(
    "words", [words for words in HOSTILE if shorten(words, 100)], ids=lambda words: ascii(words[:24])
)
def test_words_are_printed_and_not_swallowed(name: str, words: str) -> None:
    """At least the first of them, in both bodies: as a name, a comment or a brand."""
    first = shorten(words, 30).removesuffix("…").strip()
    made = sample(name, words)

    assert first in page_of(name, words).text
    assert first[:20].strip() in " ".join(made.text.split())


@every_letter
@hostile_words
def test_the_mail_has_the_headers_it_should_and_two_bodies(name: str, words: str) -> None:
    raw = mailed(name, words)
    message = opened(raw)

    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998  # RFC 5322
    assert Counter(message.keys()) == Counter(HEADERS | (UNSUBSCRIBING if name in TO_CUSTOMERS else set()))
    assert [address.addr_spec for address in message["To"].addresses] == ["ravi@example.com"]
    assert [address.addr_spec for address in message["From"].addresses] == ["care@shop.example"]
    if name in TO_CUSTOMERS:
        assert message["List-Unsubscribe"] == f"<{LEAVE}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    made, (text, html) = sample(name, words), message.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == made.text
    assert html.get_content().replace("\r\n", "\n") == made.html

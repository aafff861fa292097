"""How a letter becomes the bytes that SES sends."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.mail import MOST_NAME, Envelope, Letter, mime
from followup.words import BIDI, shorten
from hearback.contact import BadAddress

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
LETTER = Letter("One quick question", "Hello Asha,\n\nplain words.\n", "<p>Hello Asha</p>\n")
ENVELOPE: dict[str, str] = {
    "sender": "feedback@chai.example",
    "sender_name": "Chai & Co",
    "reply_to": "care@chai.example",
    "to": "asha@example.com",
    "to_name": "Asha Rao",
    "unsubscribe": "https://feedback.chai.example/u/" + "t" * 300,
}
MESSAGE_ID = "<0123abcd@chai.example>"


def sent(letter: Letter = LETTER, **changes: str) -> bytes:
    return mime(letter, Envelope(**ENVELOPE | changes), NOW, MESSAGE_ID)


def opened(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


def header(raw: bytes, name: str) -> str:
    """A header as written, unfolded and not decoded."""
    message: Any = email.message_from_bytes(raw, policy=email.policy.compat32)
    return re.sub(r"\r\n", "", message[name])


def printed_name(raw: bytes, name: str) -> str:
    phrase, _ = parseaddr(header(raw, name))
    return str(make_header(decode_header(phrase)))


def test_a_mail_says_who_writes_to_whom_and_when() -> None:
    message = opened(sent())
    assert message["From"] == "Chai & Co <feedback@chai.example>"
    assert message["To"] == "Asha Rao <asha@example.com>"
    assert message["Reply-To"] == "care@chai.example"
    assert message["Subject"] == "One quick question"
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == MESSAGE_ID


def test_a_mail_has_both_bodies_the_plain_one_first() -> None:
    message = opened(sent(Letter("Hi", "Hello आशा", "<p>Hello आशा</p>")))
    text, html = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert (text.get_content_type(), text.get_content()) == ("text/plain", "Hello आशा\r\n")
    assert (html.get_content_type(), html.get_content()) == ("text/html", "<p>Hello आशा</p>\r\n")


def test_a_mail_tells_machines_that_a_machine_sent_it() -> None:
    assert opened(sent())["Auto-Submitted"] == "auto-generated"


def test_a_customer_unsubscribes_with_one_click() -> None:
    raw = sent()
    assert header(raw, "List-Unsubscribe") == f"<{ENVELOPE['unsubscribe']}>"
    assert header(raw, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


def test_mail_that_nobody_unsubscribes_from_does_not_offer_it() -> None:
    message = opened(sent(unsubscribe=""))
    assert "List-Unsubscribe" not in message
    assert "List-Unsubscribe-Post" not in message


def test_the_same_arguments_make_the_same_bytes() -> None:
    assert sent() == sent()


def test_long_lines_are_cut_for_the_wire() -> None:
    raw = sent(Letter("s" * 5000, "word " * 2000 + "\n" + "x" * 5000, "<p>" + "ß" * 5000 + "</p>"))
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    text, html = opened(raw).iter_parts()
    assert text.get_content().count("word") == 2000
    assert html.get_content().count("ß") == 5000


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_name_and_no_subject_can_add_a_header(name: str, subject: str) -> None:
    """Whatever it holds: line ends of every kind, encoded words, quotes, halves of surrogate pairs."""
    raw = sent(Letter(subject, "text\n", "<p>html</p>\n"), to_name=name, sender_name=name)
    assert raw.isascii()
    assert opened(raw).keys() == opened(sent()).keys()
    assert parseaddr(header(raw, "To"))[1] == "asha@example.com"
    assert parseaddr(header(raw, "From"))[1] == "feedback@chai.example"


@pytest.mark.parametrize("name", ["Eve\r\nBcc: all@example.com", "Eve\nX: y", "Eve\u2028X: y", "Eve\x85X: y", "E\x00"])
def test_line_ends_in_a_name_become_spaces(name: str) -> None:
    raw = sent(to_name=name)
    assert "Bcc" not in opened(raw)
    assert printed_name(raw, "To") == shorten(name, MOST_NAME)


@given(st.text(max_size=200))
def test_a_name_arrives_as_it_was_but_on_one_line(name: str) -> None:
    assert printed_name(sent(to_name=name), "To") == shorten(name, MOST_NAME)


@given(st.text(max_size=200))
def test_a_subject_arrives_as_it_was_but_on_one_line(subject: str) -> None:
    raw = sent(Letter(subject, "text\n", "<p>html</p>\n"))
    assert str(make_header(decode_header(header(raw, "Subject")))) == shorten(subject, 200)


def test_characters_that_turn_the_direction_are_left_out() -> None:
    raw = sent(Letter("pay \u202egnp.exe", "text\n", "<p>html</p>\n"), to_name="Asha\u2066\u202e")
    assert not BIDI & set(printed_name(raw, "To") + str(opened(raw)["Subject"]))


def test_encoded_words_are_as_short_as_rfc_2047_wants() -> None:
    raw = sent(Letter("क" * 150, "text\n", "<p>html</p>\n"), to_name="आशा " * 60)
    words = re.findall(rb"=\?[^ ]+\?=", raw)
    assert len(words) > 5
    assert max(map(len, words)) <= 75


def test_a_domain_of_other_letters_is_written_as_idna() -> None:
    assert header(sent(to="asha@exämple.example"), "To") == '"Asha Rao" <asha@xn--exmple-cua.example>'


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.com",
        "a@",
        "a b@example.com",
        "a@b@example.com",
        "a>,b@example.com",
        "आशा@example.com",
        "a@exam ple.com",
        "a@x.example\r\nBcc: b@x.example",
        "a\r\n@x.example",
        "a@x..example",
        "a@" + "x" * 70 + ".com",
    ],
)
def test_an_address_that_cannot_be_mailed_to_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        sent(to=address)


@pytest.mark.parametrize("ending", ["a b", ">,<mailto:x@y.example", "\r\nX: y", "आशा", "t" * 1000])
def test_an_unsubscribe_link_that_would_break_its_header_is_refused(ending: str) -> None:
    with pytest.raises(ValueError, match="header"):
        sent(unsubscribe=f"https://x.example/u/{ending}")

"""`hearback announce`: whom it would reach and why, and telling each of them once."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from followup.settle_queue import about_announcement
from hearback.announcement import Announcement
from hearback.announcement_message import Message
from hearback.aws.announcements import Announcements
from hearback.aws.claims import Claims
from hearback.aws.dynamodb import to_wire
from hearback.claim import Claim
from hearback.contact import Cap, Contact, Slot, Suppression, contact_key
from hearback.fact import FactId
from hearback.mentions import parse_terms
from hearback.response import Response
from hearback.survey import Survey
from ops.erasure import Erasure
from ops.person import Person
from tests.conftest import NOW, Tables
from tests.unit.conftest import Ended, Hearback

TEXT = "Subject: You asked, we did\n\nYou wrote: {their_words}\n\nNow there are two tills.\n"
KEYS = {"k1": "the key of ContactSecret"}
Announce = Callable[..., Ended]


@pytest.fixture
def message(tmp_path: Path) -> Path:
    path = tmp_path / "tills.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def announce(hearback: Hearback, message: Path) -> Announce:
    """Announces that something was done about queues."""

    def run(*options: str) -> Ended:
        given = ("--survey", "shop", "--mentions", "queue", "--message", str(message))
        return hearback("announce", *given, *options)

    return run


@pytest.fixture
def queues(survey: Survey) -> Announcement:
    """The announcement that this is."""
    return Announcement.of(survey, parse_terms("queue"), {"en": Message.parse(TEXT.encode())}, NOW)


def key(name: str) -> str:
    return contact_key(f"{name}@example.com", KEYS, address=True)


def said(tables: Tables, number: int, name: str = "", comment: str = "The queue!", **more: Any) -> Response:
    """Store an answer, one minute after the one before; with a name, of somebody with an address."""
    at = NOW - timedelta(days=1) + timedelta(minutes=number)
    fact = FactId.of_row("shop", str(number), at)
    response = Response(fact, 3, at, at.date().isoformat(), comment=comment, contact=key(name) if name else "")
    if name:
        tables.people.merge_contact(Contact(key(name), f"{name}@example.com", name.title()))
    tables.responses.create(replace(response, **more))
    return response


def queued() -> list[dict[str, str]]:
    """Take what is in the settle queue."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="SettleQueue")["QueueUrl"]
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for each in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
            found.append(json.loads(each["Body"]))
    return found


def standings(ended: Ended) -> dict[str, str]:
    return {each["response"]: each["standing"] for each in ended.json["answers"]}


def test_it_shows_who_raised_it_and_tells_nobody(announce: Announce, tables: Tables) -> None:
    said(tables, 1, "ravi", "Well, the queues at the tills were endless, as ever")
    said(tables, 2, "asha", "Lovely soup")

    ended = announce()

    assert ended.code == 0
    assert "the queues at the tills" in ended.out
    assert "1 answer from 1 person" in ended.out
    assert "Lovely soup" not in ended.out
    assert "Subject: You asked, we did\n\nHello Ravi,\n\nYou wrote: Well, the queues" in ended.out
    assert "say --send" in ended.err
    assert queued() == []


def test_it_says_of_each_why_they_are_told_or_not(announce: Announce, tables: Tables, queues: Announcement) -> None:
    listed = {
        "to be told": said(tables, 1, "ravi"),
        "nobody known": said(tables, 2),
        "no address": said(tables, 3, contact="c" * 32),
        "wants no such mail": said(tables, 4, "meera"),
        "mailed lately": said(tables, 5, "asha"),
        "told already": said(tables, 6, "leela"),
        "being told": said(tables, 7, "john"),
        "in doubt": said(tables, 8, "omar"),
        "refused": said(tables, 9, "zoya"),
    }
    tables.people.suppress(Suppression(key("meera"), "unsubscribe", NOW, "follow-ups"))
    tables.people.take(Slot.mailed(key("asha")), "a play", NOW - timedelta(days=6), timedelta(days=7))
    claims = Claims(tables.directory)
    for standing, state in {
        "told already": "done",
        "being told": "",
        "in doubt": "doubtful",
        "refused": "refused",
    }.items():
        claim = queues.claim(listed[standing])
        claims.take(claim, NOW)
        if state:
            claims.settle(claim.digest, state, NOW)  # type: ignore[arg-type]

    ended = announce("--json")

    assert standings(ended) == {str(response.id): standing for standing, response in listed.items()}
    assert ended.json["totals"] == dict.fromkeys(listed, 1)


def test_of_one_persons_answers_the_newest_is_the_one(announce: Announce, tables: Tables) -> None:
    old, new = said(tables, 1, "ravi", "An old queue"), said(tables, 2, "ravi", "A new queue")

    ended = announce("--json", "--send", "--yes")

    assert list(standings(ended).items()) == [(str(new.id), "to be told"), (str(old.id), "same person")]
    assert [message["response"] for message in queued()] == [str(new.id)]


def test_only_answers_that_count_are_looked_at(announce: Announce, tables: Tables) -> None:
    said(tables, 1, "ravi", excluded="a machine")
    said(tables, 2, "asha", provisional=True)
    foreign = said(tables, 3, "meera").to_item() | {"schema": 99, "sk": "0" * 26}
    tables.feedback.client.put_item(TableName=tables.feedback.name, Item=to_wire(foreign))

    assert len(announce("--json").json["answers"]) == 1


def test_days_and_categories_narrow_it(announce: Announce, tables: Tables) -> None:
    low = said(tables, 1, "ravi", day="2026-03-02")
    high = said(tables, 2, "asha", day="2026-03-03", score=9)

    def found(*options: str) -> set[str]:
        return set(standings(announce("--json", *options)))

    assert found("--since", "2026-03-03") == {str(high.id)}
    assert found("--since", "2026-03-02") == {str(low.id), str(high.id)}
    assert found("--category", "detractor, passive") == {str(low.id)}
    assert found("--category", "passive") == set()


def test_sending_queues_each_person_and_keeps_what_to_tell_them(
    announce: Announce, tables: Tables, queues: Announcement
) -> None:
    responses = [said(tables, number, f"p{number}") for number in range(12)]

    ended = announce("--send", "--yes")

    assert "12 in the settle queue" in ended.out
    assert sorted(map(str, queued())) == sorted(
        str(about_announcement(queues.id, response.id)) for response in responses
    )
    kept = Announcements(tables.directory).get(queues.id)
    assert kept is not None
    assert (kept.messages, kept.terms) == (queues.messages, queues.terms)


def test_running_it_again_reaches_those_who_were_not_told(
    announce: Announce, tables: Tables, queues: Announcement
) -> None:
    told, other = said(tables, 1, "ravi"), said(tables, 2, "asha")
    Claims(tables.directory).take(queues.claim(told), NOW)

    announce("--send", "--yes")

    assert [message["response"] for message in queued()] == [str(other.id)]


def test_somebody_whom_a_cap_kept_is_reached_when_it_is_over(
    announce: Announce, tables: Tables, queues: Announcement, monkeypatch: pytest.MonkeyPatch
) -> None:
    response, claims = said(tables, 1, "ravi"), Claims(tables.directory)
    cap = Cap(Slot.mailed(key("ravi")), timedelta(days=7))
    claims.take(Claim("a play's mail", {"contact": key("ravi")}), NOW, [cap])
    assert claims.take(queues.claim(response), NOW, [cap]) == "capped"
    assert standings(announce("--json", "--send", "--yes")) == {str(response.id): "mailed lately"}
    monkeypatch.setattr("hearback.clock.now", lambda: NOW + timedelta(days=7))

    announce("--send", "--yes")

    assert len(queued()) == 1
    assert claims.get(queues.claim(response).digest) is None


def test_without_a_terminal_sending_wants_to_be_sure(announce: Announce, tables: Tables) -> None:
    said(tables, 1, "ravi")

    ended = announce("--send")

    assert ended.code == 2
    assert "say --yes" in ended.err
    assert queued() == []


def test_each_person_is_shown_the_message_of_their_language(
    hearback: Hearback, tables: Tables, message: Path, tmp_path: Path
) -> None:
    (tmp_path / "hi.txt").write_text("Subject: आपने कहा\n\nअब दो काउंटर हैं।\n", encoding="utf-8")
    said(tables, 1, "ravi", locale="hi")
    said(tables, 2, "asha")

    ended = hearback(
        *("announce", "--survey", "shop", "--mentions", "queue"),
        *("--message", f"en={message}", "--message", f"hi={tmp_path / 'hi.txt'}"),
    )

    assert "Subject: आपने कहा\n\nनमस्ते Ravi जी,\n\nअब दो काउंटर हैं।" in ended.out
    assert "Subject: You asked, we did\n\nHello Asha," in ended.out


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"--survey": "none"}, "no survey 'none' is applied; there are: shop"),
        ({"--mentions": " , "}, "--mentions: name what customers mentioned"),
        ({"--mentions": "!!"}, "--mentions: '!!' has no word to look for"),
        ({"--message": "missing.txt"}, "cannot read missing.txt: No such file or directory"),
        ({"--message": "fr={}"}, "--message: survey 'shop' does not speak 'fr'; it has: en, hi"),
        ({"--message": "hi={}"}, "--message: one message must be in 'en'"),
        ({"--category": "happy"}, "--category: happy is none; there are promoter, passive, detractor"),
        ({"--since": "yesterday"}, "yesterday"),
    ],
)
def test_what_cannot_be_announced_is_refused(
    hearback: Hearback, tables: Tables, message: Path, options: dict[str, str], problem: str
) -> None:
    said(tables, 1, "ravi")
    given = {"--survey": "shop", "--mentions": "queue", "--message": str(message)} | options
    words = [word.format(message) for option in given.items() for word in option]

    ended = hearback("announce", *words, "--send", "--yes")

    assert ended.code == 2
    assert problem in ended.err
    assert queued() == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "tills.txt: line 1: there is no subject"),
        (b"Subject: Done\n\nDear {nmae}\n", "tills.txt: line 3: character 6 is {nmae}"),
        (b"Subject: Done\rBcc: all@example.com\n\nDone\n", "tills.txt: line 1: character 14 is U+000D"),
        (b"Subject: Done\n\n\xff\n", "tills.txt: line 3: its byte 0xff is not UTF-8"),
    ],
)
def test_a_bad_message_is_refused_before_anybody_is_told(
    announce: Announce, tables: Tables, message: Path, data: bytes, problem: str
) -> None:
    said(tables, 1, "ravi")
    message.write_bytes(data)

    ended = announce("--send", "--yes")

    assert ended.code == 2
    assert problem in ended.err
    assert queued() == []


def test_two_files_for_one_language_are_refused(hearback: Hearback, message: Path, tables: Tables) -> None:
    files = ("--message", str(message), "--message", f"en={message}")

    ended = hearback("announce", "--survey", "shop", "--mentions", "queue", *files)

    assert ended.code == 2
    assert "one file for each language" in ended.err


def test_an_erased_person_is_not_to_be_found_in_what_they_were_told(
    tables: Tables, queues: Announcement, now: datetime
) -> None:
    response = said(tables, 1, "ravi", "The queue was too long for me")
    Announcements(tables.directory).keep(queues)
    claims, claim = Claims(tables.directory), queues.claim(response)
    claims.take(claim, NOW)

    left = Erasure(Person.named("ravi@example.com", KEYS), tables.responses, tables.directory, tables.tally).erase(
        lambda _: None
    )

    assert left == []
    assert key("ravi") not in str(claims.get(claim.digest))
    assert claims.taken(claim, NOW)  # so that the same person, coming back, is not told again


def test_a_message_that_quotes_an_erased_person_is_named(tables: Tables, queues: Announcement, survey: Survey) -> None:
    words = "The queue was too long for me"
    said(tables, 1, "ravi", words)
    quoting = Announcement.of(survey, queues.terms, {"en": Message("Done", (f"Somebody wrote: {words}",))}, NOW)
    Announcements(tables.directory).keep(quoting)

    left = Erasure(Person.named("ravi@example.com", KEYS), tables.responses, tables.directory, tables.tally).erase(
        lambda _: None
    )

    assert [(trace.name, trace.says) for trace in left] == [
        (f"DirectoryTable ANNOUNCEMENT#{quoting.id} ANNOUNCEMENT", "words")
    ]

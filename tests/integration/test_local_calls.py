"""A watcher sees each call to AWS before and after it, and says what goes wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from local_fixture.running import ask_json, small_stack

from local.aws_calls import EXIT, KILLED, UNANSWERED, AwsCall, Fate
from local.stack import Stack


@dataclass
class Watcher:
    """Keeps what it sees, and lets one fate befall sends, before or after."""

    stack: Stack = field(init=False)
    seen: list[AwsCall] = field(default_factory=list)
    fates: dict[bool, Fate] = field(default_factory=dict)

    def __call__(self, call: AwsCall) -> Fate | None:
        self.seen.append(call)
        return self.fates.get(call.done) if call.operation == "SendEmail" else None

    def mail(self, to: str) -> Any:
        return ask_json(self.stack, "POST", "/do/mail", {"to": to, "subject": "Hello"})


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watcher]:
    watcher = Watcher()
    with small_stack(tmp_path_factory.mktemp("stack"), watch=watcher) as stack:
        watcher.stack = stack
        yield watcher


@pytest.fixture
def watcher(watched: Watcher) -> Watcher:
    watched.seen.clear()
    watched.fates.clear()
    return watched


def test_a_call_is_seen_before_it_is_made_and_after_it_was_answered(watcher: Watcher) -> None:
    assert "id" in watcher.mail("seen@example.com")
    sends = [call for call in watcher.seen if call.operation == "SendEmail"]
    assert [(call.function, call.service, call.done) for call in sends] == [
        ("WebFunction", "sesv2", False),
        ("WebFunction", "sesv2", True),
    ]
    assert sends[0].parameters["ConfigurationSetName"] == "hearback-Mailing"
    assert sends[0].event["rawPath"] == "/do/mail"
    assert sends[0].invocation == sends[1].invocation


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize(
    ("fate", "told"),
    [
        (Fate.error("TooManyRequestsException", 429), {"error": "TooManyRequestsException"}),
        (Fate.error("InternalServiceErrorException", 500), {"error": "InternalServiceErrorException"}),
        (UNANSWERED, {"error": "ReadTimeoutError"}),
    ],
)
def test_a_call_fails_as_told_and_only_after_it_has_aws_done_it(
    watcher: Watcher, done: bool, fate: Fate, told: dict[str, str]
) -> None:
    to = f"{fate.kind}-{fate.status}-{done}@example.com"
    watcher.fates[done] = fate
    assert watcher.mail(to) == told
    assert len(watcher.stack.mails(to=to)) == done


@pytest.mark.parametrize("done", [False, True])
def test_a_killed_handler_says_nothing_more_and_the_next_request_is_served(watcher: Watcher, done: bool) -> None:
    to = f"killed-{done}@example.com"
    for fate in (KILLED, EXIT):
        watcher.fates[done] = fate
        assert watcher.mail(to) == {"message": "Internal Server Error"}
    assert len(watcher.stack.mails(to=to)) == 2 * done
    watcher.fates.clear()
    assert "id" in watcher.mail(to)


def test_parameters_that_json_does_not_know_are_shown_as_text(watcher: Watcher) -> None:
    event = {"Source": "small", "DetailType": "A", "Detail": "{}", "Time": "2026-03-02T09:00:00Z"}
    assert ask_json(watcher.stack, "POST", "/do/put-events", [event])["FailedEntryCount"] == 0
    [before, _] = [call for call in watcher.seen if call.operation == "PutEvents"]
    assert before.parameters["Entries"][0]["Time"].startswith("2026-03-02")

"""What is planned for a step befalls it however two deliveries of one message come in between each other."""

from dataclasses import replace

from local.aws_calls import AwsCall
from tests.faults.faults import WORKER, Mishap, fault_named
from tests.faults.plans import undisturbed
from tests.faults.steps import SEND
from tests.faults.strikes import Story


def sending(invocation: str, done: bool) -> AwsCall:
    return AwsCall(WORKER, invocation, {}, "sesv2", "SendEmail", {}, done)


def test_the_first_of_two_that_send_at_the_same_time_is_struck() -> None:
    fault = fault_named("killed after", SEND)
    run = replace(undisturbed(0, "mail", 10), mishaps=[Mishap(WORKER, SEND, 0, fault)])
    story = Story(run)
    for invocation in ("one", "other"):
        story.begins(sending(invocation, done=False), SEND)

    assert story.planned_at(sending("other", done=True), SEND) is None
    assert story.planned_at(sending("one", done=True), SEND) is fault


def test_what_no_invocation_has_begun_is_not_struck() -> None:
    story = Story(undisturbed(0, "mail", 10))

    assert story.planned_at(sending("one", done=True), SEND) is None

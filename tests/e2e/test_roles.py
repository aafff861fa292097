"""Each function's role is enough and not more: what it allows is what was seen to be needed, both ways.

A stack shows every call that its functions make while everything happens once. Actions and resources are compared
with those of the template's roles, resolved as this stack resolves them, indexes and conditions included.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from local.aws_calls import AwsCall
from local.stack import Stack
from tests.e2e import permissions
from tests.e2e.everything import Everything, Watcher
from tests.e2e.permissions import Permission, Role, differences


@dataclass(frozen=True)
class Recorded:
    """A stack on which everything has happened once, and what was seen of it."""

    stack: Stack
    watcher: Watcher


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    watcher, folder = Watcher(), tmp_path_factory.mktemp("everything")
    with Stack(folder / "data", printed=watcher.printed, watch=watcher.call) as stack:
        Everything(stack, watcher, folder).happen()
        yield Recorded(stack, watcher)


def test_every_route_has_answered(recorded: Recorded) -> None:
    silent = {route.key for route in recorded.stack.routes} - recorded.watcher.routes

    assert not silent, "everything.py asks none of " + ", ".join(sorted(silent))


def test_every_role_allows_what_its_function_needs_and_nothing_else(recorded: Recorded) -> None:
    stack, calls = recorded.stack, recorded.watcher.calls

    found = [line for function in stack.functions for line in differences(stack, function, calls)]

    assert not found, "\n".join(found)


def test_a_call_that_no_permission_covers_is_named(recorded: Recorded) -> None:
    [first, *_] = [call for call in recorded.watcher.calls if call.function == "TickFunction"]
    table = recorded.stack.outputs["TallyTable"]
    beyond = [
        replace(first, service="dynamodb", operation="Scan", parameters={"TableName": table}),
        replace(first, service="dynamodb", operation="Query", parameters={"TableName": table, "IndexName": "by_day"}),
        mailed(recorded, "elsewhere@example.com"),
    ]

    before = differences(recorded.stack, "TickFunction", recorded.watcher.calls)
    after = differences(recorded.stack, "TickFunction", [*recorded.watcher.calls, *beyond])
    assert [line for line in after if line not in before] == [
        "TickFunction needs dynamodb:Query on table/TallyTable/index/by_day, which TickRole does not allow",
        "TickFunction needs dynamodb:Scan on table/TallyTable, which TickRole does not allow",
        "TickFunction needs ses:SendRawEmail on configuration-set/MailConfiguration, which TickRole does not allow",
        "TickFunction needs ses:SendRawEmail on identity/example.com, which TickRole does not allow",
    ]


def mailed(recorded: Recorded, sender: str) -> AwsCall:
    """A digest as it was sent, but from another sender."""
    calls = recorded.watcher.calls
    sent = next(call for call in calls if (call.function, call.operation) == ("TickFunction", "SendEmail"))
    return replace(sent, parameters={**sent.parameters, "FromEmailAddress": sender})


def test_a_permission_that_nothing_used_is_named(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    role_of = permissions.role_of

    def generous(stack: Stack, function: str) -> Role:
        role = role_of(stack, function)
        table = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{stack.outputs['DirectoryTable']}"
        more = [Permission("dynamodb:Scan", table), Permission("dynamodb:Query", f"{table}/index/by_name")]
        return Role(role.name, [*role.permissions, *more])

    before = differences(recorded.stack, "CollectFunction", recorded.watcher.calls)
    monkeypatch.setattr(permissions, "role_of", generous)

    after = differences(recorded.stack, "CollectFunction", recorded.watcher.calls)
    assert [line for line in after if line not in before] == [
        "CollectRole allows dynamodb:Query on table/DirectoryTable/index/by_name, which nothing used",
        "CollectRole allows dynamodb:Scan on table/DirectoryTable, which nothing used",
    ]

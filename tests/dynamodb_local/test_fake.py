"""The fake that tests of counting rest on does what AWS's own engine does with everything the product asks of it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearback.aws.dynamodb import to_wire
from hearback.claim import Claim, settle_request
from hearback.contact import Slot
from hearback.invitation import Invitation, mark_request
from hearback.presumption import (
    confirm_request,
    correct_request,
    doubt_request,
    presume_request,
    promote_request,
    reconsider_request,
    unmask_request,
)
from hearback.response import Response
from hearback.tally import Ledger, add_request
from tests.counting_threads import create_table, records_of
from tests.counting_world import NOON, response
from tests.fake_dynamodb import FakeDynamoDB

Write = tuple[str, Mapping[str, Any]]
Client = Callable[[str], Any]

responses = st.builds(
    response,
    st.integers(0, 1),
    st.integers(8, 10),
    version=st.integers(1, 3),
    comment=st.sampled_from(["", "Hm."]),
    excluded=st.sampled_from(["", "", "a machine gave it"]),
    dimensions=st.sampled_from([{}, {"store": "pune"}]),
)
moments = st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours))
claims = st.builds(Claim, st.sampled_from(["thank", "call"]), repeatable=st.booleans())


def ledger(fact: Response) -> Ledger:
    return Ledger("L#R#shop.0", fact.version, fact.contribution())


def invite(fact: Response) -> Invitation:
    return Invitation(fact.id, "c0ffee", fact.day)


def slot(moment: datetime, by: str) -> dict[str, Any]:
    return Slot.mailed("c0ffee").take_request(by, moment, timedelta(hours=2))


def place(request: Mapping[str, Any]) -> tuple[str, str]:
    key = request.get("Key") or request["Item"]
    return key["pk"], key["sk"]


puts = st.one_of(
    responses.map(Response.create_request),
    responses.map(Response.amend_request),
    responses.map(lambda fact: invite(fact).create_request()),
    st.builds(lambda new, old: ledger(new).put_request(old and ledger(old)), responses, st.none() | responses),
    st.builds(Claim.take_request, claims, moments),
)
updates = st.one_of(
    responses.map(confirm_request),
    responses.map(presume_request),
    responses.map(lambda fact: promote_request(fact.id, fact.score)),
    responses.map(lambda fact: doubt_request(fact.id, "a machine gave it")),
    responses.map(reconsider_request),
    responses.map(lambda fact: correct_request(fact, 3, NOON)),
    responses.map(lambda fact: unmask_request(fact.id, "a machine gave it")),
    st.builds(lambda fact, mark: mark_request(fact.id, mark), responses, st.sampled_from(["delivered", "answered"])),
    st.integers(-2, 2).map(lambda number: add_request("shop#all", "2026-03-01#0", {"|s9": number, "|s10": 1})),
    st.builds(slot, moments, st.sampled_from(["thank", "call"])),
    st.builds(lambda claim, at: settle_request(claim.digest, "done", at), claims, moments),
)
deletes = claims.map(Claim.release_request)
writes: st.SearchStrategy[Write] = st.one_of(
    st.tuples(st.just("Put"), puts), st.tuples(st.just("Update"), updates), st.tuples(st.just("Delete"), deletes)
)
# Two writes to one item AWS refuses outright, as the fake does; the engine for one machine takes them in turn.
transactions = st.lists(writes, min_size=1, max_size=4, unique_by=lambda write: place(write[1]))
steps = st.lists(st.one_of(writes, writes, transactions), min_size=1, max_size=25)
names = (f"table{number}" for number in count())


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(steps=steps, returned=st.sampled_from(["ALL_NEW", "ALL_OLD", "NONE"]))
def test_the_fake_is_true(client: Client, steps: list[Write | list[Write]], returned: str) -> None:
    name = next(names)
    fake, engine = FakeDynamoDB(streamed={name}), client("dynamodb")
    create_table(engine, name, streamed=True)

    for step in steps:
        assert outcome(fake, name, step, returned) == outcome(engine, name, step, returned)

    stored = {(item["pk"]["S"], item["sk"]["S"]): item for item in engine.scan(TableName=name)["Items"]}
    assert fake.tables[name] == stored
    told = [record for log in records_of(engine, client("dynamodbstreams"), name) for record in log]
    assert by_item(fake.stream) == by_item(told)
    engine.delete_table(TableName=name)


def outcome(client: Any, table: str, step: Write | list[Write], returned: str) -> Any:
    """What a step brings back, or its error with all that the product reads of it.

    `returned` is what updates are asked to bring back.
    """
    try:
        if isinstance(step, list):
            items = [{kind: {"TableName": table, **wired(request)}} for kind, request in step]
            client.transact_write_items(TransactItems=items)
            return None
        kind, request = step
        more = {"ReturnValues": returned} if kind == "Update" else {}
        call = getattr(client, {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind])
        done = call(TableName=table, **wired(request), **more, ReturnValuesOnConditionCheckFailure="ALL_OLD")
        return done.get("Attributes")
    except ClientError as error:
        answer: Any = error.response
        reasons = [reason["Code"] for reason in answer.get("CancellationReasons", [])]
        return answer["Error"]["Code"], reasons, answer.get("Item")


def wired(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request as it goes over the wire."""
    values = ("Item", "Key", "ExpressionAttributeValues")
    return {name: to_wire(part) if name in values else part for name, part in request.items()}


def by_item(records: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """What a stream tells of each item, in order. Only within an item is there an order."""
    told: dict[str, list[Any]] = {}
    for record in records:
        change = record["dynamodb"]
        images = record["eventName"], change.get("OldImage"), change.get("NewImage")
        told.setdefault(str(sorted(change["Keys"].items())), []).append(images)
    return told

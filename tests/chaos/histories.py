"""Histories of counting: facts come, change and go while aggregators are handed their records.

Hypothesis writes a history: what happens to which fact, and after that which records are delivered to whom, whose
turn it is at each call to AWS and what goes wrong with it. After each call the tallies are the sum of the ledgers.
At the end everything left is delivered, and then the ledgers are those of the facts, expired ones included, what
nobody could count is parked, and delivering all again changes nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal, cast

import hypothesis.strategies as st
from botocore.exceptions import ClientError
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from hearback.aws.dynamodb import Table, to_wire
from hearback.aws.feedback import Feedback
from hearback.fact import INVITATION, RESPONSE, FactId, Kind
from hearback.invitation import Invitation, Mark
from hearback.response import AmendmentRefused, Confirmation, Response
from tests.aws_faults import Fault
from tests.chaos import books
from tests.chaos.aggregators import MOST, SHARDS, Aggregators, Delivery, Turn
from tests.fake_dynamodb import FakeDynamoDB
from tests.fake_sqs import FakeSqs

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDS = [FactId.mint("shop", SHARDS, NOW + timedelta(days=place), bytes([place]) * 10) for place in range(6)]
"""Few facts, so that aggregators keep meeting on them."""
OURS = {tuple(fact.key(kind).values()) for fact in IDS for kind in (RESPONSE, INVITATION)}
FOREIGN: list[dict[str, Any]] = [
    {"pk": "R#shop#2026-03#0", "sk": "not a ulid"},
    {"pk": "R#shop#2026-03#0", "sk": "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"},
    {**IDS[0].key("R"), "pk": "R#shop#1999-01#0", "schema": 1, "version": 1, "score": 3},
    {**replace(IDS[1], survey="gone").key("R"), "schema": 1, "version": 1, "score": 11, "day": "2026-03-01"},
    {**replace(IDS[2], survey="gone").key("I"), "schema": 1, "version": "one", "day": "2026-03-01"},
    {**replace(IDS[3], survey="gone").key("R"), "score": 3, "image": b"\0"},
    {**replace(IDS[0], survey="gone").key("R"), "schema": 1, "version": 10**100, "score": {3}, "images": {b"\0"}},
]
"""Items that nobody can count: each must be parked and hold up nothing."""

Where = dict[str, str]
Action = Literal["exclude", "include", "erase"]
responses = st.sampled_from(IDS)
invitations = st.sampled_from(IDS[:2])
scores = st.integers(0, 10)
comments = st.sampled_from(["", "", "Kind staff.", "The queue was long."])
days = st.sampled_from(["2026-03-01", "2026-03-02"])
dimensions = st.sampled_from([{}, {"store": "pune"}, {"store": "delhi"}, {"store": "pune", "plan": "gold=a|b"}])
pages = st.sampled_from([{}, {}, {"store": 1}])
confirmations: st.SearchStrategy[Confirmation] = st.sampled_from(["form", "request"])
turns = st.builds(Turn, st.integers(0, MOST - 1), st.sampled_from([Fault.NONE] * 12 + list(Fault)))
# Under 12 seconds no try begins, so the shorter times end after a failure or two.
deliveries = st.builds(
    Delivery,
    shard=st.integers(0, SHARDS - 1),
    back=st.sampled_from([0, 0, 0, 1, 3, 8]),
    length=st.sampled_from([1, 3, 6, 10]),
    again=st.lists(st.integers(0, 9), max_size=3),
    seconds=st.sampled_from([60.0, 13.0, 12.1, 12.05]),
    copies=st.sampled_from([1, 1, 1, 2, 3]),
)
works = st.lists(st.one_of(turns, turns, turns, deliveries), min_size=2, max_size=12)


def happening(**given: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """A rule: something happens to a fact, and then aggregators do some work."""

    def with_work(happen: Callable[..., None]) -> Any:
        def happen_and_work(self: "CountingHistory", work: list[Turn | Delivery], **what: Any) -> None:
            happen(self, **what)
            for one in work:
                self.aggregators.do(one)

        happen_and_work.__name__ = happen.__name__
        return as_rule(happen_and_work)

    as_rule: Callable[[Any], Any] = rule(work=works, **cast(dict[str, Any], given))
    return with_work


class CountingHistory(RuleBasedStateMachine):
    """The world that one history happens to."""

    happened: ClassVar[Counter[str]] = Counter()
    """What happened in all histories, to see that they are as bad as they should be."""

    def __init__(self) -> None:
        super().__init__()
        self.database = _Watched(self.happened)
        self.queue = FakeSqs()
        client: Any = self.database
        self.feedback = Feedback(Table(client, "feedback"))
        self.aggregators = Aggregators(self.database, self.queue, self.happened, self.check_books)
        self.versions: dict[str, int] = {}
        """Of the ledgers, as last seen."""
        self.gone: set[tuple[FactId, Kind]] = set()
        """Expired facts. They are not written again: nobody answers a link that is years old."""
        self.happened["histories"] += 1

    @initialize(given=st.lists(st.tuples(responses, scores, days, dimensions, st.booleans()), min_size=2, max_size=5))
    def begin(self, given: list[tuple[FactId, int, str, Where, bool]]) -> None:
        for fact, score, day, where, presumed in given:
            said = Response(fact, score, NOW, day, dimensions=where)
            if presumed:
                self.feedback.presume(said)
            else:
                self._answer(said)

    @happening(
        fact=responses, score=scores, comment=comments, day=days, where=dimensions, pages=pages, by=confirmations
    )
    def answer(
        self,
        fact: FactId,
        score: int,
        comment: str,
        day: str,
        where: Where,
        pages: dict[str, int],
        by: Confirmation,
    ) -> None:
        """Somebody answers, or changes an answer."""
        said = Response(fact, score, NOW, day, comment=comment, dimensions=where, pages=pages, contact="c")
        self._answer(replace(said, confirmed_by=by))

    @happening(fact=responses, score=scores, day=days, where=dimensions)
    def presume(self, fact: FactId, score: int, day: str, where: Where) -> None:
        """Somebody seems to have answered; or what seemed so is counted, or was a machine's."""
        if score < 4 and self.feedback.promote(fact, score):
            self.happened["promoted"] += 1
        elif score > 7 and self.feedback.doubt(fact, "a machine gave it"):
            self.happened["doubted"] += 1
        elif (fact, RESPONSE) not in self.gone:
            self.happened["presumed"] += self.feedback.presume(Response(fact, score, NOW, day, dimensions=where))

    @happening(fact=responses, action=st.sampled_from(["exclude", "include", "erase"]))
    def judge(self, fact: FactId, action: Action) -> None:
        if stored := self.feedback.response(fact):
            match action:
                case "exclude":
                    after = stored.exclude("a machine gave it")
                case "include":
                    after = stored.include(follow_up=False)
                case "erase":
                    after = stored.erase()
            self.feedback.table.put(after.amend_request())
            self.happened[action] += 1

    @happening(fact=invitations, day=days, where=dimensions, mark=st.sampled_from(["skipped", "delivered", "answered"]))
    def ask(self, fact: FactId, day: str, where: Where, mark: Mark) -> None:
        """An invitation is made, or something becomes of it."""
        if (fact, INVITATION) not in self.gone:
            made = self.feedback.create(Invitation(fact, "c", day, dimensions=where))
            self.happened["invitation" if made else mark] += 1
            if not made:
                self.feedback.mark_invitation(fact, mark)

    @happening(fact=responses, kind=st.sampled_from([RESPONSE, INVITATION]), really=st.booleans())
    def expire(self, fact: FactId, kind: Kind, really: bool) -> None:
        if self._stored(fact, kind) and really:
            self.database.expire("feedback", to_wire(fact.key(kind)))
            self.gone.add((fact, kind))
            self.happened["expired"] += 1

    @happening(item=st.sampled_from(FOREIGN), note=st.integers(0, 3), fact=responses)
    def something_foreign_is_written(self, item: dict[str, Any], note: int, fact: FactId) -> None:
        """Something nobody knows; or newer software amends an answer."""
        stored = self._stored(fact, RESPONSE)
        if stored and note == 0:
            version = {"N": str(int(stored["version"]["N"]) + 1)}
            foreign = stored | {"schema": {"N": "2"}, "version": version}
        else:
            foreign = to_wire({**item, "note": note})
        self.database.put_item(TableName="feedback", Item=foreign)

    def check_books(self) -> None:
        """What holds at every moment."""
        items = self.database.tables["tally"].values()
        assert books.tallies(items) == books.sum_of_ledgers(items), "the tallies are not the sum of the ledgers"
        versions = {key: int(ledger["version"]["N"]) for key, ledger in books.ledgers(items).items()}
        assert all(versions[key] >= before for key, before in self.versions.items()), "a ledger went back"
        self.versions = versions

    def teardown(self) -> None:
        """What holds in the end."""
        self.aggregators.handle_the_rest()
        self._audit()
        before = dict(self.database.tables["tally"])
        self.aggregators.handle_everything_again()
        assert self.database.tables["tally"] == before, "counting everything again changed something"

    def _audit(self) -> None:
        last: dict[str, dict[str, Any]] = {}
        parked = {(message["pk"], message["sk"], message["sequence_number"]) for message in self.queue.messages}
        for record in self.database.stream:
            change = record["dynamodb"]
            image = change.get("NewImage")
            if not image:
                continue
            place = image["pk"]["S"], image["sk"]["S"]
            if place in OURS and image["schema"] == {"N": "1"}:
                last[books.ledger_key(image)] = image
            else:
                assert (*place, change["SequenceNumber"]) in parked, "neither counted nor parked"
        items = self.database.tables["tally"].values()
        versions = {key: ledger["version"] for key, ledger in books.ledgers(items).items()}
        assert versions == {key: image["version"] for key, image in last.items()}, "a ledger is not its fact's"
        assert books.tallies(items) == books.sum_of_facts(last.values()), "the tallies are not the sum of the facts"

    def _answer(self, response: Response) -> None:
        if (response.id, RESPONSE) not in self.gone:
            try:
                self.feedback.submit(response, NOW)
            except AmendmentRefused:
                self.happened["amendment refused"] += 1

    def _stored(self, fact: FactId, kind: Kind) -> dict[str, Any] | None:
        answer = self.database.get_item(TableName="feedback", Key=to_wire(fact.key(kind)))
        found: dict[str, Any] | None = answer.get("Item")
        return found


class _Watched(FakeDynamoDB):
    """Notes what becomes of transactions."""

    def __init__(self, happened: Counter[str]) -> None:
        super().__init__(streamed={"feedback"})
        self.happened = happened

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        try:
            done = super().transact_write_items(**request)
        except ClientError:
            self.happened["race lost"] += 1
            raise
        self.happened["transaction"] += 1
        return done

"""Whatever somebody made of a stored answer or task, all others are counted, listed and told."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from followup.digest import Records
from followup.digest_letter import digest_letter
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table, to_wire
from hearback.aws.tasks import Read
from hearback.foreign import Skipped
from hearback.period import Period
from hearback.subscription import Subscription
from hearback.survey import Survey
from hearback.task import Task
from ops.response_account import Account
from tests.counting_world import DAY, NOON, CountingWorld, response

SHOP = Survey.model_validate(
    {
        "id": "shop",
        "title": "How was it?",
        "question": "How likely are you to recommend us to a friend?",
        "locales": ["en"],
        "time_zone": "UTC",
        "brand": {"name": "Chai & Co"},
        "dimensions": {"store": {"values": ["pune", "delhi"]}},
    }
)
WORDS = "The people at the counter were friendly, and the tea came at once, still hot."
GOOD = response(1, 10, comment=WORDS, channel="page", expires_at=2**31)
ITEM = response(
    2, 3, comment="Nobody came.", dimensions={"store": "pune"}, pages={"store": 1}, answers={"topic": "price"},
    contact="c0ffee", locale="en", confirmed_by="form", expires_at=2**31,
    history=({"version": 1, "until": "2026-03-01T12:00:00+00:00", "score": 2},), version=2,
).to_item()  # fmt: skip
texts = st.sampled_from(["", "what", "soon", "9", "2026-03-01", "2026-02-30", "0001-01-01T00:00:00+14:00", "é\0"])
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.just(10**100)
    | st.decimals(-9, 9, places=1)
    | st.binary(max_size=3)
    | texts
    | st.sets(st.integers(0, 9), min_size=1)
    | st.sets(texts, min_size=1)
    | st.sets(st.binary(max_size=2), min_size=1),
    lambda parts: (
        st.lists(parts, max_size=2)
        | st.dictionaries(st.sampled_from(["store", "topic", "until", "score", "comment"]), parts, max_size=3)
    ),
    max_leaves=6,
)
names = st.sampled_from([*sorted(ITEM.keys() - {"pk", "sk"}), "note", "provisional", "excluded", "erased"])


class StoredTasks:
    """Tasks as they are read of some items."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items = items

    def open(self, read: Read) -> Iterator[Task]:
        return read(Task.from_item, [item for item in self.items if "closed_at" not in item])

    def closed(self, survey: str, since: datetime, read: Read) -> Iterator[Task]:
        return read(Task.from_item, [item for item in self.items if "closed_at" in item])


def digest_of_its_week(world: CountingWorld, *task_items: dict[str, Any]) -> str:
    client: Any = world.database
    tasks: Any = StoredTasks(*task_items)
    records = Records(world.feedback, world.tallies, Directory(Table(client, "directory")), tasks)
    asha = Subscription("shop", "asha", "Asha", "asha@shop.example", {}, 0, 9, "UTC", NOON)
    period = Period("week", date.fromisoformat(DAY) + timedelta(days=1))
    return digest_letter(records.digest(SHOP, asha, period, NOON + timedelta(days=1)), {}).text


@given(st.dictionaries(names, anything, min_size=1, max_size=3), st.sets(names, max_size=2))
@example({"schema": 1, "comment": 7}, set())
@example({"history": ["what"]}, {"comment"})
def test_whatever_somebody_made_of_an_answer_the_others_are_counted_listed_and_told(
    edited: dict[str, Any], gone: set[str]
) -> None:
    world = CountingWorld()
    item = {name: value for name, value in (ITEM | edited).items() if name not in gone}
    world.database.put_item(TableName="feedback", Item=to_wire(item))
    world.put(GOOD)

    assert world.deliver() is None
    skipped = Skipped()
    found = world.feedback.newest("shop", 4, ["2026-03"], 9, skipped=skipped)
    accounts = [Account(each.id, each, None).plain() for each in found]
    letter = digest_of_its_week(world)

    assert world.counted().get("s10") == 1
    assert str(GOOD.id) in {account["response"] for account in accounts}
    assert len(found) + skipped.count == 2
    assert len(world.ledgers) + len(world.queue.messages) == 2  # counted, perhaps as nothing, or parked
    assert not skipped.count or world.queue.messages
    assert "still hot" in letter


TASK = Task(
    Task.id_for("a"), "shop", "asha", NOON, NOON, frozenset({str(GOOD.id)}), "c0ffee", {"store": "pune"}
).to_item()
CLOSED = TASK | {
    "pk": "TASK#b", "closed_at": NOON.isoformat(), "closed_by": "asha", "outcome": "resolved", "root_cause": "price",
    "taken_by": "asha", "taken_at": NOON.isoformat(), "last_due_at": NOON.isoformat(), "told": 1,
    "later#1": {"at": NOON.isoformat(), "score": 9},
}  # fmt: skip
of_tasks = st.sampled_from(sorted(CLOSED.keys() - {"pk", "sk"}))


@given(st.sampled_from([TASK, CLOSED]), st.dictionaries(of_tasks, anything, min_size=1, max_size=3), of_tasks)
@example(TASK, {"survey": {1}}, "told")
@example(TASK, {"owner": {1}}, "told")
@example(TASK, {"dimensions": 7}, "told")
@example(CLOSED, {"root_cause": {1}}, "told")
def test_whatever_somebody_made_of_a_task_the_digest_tells_the_others(
    task: dict[str, Any], edited: dict[str, Any], gone: str
) -> None:
    spoiled = {name: value for name, value in (task | edited).items() if name != gone} | {"pk": "TASK#spoiled"}
    world = CountingWorld()
    world.put(GOOD)

    told = digest_of_its_week(world, TASK, CLOSED, spoiled)

    assert "open" in told
    assert "still hot" in told

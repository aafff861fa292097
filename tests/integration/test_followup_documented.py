"""What other systems are told, held against the examples of docs/events.md."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from followup import tick, worker
from hearback.task import Task
from tests.integration.followup_world import CONTEXT, World, sqs_event

TEXT = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, dict[str, Any]] = {
    kind: json.loads(example)
    for kind, example in re.findall(r"^## (\w[\w ]+)\n.*?^```json\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
}
TELL = {"id": "early-access", "what": "event", "event": "early-access", "when": {"category": "promoter"}}
CALL = {"id": "call", "what": "task", "owner": "asha", "when": {"category": "detractor"}}


@pytest.fixture
def told(world: World) -> World:
    """All that is told happened once."""
    people = {name: {"name": name, "email": f"{name}@shop.example"} for name in ("asha", "dev")}
    world.apply(TELL, CALL, people=people)
    ravi = world.customer("Ravi")
    for score in (10, 2, 9):
        response = world.answer(score, ravi, dimensions={"store": "pune"})
        world.settle(response)
        if score == 2:
            task = world.tables.tasks.get(Task.id_for(str(response.id)))
            assert task is not None
            world.tables.tasks.assign(task, "dev", world.now)
            worker.handler(sqs_event({"task": task.id}), CONTEXT)
            world.close(task)
        world.pass_time(timedelta(days=1))
    tick.handler({}, CONTEXT)
    return world


def kinds(message: dict[str, Any]) -> dict[str, type]:
    return {name: type(value) for name, value in message.items()}


def test_each_event_has_the_fields_of_its_example(told: World) -> None:
    for kind, example in {**EXAMPLES, "Climb": EXAMPLES["Slip"]}.items():
        details = told.events.details(kind)
        assert details, kind
        assert {json.dumps(list(each)) for each in details} == {json.dumps(list(example))}, kind
        assert all(kinds(each) == kinds(example) for each in details), kind


def test_a_message_of_the_task_queue_is_the_event_of_its_task(told: World) -> None:
    assert told.queued_tasks() == told.events.details("Task Opened")

"""A task whose customer was erased: staff are asked to close it, and never to find or call who asked to be gone."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from followup import tick
from hearback.care import Scope
from hearback.contact import Contact
from hearback.survey import Person
from hearback.task import Callback, Task
from ops.erasure import Erasure
from ops.person import Person as Erased
from tests.integration.followup_world import CONTEXT, World

OWNER, MANAGER = "Asha Rao <asha@shop.example>", "Dev Shah <dev@shop.example>"
SUBJECT = "Please close a task: its customer asked to be erased"
ASKING = ("call today", "somebody calls", "waiting to hear", "Look for answer", "neither a phone number", "Call the")


@pytest.fixture
def task(world: World) -> Task:
    """Asha's; Dev leads her. Its customer gave a 2, said where to call, and was erased."""
    people = {**world.survey.people, "dev": Person(name="Dev Shah", email="dev@shop.example")}
    care = [Scope.model_validate({"owner": "asha", "manager": "dev"})]
    world.survey = world.survey.model_copy(update={"people": people, "care": care})
    world.tables.people.put_survey(world.survey, world.now)
    ravi = world.customer("Ravi", phone="+91 20 5555 0100")
    given = gave_task(world, ravi)
    world.tables.tasks.call_back(given.id, Callback("020 5555 0199", "after six", world.now))
    tables = world.tables
    Erasure(Erased(frozenset({ravi.key})), tables.responses, tables.directory, tables.tally).erase(lambda _: None)
    found = tables.tasks.get(given.id)
    assert found
    assert found.erased
    assert found.open
    return found


def gave_task(world: World, contact: Contact) -> Task:
    response = world.answer(2, contact, comment="The queue was long.", dimensions={"store": "pune"})
    world.settle(response)
    found = world.tables.tasks.get(Task.id_for(str(response.id)))
    assert found is not None
    return found


def run_tick(world: World) -> list[EmailMessage]:
    """Let the tick and its messages run; the mails that were sent by it."""
    before = len(world.mails())
    tick.handler({}, CONTEXT)
    world.deliver()
    return world.mails()[before:]


def text_of(mail: EmailMessage) -> str:
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return " ".join(" ".join(str(body.get_content()).split()) for body in bodies if body)


def test_its_owner_and_then_the_manager_are_asked_to_see_it_closed_and_nothing_else(world: World, task: Task) -> None:
    world.now = task.due_at + timedelta(days=30)

    mails = run_tick(world)

    assert [(str(mail["To"]), str(mail["Subject"])) for mail in mails[:2]] == [(OWNER, SUBJECT), (MANAGER, SUBJECT)]
    to_owner, to_manager = map(text_of, mails[:2])
    assert "There is nobody to call any more; please close the task." in to_owner
    assert "one of Asha Rao’s tasks asked to be erased" in to_manager
    for told in (to_owner, to_manager):
        assert "https://api.example.com/t/" in told
        assert not [words for words in (*ASKING, *task.responses, "pune", "5555", "2 of 10") if words in told]


def test_who_is_given_it_later_is_asked_to_close_it(world: World, task: Task) -> None:
    world.tables.tasks.assign(task, "dev", world.now)

    [told] = run_tick(world)

    assert (str(told["To"]), str(told["Subject"])) == (MANAGER, SUBJECT)
    assert not [words for words in ASKING if words in text_of(told)]


def test_what_its_customer_had_wished_comes_up_once_and_no_more(world: World, task: Task) -> None:
    queued = []
    for _ in range(2):
        world.pass_time(timedelta(minutes=15))
        queued.append(tick.handler({}, CONTEXT)["news"])
        world.deliver()

    assert queued == [1, 0]

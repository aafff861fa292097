"""`hearback tasks assign`: whose a task is, and what becomes of the tasks of those who left."""

from pathlib import Path

import pytest

from hearback.aws.tasks import Tasks
from hearback.survey import Person, Survey
from hearback.task import Task
from ops import doctor
from ops.deployment import Deployment
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback
from tests.unit.test_ops_tasks import CLOSED, open_task

DEV = Person(name="Dev Shah", email="dev@shop.example")


@pytest.fixture
def office(tables: Tables, survey: Survey, deployment: Deployment) -> Tables:
    """The shop has Asha and Dev; Ravi has left."""
    with_dev = survey.model_copy(update={"people": {**survey.people, "dev": DEV}})
    tables.people.put_survey(with_dev, NOW)
    return tables


def stands(tables: Tables, task: Task) -> Task:
    found = tables.tasks.get(task.id)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["dev", "dev@shop.example", "DEV@shop.example"])
def test_a_task_is_given_to_one_of_the_survey_s_people_by_id_or_address(
    hearback: Hearback, office: Tables, name: str
) -> None:
    task = open_task(office, 1, 24)

    assert hearback("tasks", "assign", task.id, name).out == f"Task {task.id} → Dev Shah, whom the next tick tells\n"

    now = stands(office, task)
    assert (now.owner, [(each.before, each.owner, each.at) for each in now.assignments]) == (
        "dev",
        [("asha", "dev", NOW)],
    )
    assert list(office.tasks.unnoticed(until=NOW)) == [task.id]
    assert "to Dev Shah, from Asha Rao" in hearback("tasks", "show", task.id).out


def test_who_had_said_that_they_will_call_has_not_said_so_for_the_new_owner(hearback: Hearback, office: Tables) -> None:
    task = open_task(office, 1, 24)
    hearback("tasks", "claim", task.id)

    hearback("tasks", "assign", task.id, "dev")

    assert (stands(office, task).taken_by, stands(office, task).taken_at) == ("", None)


def test_every_open_task_of_somebody_who_left_is_given_at_once_and_only_once(
    hearback: Hearback, office: Tables
) -> None:
    theirs = [open_task(office, number, number, owner="ravi") for number in (1, 2, 3)]
    other = open_task(office, 4, 24)
    hearback("tasks", "close", theirs[2].id, *CLOSED, "--by", "asha")

    given = hearback("tasks", "assign", "--all-of", "ravi", "dev", "--json").json
    again = hearback("tasks", "assign", "--all-of", "ravi", "dev")

    assert [(task["task"], task["owner"]) for task in given] == [(task.id, "dev") for task in theirs[:2]]
    assert [stands(office, task).owner for task in (*theirs, other)] == ["dev", "dev", "ravi", "asha"]
    assert again.code == 2
    assert "no open task is owned by 'ravi'; they are owned by asha, dev" in again.err


def test_tasks_of_one_survey_can_be_given_without_those_of_another(
    hearback: Hearback, office: Tables, survey: Survey
) -> None:
    cafe = {"id": "cafe", "people": {"mia": DEV}, "plays": [], "subscriptions": []}
    office.people.put_survey(survey.model_copy(update=cafe), NOW)
    here = open_task(office, 1, 24, owner="ravi")
    there = Task("f" * 16, "cafe", "ravi", NOW, here.due_at, frozenset({"cafe.1"}), "c9")
    office.tasks.open_or_join(there, "cafe.1")

    refused = hearback("tasks", "assign", "--all-of", "ravi", "asha")
    hearback("tasks", "assign", "--all-of", "ravi", "--survey", "shop", "asha")

    assert "'asha' is not one of the people of the survey cafe: mia (dev@shop.example)" in refused.err
    assert (stands(office, here).owner, stands(office, there).owner) == ("asha", "ravi")
    assert len(stands(office, here).assignments) == 1


def test_the_list_says_which_tasks_are_nobody_s(hearback: Hearback, office: Tables) -> None:
    assert "Every open task has an owner" in hearback("tasks", "list", "--unowned").err
    mine, nobodys = open_task(office, 1, 24), open_task(office, 2, 24, owner="ravi")

    listed = hearback("tasks", "list", "--json").json
    unowned = hearback("tasks", "list", "--unowned")

    assert {task["task"]: task["owner_left"] for task in listed} == {mine.id: False, nobodys.id: True}
    assert "nobody (ravi has left)" in unowned.out
    assert mine.id not in unowned.out


def test_a_survey_that_is_applied_without_an_owner_warns_of_their_tasks(
    hearback: Hearback, office: Tables, tmp_path: Path
) -> None:
    open_task(office, 1, 24, owner="dev")
    file = tmp_path / "shop.yaml"
    shop = "id: shop\ntitle: The shop\nquestion: Would you?\nbrand: { name: Chai }\npeople:\n"
    file.write_text(f"{shop}  dev: {{ name: Dev Shah, email: dev@shop.example }}\n", encoding="utf-8")
    assert "owned by nobody" not in hearback("survey", "apply", str(file)).err
    file.write_text(f"{shop}  mia: {{ name: Mia, email: mia@shop.example }}\n", encoding="utf-8")

    applied = hearback("survey", "apply", str(file))

    assert "1 open task of shop is owned by nobody: dev has left" in applied.err
    assert "hearback tasks assign --all-of dev --survey shop OWNER" in applied.err


def test_doctor_counts_what_is_nobody_s_and_says_what_to_run(office: Tables, deployment: Deployment) -> None:
    assert [finding.verdict for finding in doctor.tasks(deployment)] == ["ok"]
    for number in (1, 2):
        open_task(office, number, 24, owner="ravi")

    [finding] = doctor.tasks(deployment)

    assert (finding.verdict, finding.found) == ("warn", "2 open tasks of shop are owned by nobody: ravi has left")
    assert finding.do == "hearback tasks assign --all-of ravi --survey shop OWNER"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["TASK", "nobody"], "the people of the survey shop: asha (asha@shop.example), dev (dev@shop.example)"),
        (["TASK", "asha"], "Asha Rao has task 0000000000000001 already"),
        (["nothing", "dev"], "there is no task 'nothing'"),
        (["dev"], "hearback tasks assign ID OWNER"),
        (["TASK", "dev", "--survey", "shop"], "hearback tasks assign ID OWNER"),
        (["TASK", "dev", "--all-of", "asha"], "hearback tasks assign ID OWNER"),
        (["--all-of", "asha", "nobody"], "'nobody' is not one of the people"),
        (["--all-of", "asha", "asha@shop.example"], "are the same person"),
        (["--all-of", "ravi", "dev"], "no open task is owned by 'ravi'; they are owned by asha"),
        (["--all-of", "asha", "--survey", "moon", "dev"], "moon"),
    ],
)
def test_what_cannot_be_given_says_why_and_changes_nothing(
    hearback: Hearback, office: Tables, arguments: list[str], words: str
) -> None:
    task = open_task(office, 1, 24)
    before = stands(office, task)

    ended = hearback("tasks", "assign", *(task.id if each == "TASK" else each for each in arguments))

    assert ended.code == 2
    assert words in ended.err
    assert stands(office, task) == before


def test_who_assigned_it_a_moment_before_is_not_overruled_unseen(
    hearback: Hearback, office: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = open_task(office, 1, 24, owner="ravi")
    get, first = Tasks.get, [True]

    def get_and_be_overtaken(self: Tasks, task_id: str) -> Task | None:
        found = get(self, task_id)
        if first.pop() if first else False:
            office.tasks.assign(task, "asha", NOW)
        return found

    monkeypatch.setattr(Tasks, "get", get_and_be_overtaken)
    ended = hearback("tasks", "assign", task.id, "dev")

    assert "Asha Rao has just been given it" in ended.err
    assert [each.owner for each in stands(office, task).assignments] == ["asha"]


@pytest.mark.parametrize("what", [["claim"], ["note", "called in vain"], ["close", *CLOSED], ["link"]])
def test_nobody_acts_in_the_name_of_an_owner_who_left(hearback: Hearback, office: Tables, what: list[str]) -> None:
    task = open_task(office, 1, 24, owner="ravi")
    command, *rest = what

    ended = hearback("tasks", command, task.id, *rest)

    assert ended.code == 2
    assert "'ravi' is not one of the survey's people: asha, dev;" in ended.err
    assert f"hearback tasks assign {task.id} OWNER" in ended.err

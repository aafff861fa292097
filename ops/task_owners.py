"""Whose open tasks are. People leave, and their tasks stay until an operator gives them to somebody."""

from collections import Counter
from collections.abc import Iterable, Mapping

from hearback.survey import Survey
from hearback.task import Task
from ops.terminal import Stop


def left(task: Task, survey: Survey) -> bool:
    """Whether an open task is nobody's: its owner is no longer among the survey's people."""
    return task.open and task.owner not in survey.people


def owner_in_words(task: Task, survey: Survey) -> str:
    return f"nobody ({task.owner} has left)" if left(task, survey) else survey.name_of(task.owner)


def person_named(survey: Survey, name: str) -> str:
    """The id of one of the survey's people, named by it or by their address. Raises Stop."""
    by_address = [each for each, person in survey.people.items() if person.email.lower() == name.lower()]
    if name in survey.people:
        return name
    if len(by_address) == 1:
        return by_address[0]
    people = ", ".join(f"{each} ({person.email})" for each, person in survey.people.items())
    raise Stop(f"{name!r} is not one of the people of the survey {survey.id}: {people or 'none'}")


def orphans(tasks: Iterable[Task], surveys: Mapping[str, Survey]) -> list[tuple[str, str]]:
    """What is owned by nobody, and the command that mends it, for each survey and each who left."""
    found = Counter((task.survey, task.owner) for task in tasks if task.survey in surveys)
    return [
        (
            f"{count:,} open task{'s' * (count > 1)} of {survey} {'are' if count > 1 else 'is'} owned by nobody: "
            f"{owner} has left",
            f"hearback tasks assign --all-of {owner} --survey {survey} OWNER",
        )
        for (survey, owner), count in sorted(found.items())
        if owner not in surveys[survey].people
    ]

"""What differs between two definitions of a survey is told, whatever it is."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from hearback.care import Scope
from hearback.survey import Survey
from ops.survey_changes import changes
from ops.survey_file import read_survey

SURVEYS = Path(__file__).parents[2] / "surveys"
FILES = sorted(SURVEYS.glob("*.yaml"))


def plain(survey: Survey) -> dict[str, Any]:
    return survey.model_dump(mode="json", exclude_defaults=True)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a definition at which something stands."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_whatever_the_definition_before_lacked_is_told(file: Path) -> None:
    survey = read_survey(file)
    whole = plain(survey)
    for *path, last in places(whole):
        before = deepcopy(whole)
        inner = before
        for key in path:
            inner = inner[key]
        del inner[last]
        assert changes(before, survey), (*path, last)
    assert changes(whole, survey) == []


def test_a_holiday_more_is_named_with_whose_it_is() -> None:
    survey = read_survey(SURVEYS / "store.yaml")
    before = plain(survey)
    before["care"][0]["holidays"].remove("2026-12-25")
    before["care"][0]["owner"] = "south"

    assert changes(before, survey) == [
        "~ care.region=North.owner: south → north",
        "+ care.region=North.holidays.2026-12-25: 2026-12-25",
    ]


def test_two_scopes_of_the_same_answers_are_told_apart(survey: Survey) -> None:
    after = survey.model_copy(update={"care": [Scope(owner="asha"), Scope(owner="ben")]})
    before = plain(after)
    before["care"][1]["owner"] = "ravi"

    assert changes(before, after) == ["~ care.all #2.owner: ravi → ben"]

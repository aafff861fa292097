"""Another tool's export is imported, reported and followed up, and importing it again changes nothing.

One export was invented for this and lies beside it: people who answer twice, comments of several lines and in several
languages, some of them missing. The other is that of conftest.py, where it is; its numbers were counted by hand.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from tests.e2e.conftest import ANSWERS, Command
from tests.e2e.test_loop import queued_tasks, settle


@dataclass(frozen=True, slots=True)
class Export:
    file: Path
    report: dict[str, Any]
    unhappy_people: int
    """A person's further answer joins the task that is still open."""


INVENTED = Export(
    Path(__file__).with_name("exported_answers.csv"),
    {
        "responses": 24,
        "promoters": 12,
        "passives": 6,
        "detractors": 6,
        "nps": 25.0,
        "margin": 30.9,
        "mean": 7.58,
        "comments": 20,
        "scores": [1, 0, 1, 1, 1, 1, 1, 2, 4, 4, 8],
    },
    unhappy_people=5,
)
MIRO = Export(
    ANSWERS,
    {
        "responses": 441,
        "promoters": 306,
        "passives": 95,
        "detractors": 40,
        "nps": 60.3,
        "margin": 6.1,
        "mean": 8.85,
        "scores": [2, 0, 2, 1, 6, 12, 17, 28, 67, 80, 226],
    },
    unhappy_people=37,
)
EXPORTS = [INVENTED, MIRO] if ANSWERS.exists() else [INVENTED]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.file.stem)
def test_an_export_is_counted_and_followed_up_once(stack: Stack, hearback: Command, export: Export) -> None:
    columns = ("--score", "NPS_Score", "--comment", "text", "--contact", "user_id")
    rows = export.report["responses"]

    for stored in (rows, 0):
        imported = hearback.json("import", str(export.file), "--survey", "product", *columns, "--follow-up")
        settle(stack)

        assert (imported["stored"], imported["already_there"]) == (stored, rows - stored)
        report = hearback.json("report", "--survey", "product")
        assert {name: report[name] for name in export.report} == export.report
        tasks = hearback.json("tasks", "list")
        assert len(tasks) == queued_tasks(stack) == export.unhappy_people
        assert sum(len(task["responses"]) for task in tasks) == report["detractors"]

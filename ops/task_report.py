"""What became of tasks, as `hearback tasks report` tells it."""

from typing import Any

from hearback.recovery import LOOKING_BACK, TaskReport
from hearback.survey import Survey
from ops.terminal import out


def plain(found: TaskReport) -> dict[str, Any]:
    """As JSON has it."""
    recovery = found.recovery
    return {
        **{name: getattr(found, name) for name in ("opened", "closed", "in_time", "open", "overdue", "withdrawn")},
        "root_causes": dict(found.root_causes),
        "recovery": {
            "days": LOOKING_BACK.days,
            "people": recovery.people,
            "answered": recovery.answered,
            "recovered": recovery.recovered,
        },
    }


def show(found: TaskReport, survey: Survey, days: int) -> None:
    """On stdout, for a person."""
    recovery = found.recovery
    done = f"{found.opened:,} opened, {found.closed:,} closed, {found.in_time:,} of them in time"
    done += f"; {found.withdrawn:,} withdrawn with their answers" * bool(found.withdrawn)
    out.print(f"[bold]Last {days:,} days[/]: {done}")
    for cause, count in found.root_causes.items():
        out.print(f"{count:>6,}  {survey.cause(cause)}", markup=False)
    out.print(f"[bold]Now[/]: {found.open:,} open, {found.overdue:,} overdue")
    out.print(
        f"[bold]Recovery[/]: of {recovery.people:,} customer{'s' * (recovery.people != 1)} whose tasks were closed "
        f"within {LOOKING_BACK.days} days, {recovery.answered:,} answered again, and {recovery.recovered:,} came back "
        "as passives or promoters",
        soft_wrap=True,
    )

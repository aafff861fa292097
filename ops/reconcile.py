"""`hearback reconcile`: recounts from the facts, shows every difference, repairs it while answers keep coming."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from ops.bookmark import Bookmark
from ops.deployment import chosen
from ops.reconciliation import Reconciliation
from ops.scanning import item_count
from ops.terminal import AsJson, Stop, advancing, out, print_json, say

DIFFERENCES_REMAIN = 1
"""Exit code."""
NOT_JUDGED = 3
"""Exit code: nothing is known to differ, but some days were counted on all the while. Not 1, because on a busy
stack it is so every day and calls for no repair; not 0, because those days are not proved."""
BOOKMARKS = Path(".hearback/reconcile")


def reconcile(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="Only this survey. All of them if left out.")] = "",
    fix: Annotated[bool, typer.Option("--fix", help="Repair what differs.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the last run was stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Recount from the facts: show every difference, and repair it with --fix, while answers keep coming."""
    deployment = chosen(ctx)
    if survey:
        deployment.survey(survey)  # a misspelt one has no facts, which would look like no differences
    feedback, tallies = deployment.feedback.table, deployment.tallies.table
    run = Reconciliation(feedback, tallies, survey, fix)
    bookmark = Bookmark(BOOKMARKS, {"table": feedback.name, "survey": survey, "fix": fix})
    if resume:
        bookmark.read(run.go_on)
    with advancing("Facts", item_count(feedback)) as advance:

        def progressed(read: int) -> None:
            advance(read)
            bookmark.keep(run.come)

        try:
            run.compare_facts(progressed)
        except KeyboardInterrupt:
            bookmark.keep(run.come, now=True)
            raise Stop(f"stopped after {run.facts:,} facts; go on with the same command and --resume") from None
    bookmark.remove()
    with advancing("Tallies", item_count(tallies)) as advance:
        run.compare_tallies(advance)
    if as_json:
        print_json(
            {
                "facts": run.facts,
                "differences": [asdict(one) for one in run.differences],
                "remaining": run.remaining,
                "moving": [{"survey": name, "day": day} for name, day in run.moving],
            }
        )
    else:
        _show(run)
    if run.remaining:
        raise typer.Exit(DIFFERENCES_REMAIN)
    if run.moving:
        raise typer.Exit(NOT_JUDGED)


def _show(run: Reconciliation) -> None:
    for one in run.differences:
        now = "[green]repaired[/]" if one.repaired else "[red]differs[/] "
        out.print(f"{now} {escape(one.where)}: {one.wrong}. {escape(one.detail)}", soft_wrap=True)
    repaired = Counter(one.repaired for one in run.differences)
    if run.differences:
        out.print(f"{run.facts:,} facts compared, {repaired[True]:,} differences repaired, {repaired[False]:,} remain.")
    else:
        sums = "every tally that could be judged" if run.moving else "every tally"
        facts = f"{run.facts:,} facts are counted as they are" if run.facts != 1 else "1 fact is counted as it is"
        out.print(f"{facts}, {sums} is the sum of its ledgers.", soft_wrap=True)
    for name, day in run.moving:
        say(
            f"[yellow]not judged[/] The tallies of {escape(name)} on {day} were counted on all the while. Run it again."
        )
    if run.remaining and not run.fix:
        say("Repair what can be with: hearback reconcile --fix")

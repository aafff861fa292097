"""`make demo`: the whole product on this machine, with some weeks of sample answers in it."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn

from hearback.survey import Survey
from local.engine import EngineError
from local.kept_state import DataInUse
from local.server import PortTaken
from local.stack import Stack
from local.template import TemplateError
from ops.demo_weeks import WEEKS, Weeks
from ops.deployment import Deployment, on_this_machine
from ops.report import read
from ops.report_view import show
from ops.survey import apply_survey
from ops.survey_file import read_surveys
from ops.terminal import complain, err, out, say

ROOT = Path(__file__).parents[1]
SURVEYS = (ROOT / "surveys" / "store.yaml", ROOT / "surveys" / "product.yaml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare, print the links, and serve until Ctrl-C. Returns the exit status."""
    given = _parse(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started it with Ctrl-C ignored
        signal.signal(number, signal.default_int_handler)
    given.data.mkdir(parents=True, exist_ok=True)
    log = given.data / "log.txt"
    try:
        with log.open("w", encoding="utf-8") as lines:
            _run(given.data, given.port, log, partial(print, file=lines, flush=True), once=given.once)
    except (DataInUse, EngineError, PortTaken, TemplateError) as error:
        complain(f"the demo cannot start. {error}")
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def _run(data: Path, port: int, log: Path, printed: Callable[[str], None], *, once: bool) -> None:
    begun = time.monotonic()
    say(f"Starting Hearback on this machine (its log: {log}) …")
    with Stack(data / "stack", port, fresh=True, printed=printed) as stack:
        deployment = on_this_machine(stack.url)
        weeks = Weeks(stack, deployment, data, end=stack.now())
        stack.set_time(weeks.begin)
        for survey in read_surveys(SURVEYS):  # at that time, so that the first digest is due then
            apply_survey(deployment, survey)
        _live(weeks)
        _show(stack, deployment, time.monotonic() - begun, once=once)
        while not once:
            signal.pause()


def _live(weeks: Weeks) -> None:
    """Let the weeks pass, under a progress bar."""
    columns = (TextColumn(f"Living through {WEEKS} weeks"), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err) as progress:
        bar = progress.add_task("", total=(weeks.end - weeks.begin).total_seconds())

        def reached(at: datetime) -> None:
            progress.update(bar, completed=(at - weeks.begin).total_seconds(), description=f"{at:%a %d %b}")

        weeks.live(reached)


def _show(stack: Stack, deployment: Deployment, seconds: float, *, once: bool) -> None:
    """The report, and what to open."""
    survey = deployment.survey("store")
    show(read(deployment, survey, "", "", "region"), survey, "region")
    command = ".venv/bin/hearback" if stack.url.endswith(":8000") else f".venv/bin/hearback --local {stack.url}"
    digests = [mail for mail in stack.mails() if mail.recipients[0] == _reader_of_the_digest(survey)]
    say(f"\n[bold]Ready in {seconds:.0f} s.[/] Open:")
    for name, link in (
        ("survey page", f"{stack.url}/s/store"),
        ("in Hindi, at the till", f"{stack.url}/s/store?touchpoint=till&lang=hi"),
        ("outbox, every mail", f"{stack.url}/_local/outbox"),
        ("newest digest", f"{stack.url}/_local/outbox/{digests[-1].message_id}"),
        ("queues, clock", f"{stack.url}/_local/"),
        ("report", f"{command} report --survey store --by region"),
        ("calls to make", f"{command} tasks list"),
    ):
        out.print(f"  {name:<24}{link}", soft_wrap=True, markup=False)
    if not once:
        say("\nCtrl-C stops it.")


def _reader_of_the_digest(survey: Survey) -> str:
    return next(survey.people[rule.to].email for rule in survey.subscriptions if not rule.scope)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ops.demo", description="The whole product on this machine, with some weeks of sample answers."
    )
    parser.add_argument("--port", type=int, default=8000, help="where HTTP is answered (default 8000)")
    parser.add_argument("--data", type=Path, default=Path(".hearback/demo"), help="made fresh (.hearback/demo)")
    parser.add_argument("--once", action="store_true", help="prepare, print and stop")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

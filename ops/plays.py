"""`hearback plays explain`: what would follow an answer, what would not and why; or what did follow one."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from followup.story import read_story
from hearback import clock
from hearback.aws.claims import Claims
from hearback.aws.coupons import Coupons
from hearback.claim import Claim, play_effect
from hearback.fact import BadFactId, FactId
from hearback.map_order import in_order
from hearback.play import NEXT_STEPS, CouponPlay, MailPlay, NextStep, Play
from hearback.plays import Situation
from hearback.response import Response
from hearback.survey import Survey
from hearback.waiting import WaitingPlay
from ops.deployment import Deployment, chosen
from ops.play_plan import DONE, Planned, plan, rules
from ops.survey_file import BadSurveys, read_survey
from ops.table import print_table
from ops.terminal import AsJson, Stop, out, print_json, say, short_time

app = typer.Typer(no_args_is_help=True)


@app.callback()  # a group of one command, which typer would otherwise run without its name
def plays() -> None:
    """What follows an answer, and what does not."""


@dataclass(frozen=True)
class Explained:
    """A survey's plays for one answer."""

    survey: Survey
    situation: Situation
    plays: Sequence[Planned]
    rules: Sequence[str]


@app.command(no_args_is_help=True)
def explain(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="A survey as applied.")] = "",
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="A survey's file, before it is applied.")] = None,
    response: Annotated[str, typer.Option(metavar="ID", help="An answer that there is: what followed it.")] = "",
    score: Annotated[int | None, typer.Option(min=0, max=10, help="Of an answer that might come.")] = None,
    dimension: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Of that answer.")] = None,
    comment: Annotated[bool, typer.Option(help="Whether it has words.")] = True,
    before: Annotated[int | None, typer.Option(min=0, max=10, help="The score of the person's last answer.")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Nobody knows who gave it.")] = False,
    days_since_play: Annotated[float | None, typer.Option(min=0, help="Since a play last reached the person.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say which plays follow an answer, for whom and when; and what is against each of the others."""
    if response:
        if survey or file or score is not None:
            raise Stop("--response names an answer that there is; it goes with no other option but --json")
        explained = _of_response(chosen(ctx), response)
    elif score is None or bool(survey) == bool(file):
        raise Stop("say of which survey (--survey ID or --file FILE) and with which --score; or name a --response")
    else:
        if anonymous and (before is not None or days_since_play is not None):
            raise Stop("nobody knows who gave an --anonymous answer, so nothing came before it")
        definition = _of_file(file) if file else chosen(ctx).survey(survey)
        situation = Situation(
            score=score,
            dimensions=_dimensions(definition, dimension or []),
            comment=comment,
            known=not anonymous,
            before=before,
            days_since_play=days_since_play,
        )
        now = clock.now() if file else chosen(ctx).now()
        explained = _explained(definition, situation, now)
    if as_json:
        print_json(_plain(explained))
    else:
        _print(explained)


def _explained(survey: Survey, situation: Situation, now: datetime) -> Explained:
    return Explained(survey, situation, plan(survey, situation, now), rules(survey, situation))


def _of_file(file: Path) -> Survey:
    try:
        return read_survey(file)
    except BadSurveys as bad:
        raise Stop(str(bad)) from bad


def _dimensions(survey: Survey, given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise Stop(f"--dimension takes NAME=VALUE, such as store=Pune, not {text!r}")
        if problem := survey.problem_with(name, value):
            raise Stop(f"--dimension {text}: {problem}")
        found[name] = value
    return found


def _of_response(deployment: Deployment, name: str) -> Explained:
    """The plays of a stored answer as it stands now, with what became of each. Raises Stop."""
    try:
        response = deployment.feedback.response(FactId.parse(name))
    except BadFactId as bad:
        raise Stop(f"{name!r} is not the id of an answer: {bad}") from None
    if response is None:
        raise Stop(f"there is no answer {name!r}; list them with: hearback responses list --survey ID")
    survey = deployment.survey(response.id.survey)
    story = read_story(response, deployment.feedback, deployment.directory)
    explained = _explained(survey, story.situation, deployment.now())
    told = [_with_outcome(planned, deployment, survey, response) for planned in explained.plays]
    return replace(explained, plays=told, rules=[*_standing(deployment, response), *explained.rules])


def _with_outcome(planned: Planned, deployment: Deployment, survey: Survey, response: Response) -> Planned:
    play = planned.play
    if isinstance(play, NEXT_STEPS):
        done = _offered(deployment, survey, response, play) if planned.choice.runs else ""
    else:
        done = _done(deployment, survey, response, play)
    return replace(planned, done=done, due_at=None) if done else planned  # when it is due, its task says


def _standing(deployment: Deployment, response: Response) -> list[str]:
    """What keeps every play from this answer, or every mail from its person."""
    found = []
    if not response.counted:
        found.append(f"Nothing follows it: it does not count ({response.excluded or 'it waits to be confirmed'}).")
    if response.erased:
        found.append("Nothing follows it any more: its person was erased.")
    if not response.follow_up:
        found.append(f"Nothing follows it: {_not_followed(response)}")
    if response.contact and not _has_address(deployment, response.contact):
        found.append("Its person is not mailed: no address of theirs is known.")
    elif response.contact and deployment.directory.suppressed(response.contact, "follow-ups"):
        found.append("Its person is not mailed: they unsubscribed or complained, or their address bounced.")
    return found


def _has_address(deployment: Deployment, contact: str) -> bool:
    known = deployment.directory.contact(contact)
    return known is not None and bool(known.email)


def _not_followed(response: Response) -> str:
    if response.confirmed_by == "operator":
        return f"an operator counted it. To have it followed: hearback responses include {response.id} --follow-up"
    return "it was imported as history, without --follow-up."


def _done(deployment: Deployment, survey: Survey, response: Response, play: Play) -> str:
    """What became of a play, by its claim; "" if nothing did."""
    found = Claims(deployment.directory.table).get(Claim(play_effect(str(response.id), play.id)).digest)
    if found:
        note = f" ({found['note']})" if found["state"] in ("done", "refused") and found.get("note") else ""
        at = datetime.fromisoformat(str(found.get("settled_at", found["claimed_at"])))
        return f"{short_time(at, survey.zone)}: {DONE[found['state']]}{note}"
    if waiting := deployment.directory.waiting(response.id, play.id):
        return _waits(waiting, survey)
    return ""


def _offered(deployment: Deployment, survey: Survey, response: Response, step: NextStep) -> str:
    """What became of the mail that brings a next step. Where it is offered after the answer, it leaves no trace."""
    if isinstance(step, CouponPlay):
        coupons = Coupons(deployment.directory.table, os.urandom)
        if coupons.granted_for(play_effect(str(response.id), step.id)) is None:
            return "none was granted"
    mails = [play for play in survey.plays if isinstance(play, MailPlay) and play.carries]
    told = ((play.id, _done(deployment, survey, response, play)) for play in mails)
    return next((f"with {mail}, {done}" for mail, done in told if done), "no mail brought it")


def _waits(waiting: WaitingPlay, survey: Survey) -> str:
    return f"waits until {short_time(waiting.due_at, survey.zone)}"


def _plain(explained: Explained) -> dict[str, object]:
    situation = explained.situation
    return {
        "survey": explained.survey.id,
        "answer": {
            **asdict(situation),
            "dimensions": dict(situation.dimensions),
            "category": situation.category,
            "change": situation.change,
        },
        "plays": [planned.plain() for planned in explained.plays],
        "rules": list(explained.rules),
    }


def _print(explained: Explained) -> None:
    survey, situation = explained.survey, explained.situation
    came = f", {situation.before} before: a {situation.change}" if situation.change else ""
    said = ", ".join(f"{name} {value}" for name, value in in_order(survey.dimensions, situation.dimensions))
    out.print(
        f"[bold]{survey.id}[/]: {situation.score}, {situation.category}{came}" + escape(f" ({said})" * bool(said))
    )
    running = [planned for planned in explained.plays if planned.choice.runs or planned.done]
    if running:
        print_table(_running(running, survey))
    else:
        out.print("No play follows.")
    if others := [planned for planned in explained.plays if not planned.choice.runs and not planned.done]:
        table = Table("does not follow", "what", "because", box=box.SIMPLE_HEAD)
        for planned in others:
            table.add_row(planned.play.id, planned.what, escape("; ".join(planned.choice.against)))
        print_table(table)
    for rule in explained.rules:
        say(escape(rule))


def _running(running: Sequence[Planned], survey: Survey) -> Table:
    known = any(planned.done for planned in running)
    table = Table("follows", "what", "for", "when", "cap", *(["what became of it"] * known), box=box.SIMPLE_HEAD)
    for planned in running:
        when = f"{planned.play.delay_hours} h later" if planned.play.delay_hours else "at once"
        if planned.due_at:
            when += f", due {short_time(planned.due_at, survey.zone)}"
        if not planned.choice.runs:
            when = "not any more: " + "; ".join(planned.choice.against)
        row = [planned.play.id, planned.what, planned.who, when, planned.cap, *([planned.done] * known)]
        table.add_row(*map(escape, row))
    return table

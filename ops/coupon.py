"""`hearback coupon`: redeem a code at the till, look one up, list them."""

import csv
import os
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from collect.bodies import WHERE_LENGTH
from hearback import code as codes
from hearback.aws.coupons import Coupons
from hearback.aws.directory import UnknownSurvey
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.coupon import CouponRefused, GrantedCoupon
from hearback.survey import Survey, UnreadableSurvey
from ops.deployment import Deployment, chosen
from ops.directory_items import items
from ops.spreadsheet import shown
from ops.table import print_table
from ops.terminal import AsJson, Stop, local_time, out, print_json, say, short_time

REFUSED = 1
"""Exit code: the code cannot be redeemed."""

app = typer.Typer(help="Coupons that customers redeem once.", no_args_is_help=True)
Code = Annotated[
    str,
    typer.Argument(
        metavar="CODE", help="As it is printed; case, spaces and hyphens do not matter.", show_default=False
    ),
]


@app.command()
def redeem(
    ctx: typer.Context,
    code: Code,
    where: Annotated[str, typer.Option(metavar="TEXT", help="Where it was redeemed.")] = "",
    reference: Annotated[
        str, typer.Option(metavar="TEXT", help="What you call it, a receipt: the same one again is no second time.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Redeem a coupon, once."""
    if len(where) > WHERE_LENGTH:
        raise Stop(f"--where has {len(where):,} characters; at most {WHERE_LENGTH} are kept")
    deployment = chosen(ctx)
    now = deployment.now()
    try:
        redeemed = _coupons(deployment).redeem(code, reference, where, now)
    except CouponRefused as refusal:
        if as_json:
            print_json({"refused": refusal.why, "at": refusal.at.isoformat() if refusal.at else None})
        say(f"[red]Not redeemed[/]: {refusal.said_in(_zone_of(code, deployment))}")
        raise typer.Exit(REFUSED) from None
    survey = _survey_of(redeemed, deployment)
    if as_json:
        print_json(_plain(redeemed, survey, now))
    else:
        out.print(f"[green]Redeemed[/]: {escape(_worth(redeemed, survey))}")


@app.command()
def show(ctx: typer.Context, code: Code, as_json: AsJson = False) -> None:
    """Show what a code is worth, and what became of it."""
    deployment = chosen(ctx)
    read = codes.read(code)
    found = _coupons(deployment).get(read) if read else None
    if found is None:
        raise Stop(str(CouponRefused("unknown")))
    survey, now = deployment.survey(found.survey), deployment.now()
    if as_json:
        print_json(_plain(found, survey, now))
        return
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("code", found.shown)
    table.add_row("worth", escape(_worth(found, survey)))
    table.add_row("survey", found.survey)
    table.add_row("granted", f"{local_time(found.granted_at, survey.zone)}, for {escape(found.reason)}")
    table.add_row("last day", f"{found.last_day(survey.zone):%a %d %b %Y}")
    table.add_row("state", _state(found, now))
    if found.redeemed_at:
        where = " ".join(filter(None, (local_time(found.redeemed_at, survey.zone), found.where, found.reference)))
        table.add_row("redeemed", escape(where))
    out.print(table)


@app.command("list")
def list_coupons(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="Only those of a survey.")] = "",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV alone on stdout, for a spreadsheet.")] = False,
) -> None:
    """List the coupons that were granted, newest first."""
    deployment = chosen(ctx)
    now, surveys = deployment.now(), {each.id: each for each in deployment.directory.surveys()}
    granted = (GrantedCoupon.from_item(item) for item in items(deployment.directory.table, "COUPON#"))
    found = sorted(
        (each for each in granted if survey in ("", each.survey)), key=lambda each: each.granted_at, reverse=True
    )
    rows = [_plain(each, surveys.get(each.survey), now) for each in found]
    if as_json:
        print_json(rows)
    elif as_csv:
        writer = csv.DictWriter(out.file, [*_COLUMNS])
        writer.writeheader()
        writer.writerows({name: shown(str(row[name] or "")) for name in _COLUMNS} for row in rows)
    elif rows:
        print_table(_table(found, surveys, now))
        say(f"{len(rows):,} granted, {sum(bool(each.redeemed_at) for each in found):,} redeemed")
    else:
        say("No coupons were granted yet.")


_COLUMNS = (
    *("code", "survey", "coupon", "worth", "state", "reason", "contact"),
    *("granted_at", "last_day", "redeemed_at", "where", "reference"),
)


def _zone_of(code: str, deployment: Deployment) -> tzinfo:
    """Of the survey that granted it, as `show` says its times; UTC where there is none any more."""
    read = codes.read(code)
    found = _coupons(deployment).get(read) if read else None
    try:
        return deployment.directory.survey(found.survey, deployment.now()).zone if found else UTC
    except UnknownSurvey:
        return UTC


def _survey_of(redeemed: GrantedCoupon, deployment: Deployment) -> Survey | None:
    """None if it cannot be read: the till must hear that the coupon is redeemed all the same."""
    try:
        return deployment.directory.survey(redeemed.survey, deployment.now())
    except (UnknownSurvey, UnreadableSurvey, TemporarilyUnavailable):
        return None


def _coupons(deployment: Deployment) -> Coupons:
    return Coupons(deployment.directory.table, os.urandom)


def _worth(coupon: GrantedCoupon, survey: Survey | None) -> str:
    definition = survey.coupons.get(coupon.coupon) if survey else None
    return survey.say(definition.text, survey.locales[0]) if survey and definition else coupon.coupon


def _state(coupon: GrantedCoupon, now: datetime) -> str:
    refusal = coupon.refusal(now)
    return refusal.why if refusal else "good"


def _plain(coupon: GrantedCoupon, survey: Survey | None, now: datetime) -> dict[str, Any]:
    return {
        "code": coupon.shown,
        "survey": coupon.survey,
        "coupon": coupon.coupon,
        "worth": _worth(coupon, survey),
        "state": _state(coupon, now),
        "reason": coupon.reason,
        "contact": coupon.contact,
        "granted_at": coupon.granted_at.isoformat(),
        "last_day": coupon.last_day(survey.zone).isoformat() if survey else "",
        "redeemed_at": coupon.redeemed_at.isoformat() if coupon.redeemed_at else None,
        "where": coupon.where,
        "reference": coupon.reference,
    }


def _table(coupons: list[GrantedCoupon], surveys: Mapping[str, Survey], now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("code", "survey", "worth", "last day", "state", "where"):
        table.add_column(name, no_wrap=name == "code")
    for coupon in coupons:
        survey = surveys.get(coupon.survey)
        at = short_time(coupon.redeemed_at, survey.zone) if survey and coupon.redeemed_at else ""
        table.add_row(
            coupon.shown,
            coupon.survey,
            escape(_worth(coupon, survey)),
            f"{coupon.last_day(survey.zone):%d %b %Y}" if survey else "",
            _state(coupon, now),
            escape(" ".join(filter(None, (at, coupon.where)))),
            style="dim" if coupon.refusal(now) else "",
        )
    return table

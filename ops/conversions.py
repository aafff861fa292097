"""`hearback conversions`: who became a customer through a referral link, and purchases that were returned."""

from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from hearback import code as codes
from hearback.aws.referrals import Referrals
from hearback.conversion import Conversion, NotCancelled
from ops.deployment import chosen
from ops.directory_items import items
from ops.table import print_table
from ops.terminal import AsJson, Stop, out, print_json, say

app = typer.Typer(help="Customers that referral links brought.", no_args_is_help=True)


@app.command("list")
def list_conversions(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="Only those of a survey.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the conversions, newest first."""
    recorded = (Conversion.from_item(item) for item in items(chosen(ctx).directory.table, "CONVERSION#"))
    found = sorted((each for each in recorded if survey in ("", each.survey)), key=lambda each: each.at, reverse=True)
    if as_json:
        print_json([plain(each) for each in found])
    elif found:
        print_table(_table(found))
        say(
            f"{len(found):,} conversion{'s' * (len(found) != 1)}, {sum(not each.counted for each in found):,} cancelled"
        )
    else:
        say("No conversions were reported yet.")


@app.command()
def cancel(
    ctx: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="REFERENCE", help="What your shop called the purchase.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Cancel a conversion whose purchase was returned: it counts no more, and earns nobody anything."""
    deployment = chosen(ctx)
    referrals = Referrals(deployment.directory.table)
    try:
        cancelled = referrals.cancel(reference, deployment.now())
    except NotCancelled as refusal:
        why = {"cancelled": "it is cancelled already"}.get(str(refusal), "its reward is paid, or being paid right now")
        raise Stop(f"{reference!r} was not cancelled: {why}") from None
    if cancelled is None:
        raise Stop(f"no conversion has the reference {reference!r}; list them with: hearback conversions list")
    if as_json:
        print_json(plain(cancelled))
    else:
        out.print(f"Cancelled {escape(reference)}: {cancelled.value} {cancelled.currency}")


def plain(conversion: Conversion) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "reference": conversion.reference,
        "survey": conversion.survey,
        "code": codes.shown(conversion.code),
        "promoter": conversion.promoter,
        "customer": conversion.customer,
        "value": str(conversion.value),
        "currency": conversion.currency,
        "converted_at": conversion.at.isoformat(),
        "state": conversion.state,
        "rewards": {str(side): coupon for side, coupon in conversion.rewards.items()},
        "rewards_at": conversion.pays_at.isoformat() if conversion.pays_at else None,
    }


def _table(conversions: list[Conversion]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("reference", "survey", "code", "value", "day", "state", "rewards from"):
        table.add_column(
            name, no_wrap=name in ("reference", "code", "value", "day"), justify="right" if name == "value" else "left"
        )
    for each in conversions:
        table.add_row(
            escape(each.reference),
            each.survey,
            codes.shown(each.code),
            f"{each.value} {each.currency}",
            f"{each.at:%Y-%m-%d}",
            each.state,
            f"{each.pays_at:%Y-%m-%d}" if each.pays_at else "none",
            style="dim" if not each.counted else "",
        )
    return table

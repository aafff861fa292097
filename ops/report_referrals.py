"""`hearback report --referrals`: how many promoters truly referred somebody, and what that was worth."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich import box
from rich.table import Table

from hearback.conversion import Conversion
from hearback.coupon import GrantedCoupon
from hearback.referral import ReferralLink
from hearback.survey import Survey
from ops.deployment import Deployment
from ops.directory_items import items
from ops.table import print_table
from ops.terminal import out, say

_EVER = ("0001-01-01", "9999-12-31")
COLUMNS = (
    *("survey", "promoters", "asked", "shared", "clicks", "converted", "cancelled", "currency", "value"),
    *("rewards", "redeemed", "referrers", "share"),
)
Numbers = dict[str, Any]


def read(deployment: Deployment, surveys: Sequence[Survey]) -> list[Numbers]:
    """The numbers of each survey, from its beginning.

    `promoters`: counted answers of 9 and 10. `asked`: people who were offered a link of their own. `shared`: links
    that were followed at least once. `clicks`: of all links; machines follow links too. `converted`: customers whom
    links brought, without cancelled ones, and their `value` by currency. `rewards`: coupons that were granted for
    conversions, and how many of them were `redeemed`. `referrers`: people whose link brought a customer. `share`:
    referrers among those asked, 0 to 1, people among people: a promoter may answer many times. None if nobody was.
    """
    links: dict[str, list[ReferralLink]] = defaultdict(list)
    conversions: dict[str, list[Conversion]] = defaultdict(list)
    rewards: dict[str, list[GrantedCoupon]] = defaultdict(list)
    for item in items(deployment.directory.table, "REFERRAL#", "CONVERSION#", "COUPON#"):
        match item["pk"].partition("#")[0]:
            case "REFERRAL":
                links[item["survey"]].append(ReferralLink.from_item(item))
            case "CONVERSION":
                conversions[item["survey"]].append(Conversion.from_item(item))
            case "COUPON" if item["reason"].startswith("conversion/"):
                rewards[item["survey"]].append(GrantedCoupon.from_item(item))
    return [
        _numbers(
            survey.id,
            deployment.tallies.whole(survey.id, *_EVER).score.promoters,
            links[survey.id],
            conversions[survey.id],
            rewards[survey.id],
        )
        for survey in surveys
    ]


def _numbers(
    survey: str,
    promoters: int,
    links: Sequence[ReferralLink],
    conversions: Sequence[Conversion],
    rewards: Sequence[GrantedCoupon],
) -> Numbers:
    counted = [each for each in conversions if each.counted]
    worth: dict[str, Decimal] = defaultdict(Decimal)
    for each in counted:
        worth[each.currency] += each.value
    referrers = len({each.code for each in counted})
    return {
        "survey": survey,
        "promoters": promoters,
        "asked": len(links),
        "shared": sum(link.clicks > 0 for link in links),
        "clicks": sum(link.clicks for link in links),
        "converted": len(counted),
        "cancelled": len(conversions) - len(counted),
        "value": {currency: str(worth[currency]) for currency in sorted(worth)},
        "rewards": len(rewards),
        "redeemed": sum(bool(coupon.redeemed_at) for coupon in rewards),
        "referrers": referrers,
        "share": round(referrers / len(links), 4) if links else None,
    }


def write(numbers: Sequence[Numbers]) -> None:
    """As CSV on stdout: a line for each survey and currency."""
    writer = csv.DictWriter(out.file, COLUMNS, restval="")
    writer.writeheader()
    for each in numbers:
        for currency, value in each["value"].items() or [("", "")]:
            writer.writerow({**each, "currency": currency, "value": value})


def show(numbers: Sequence[Numbers]) -> None:
    """As a table, for a person."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("survey", no_wrap=True)
    for name in ("promoters", "asked", "shared", "clicks", "converted", "value", "rewards", "referred"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in numbers:
        share = f" ({each['share']:.1%})" if each["share"] is not None else ""
        table.add_row(
            each["survey"],
            *(f"{each[name]:,}" for name in ("promoters", "asked", "shared", "clicks", "converted")),
            ", ".join(f"{value} {currency}" for currency, value in each["value"].items()) or "–",
            f"{each['rewards']:,}",
            f"{each['referrers']:,}{share}",
        )
    print_table(table)
    say("From the beginning; in brackets the share of those asked.")
    say("Clicks include machines, which follow links too; conversions do not.")

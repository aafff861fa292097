"""What one part of a survey says of another, and what is not so: names that nothing has, rules that find nobody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hearback.business_time import Calendar
from hearback.play import WATCHING, CouponPlay, MailPlay, ReferralPlay, ReviewPlay, TaskPlay
from hearback.tally import WHOLE

MOST_LISTED = 30
"""Names that a message lists: a dimension may have 2,000."""

if TYPE_CHECKING:
    from hearback.survey import Survey


def broken_names(survey: "Survey") -> Iterator[str]:
    """What one part of the survey says of another that is not so."""
    if WHOLE in survey.dimensions:
        yield f"dimensions.{WHOLE}: this name stands for the whole survey; choose another"
    for list_name in ("plays", "subscriptions"):
        ids = [entry.id for entry in getattr(survey, list_name)]
        for place, entry_id in enumerate(ids):
            if entry_id in ids[:place]:
                yield f"{list_name}.{place}.id: {entry_id!r} is used twice"
    yield from _plays(survey)
    yield from _review_links(survey)
    yield from _care(survey)
    for place, rule in enumerate(survey.subscriptions):
        if rule.to not in survey.people:
            yield f"subscriptions.{place}.to: {rule.to!r} is not one of people: {listed(survey.people)}"
        for name, value in rule.scope.items():
            if problem := _problem_with(survey, name, value):
                yield f"subscriptions.{place}.scope.{name}: {problem}"
        if len(rule.scope) > 1:
            yield f"subscriptions.{place}.scope: one dimension at most"


def _plays(survey: "Survey") -> Iterator[str]:
    for place, play in enumerate(survey.plays):
        path = f"plays.{place}"
        if play.id == WATCHING:
            yield f"{path}.id: {WATCHING!r} is the play that comes with `watch`; choose another name"
        yield from _undeclared(survey, f"{path}.when", play.when.dimensions)
        if isinstance(play, TaskPlay) and play.owner and play.owner not in survey.people:
            yield f"{path}.owner: {play.owner!r} is not one of people: {listed(survey.people)}"
        if isinstance(play, TaskPlay) and not play.owner and not _cares_for_all(survey, "owner"):
            yield f"{path}.owner: name one of people ({listed(survey.people)}), or a scope in care without dimensions"
        if isinstance(play, MailPlay) and play.who != "respondent" and not _cares_for_all(survey, play.who):
            yield f"{path}.who: care names no {play.who} for every answer: add a scope without dimensions"
        if isinstance(play, CouponPlay) and play.coupon not in survey.coupons:
            yield f"{path}.coupon: {play.coupon!r} is not one of coupons: {listed(survey.coupons)}"
        if isinstance(play, ReferralPlay) and survey.referral is None:
            yield f"{path}.what: a referral needs the survey's referral, with its target"
    for side in ("promoter", "friend"):
        coupon = getattr(survey.referral.rewards, side) if survey.referral else None
        if coupon and coupon not in survey.coupons:
            yield f"referral.rewards.{side}: {coupon!r} is not one of coupons: {listed(survey.coupons)}"


def _review_links(survey: "Survey") -> Iterator[str]:
    """A review's link may follow from the place or from the past, never from the score, nor from a slip or a climb."""
    reviews = [(place, play) for place, play in enumerate(survey.plays) if isinstance(play, ReviewPlay)]
    for number, (place, play) in enumerate(reviews):
        for _, other in reviews[:number]:
            same = (play.when.scores, play.when.change) == (other.when.scores, other.when.change)
            if play.url != other.url and not same and _may_both_follow(play, other):
                yield (
                    f"plays.{place}.url: not the address of {other.id}, which asks people of other scores. "
                    "The link must not depend on the score: give both the same url, or the same scores"
                )


def _may_both_follow(play: ReviewPlay, other: ReviewPlay) -> bool:
    """Whether there are dimensions of an answer that fit both."""
    ours, theirs = play.when.dimensions, other.when.dimensions
    return all(set(ours[name]) & set(theirs[name]) for name in ours.keys() & theirs.keys())


def _care(survey: "Survey") -> Iterator[str]:
    for place, scope in enumerate(survey.care):
        yield from _undeclared(survey, f"care.{place}", scope.dimensions)
        for role in ("owner", "manager"):
            person = getattr(scope, role)
            if person and person not in survey.people:
                yield f"care.{place}.{role}: {person!r} is not one of people: {listed(survey.people)}"
        if problem := Calendar.of(scope, survey.zone).problem:
            yield f"care.{place}.{problem}"


def _undeclared(survey: "Survey", path: str, dimensions: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, values in dimensions.items():
        for value in values:
            if problem := _problem_with(survey, name, value):
                yield f"{path}.dimensions.{name}: {problem}"


def _problem_with(survey: "Survey", dimension: str, value: str) -> str | None:
    """Why the survey cannot say this value of a dimension, and which it can; or None."""
    problem, declared = survey.problem_with(dimension, value), survey.dimensions.get(dimension)
    return f"{problem}, which has {listed(declared.values)}" if problem and declared else problem


def _cares_for_all(survey: "Survey", role: str) -> bool:
    """Whether an answer of any dimensions finds this role: no scope before the one for all lacks it."""
    for scope in survey.care:
        if not getattr(scope, role):
            return False
        if not scope.dimensions:
            return True
    return False


def listed(names: Iterable[str]) -> str:
    """Those that there are, for a message: the first of them, where there are hundreds."""
    known = sorted(names)
    more = f" and {len(known) - MOST_LISTED:,} more" if len(known) > MOST_LISTED else ""
    return (", ".join(known[:MOST_LISTED]) or "none") + more

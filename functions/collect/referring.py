"""GET /r/{code}: a referral link is followed, to the target that its survey declares and to nowhere else."""

from collect.problems import REFUSALS, Problem, problem_of
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.aws.referrals import Referrals
from hearback.referral import destination

ROUTES = ("GET /r/{code}", "HEAD /r/{code}")


def answer(request: Request, wiring: Wiring) -> Reply:
    """Lead on, and count it, unless it is no visit: a HEAD, or a fetch ahead of time."""
    try:
        return _follow(request, wiring)
    except REFUSALS as refusal:
        from collect import people  # noqa: PLC0415 - a redirect does not wait for what pages bring

        return people.apology(problem_of(refusal), request, wiring)


def _follow(request: Request, wiring: Wiring) -> Reply:
    referrals = Referrals(wiring.directory.table)
    looks = request.only_head or request.prefetched
    typed = request.parameter("code")
    link = referrals.link(typed) if looks else referrals.click(typed)
    referral = wiring.directory.survey(link.survey, request.now).referral if link else None
    if link is None or referral is None:
        raise Problem("unknown-code", "This is no referral link of ours. Open it as it was given.")
    return Reply(302, headers={"Location": destination(referral, link.code)}, log={"survey": link.survey})

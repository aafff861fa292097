"""Observing what happens to a token before anybody confirms an answer, and presuming one from signs of a person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from aws_lambda_powertools import Logger

from collect import answers, limits
from collect.answers import Opened
from collect.bodies import Signal
from collect.guarded_form import mark_of, stamp_for, stamp_read
from collect.page_stamp import PageStamp
from collect.problems import Problem
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.judging import Kind, Observation, Verdict, program_mark
from hearback.response import AmendmentRefused, Answer, Channel, Confirmation
from hearback.visit import Visit

logger = Logger(child=True)
MOVED = "moved"
"""What the page's script writes into the form's field `hand` once a hand moved; "none" before, nothing without it."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A request with a token, being watched."""

    request: Request
    wiring: Wiring
    to: Opened

    @property
    def now(self) -> datetime:
        return self.request.now

    def stamp(self, score: int | None) -> str:
        """For the page that is made now."""
        return stamp_for(self.request.parameter("token"), self.request, self.wiring, score)

    def opening(self, score: int | None, trap: str | None) -> None:
        """Observe that a link was opened. The page is shown even if that cannot be written down.

        `trap` is None unless it is the hidden link: that of a page bears the page's stamp, and so tells whose it was.
        """
        page = PageStamp.at(self.now, score)
        kind: Kind = "prefetched" if self.request.prefetched else "opened"
        if self.request.only_head:
            kind = "head"
        if trap is not None:
            kind, page = "trap", stamp_read(trap, self.request, self.wiring) or page
        try:
            self._observe(kind, page)
        except TemporarilyUnavailable as failure:
            logger.warning("unobserved", extra={"reason": str(failure)})

    def confirmation(self, form: Mapping[str, str], score: int) -> Confirmation:
        """What a form that gives a score confirms it by; "" if only a machine sends it so, and that is observed.

        Raises AmendmentRefused if no script ran on its page, and somebody touched another one.
        """
        stamp = stamp_read(form.get("page", ""), self.request, self.wiring)
        hand = form.get("hand", "")
        mark = mark_of(form, self.request, self.wiring)
        if mark or stamp is None or hand not in ("", MOVED):
            self._observe(mark or "scripted", PageStamp(stamp.made if stamp else 0, score))
            return ""
        if hand == MOVED:
            return "form"
        mailed = self.to.token.channel == "mail"  # no program meets the links of the others in a mail
        return self._confirmed_without_script(PageStamp(stamp.made, score)) if mailed else "bare"

    def believes(self, form: Mapping[str, str], score: int) -> bool:
        """Whether a form that bears a score may be a person's; if not, that is observed."""
        if mark := mark_of(form, self.request, self.wiring):
            stamp = stamp_read(form.get("page", ""), self.request, self.wiring)
            self._observe(mark, PageStamp(stamp.made if stamp else 0, score))
        return not mark

    def emptied(self, form: Mapping[str, str], question: str, score: int) -> bool:
        """Whether an empty form takes back what was said to its question: on this very page, it must have been.

        No page shows what is stored, so one that was made later is empty for whoever said something before, and for
        the programs that send every form as they find it.
        """
        stamp = stamp_read(form.get("page", ""), self.request, self.wiring)
        stored = self.wiring.feedback.response(self.to.response)
        if stamp is None or stored is None or not stored.said(question) or stamp.later(stored.said_at(question)):
            return False
        return self.believes(form, score)

    def signal(self, signal: Signal) -> None:
        """Take in what a page's script reports: a touch with a score may become an answer. Raises Problem."""
        stamp = stamp_read(signal.page, self.request, self.wiring)
        if stamp is None:
            raise Problem("invalid-body", "#/page: send the page field of the form, as it is.")
        stamp = stamp if signal.score is None else replace(stamp, score=signal.score)
        if signal.kind == "human" and stamp.score is not None:
            limits.admit(self.request, self.wiring, self.to.survey, self.to.token)
        self._observe(signal.kind, stamp)

    def _confirmed_without_script(self, sent: PageStamp) -> Confirmation:
        """A mail's links: several scores sent together, by forms that show no hand, are a program's, all of them."""
        bare = Observation(self.now, "bare", sent.score, sent.made)
        visit = self._written_down(bare)
        on_page = {each.kind for each in visit.observations if each.page == bare.page}
        if "human" in on_page:
            return "form"
        if visit.verdict.standing == "person":
            raise AmendmentRefused("somebody touched another page of this link")
        if reason := program_mark(bare, visit.observations):
            self.wiring.feedback.unmask(self.to.response, reason)
            return ""
        # A page that is seen runs a script, and would show a hand. Without room nobody can tell how many forms came.
        return "" if "seen" in on_page or "bare" not in on_page else "bare"

    def _observe(self, kind: Kind, stamp: PageStamp) -> None:
        observed = self._written_down(Observation(self.now, kind, stamp.score, stamp.made))
        if any(each.kind == "human" for each in observed.observations):
            self._act(observed.verdict)

    def _written_down(self, observation: Observation) -> Visit:
        expires_at = int((self.now + self.wiring.retention).timestamp())
        token = self.to.token
        channel = cast(Channel, token.channel)  # we signed it
        visit = Visit(self.to.response, (), token.dimensions, channel, self.to.locale_on_page(self.request), expires_at)
        return self.wiring.directory.observe(visit, observation) if self._kept(observation) else visit

    def _kept(self, observation: Observation) -> bool:
        """Whether it is written down. Of links that nobody was invited by, only for as many as an address may open.

        A touch with a score has paid for the answer that it may become.
        """
        paid = observation.kind == "human" and observation.score is not None
        if paid or limits.invited(self.to.token) or self.wiring.directory.visit(self.to.response):
            return True
        return limits.may_watch(self.request, self.wiring, self.to.survey)

    def _act(self, verdict: Verdict) -> None:
        if verdict.standing == "machine":
            self.wiring.feedback.doubt(self.to.response, verdict.reason)
        elif verdict.standing == "person" and verdict.score is not None:
            at = verdict.at or self.now
            locale = self.to.locale_on_page(self.request)
            presumed = answers.response_of(self.wiring, self.to, verdict.score, Answer(), locale, at)
            self.wiring.feedback.presume(presumed)


def signal(request: Request, wiring: Wiring) -> Reply:
    """POST /v1/responses/{token}/signals: what a page's script saw of a person."""
    said = Signal.model_validate_json(request.beacon())
    to = answers.answerable(wiring, request.parameter("token"), request.now)
    Watch(request, wiring, to).signal(said)
    return Reply(204, log={"response": str(to.response), "signal": said.kind})

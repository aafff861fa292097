"""Observing what happens to a token before anybody confirms an answer, and presuming one from signs of a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from aws_lambda_powertools import Logger

from collect import answers, limits
from collect.answers import Opened
from collect.bodies import Signal
from collect.page_stamp import PageStamp, machine_mark
from collect.problems import Problem
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.judging import Kind, Observation, Verdict
from hearback.response import Answer, Channel
from hearback.visit import Visit

logger = Logger(child=True)
TRAP = "more"
"""The query parameter and the form field that no person sees."""


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
        return PageStamp.at(self.now, score).sign(self._token, self._keys)

    def opening(self, score: int | None, trap: str | None) -> None:
        """Observe that a link was opened. The page is shown even if that cannot be written down.

        `trap` is None unless it is the hidden link: that of a page bears the page's stamp, and so tells whose it was.
        """
        page = PageStamp.at(self.now, score)
        kind: Kind = "prefetched" if self.request.prefetched else "opened"
        if self.request.only_head:
            kind = "head"
        if trap is not None:
            kind, page = "trap", PageStamp.verify(trap, self._token, self._keys) or page
        try:
            self._observe(kind, page)
        except TemporarilyUnavailable as failure:
            logger.warning("unobserved", extra={"reason": str(failure)})

    def believes(self, stamp_text: str, trap: str, score: int) -> bool:
        """Whether a form that bears a score may be a person's; if not, that is observed."""
        stamp = PageStamp.verify(stamp_text, self._token, self._keys)
        if mark := machine_mark(stamp, trap, self.now):
            self._observe(mark, PageStamp(stamp.made if stamp else 0, score))
        return not mark

    def signal(self, signal: Signal) -> None:
        """Take in what a page's script reports. Raises Problem."""
        stamp = PageStamp.verify(signal.page, self._token, self._keys)
        if stamp is None:
            raise Problem("invalid-body", "#/page: send the page field of the form, as it is.")
        self._observe(signal.kind, stamp)

    def _observe(self, kind: Kind, stamp: PageStamp) -> None:
        expires_at = int((self.now + self.wiring.retention).timestamp())
        token = self.to.token
        channel = cast(Channel, token.channel)  # we signed it
        visit = Visit(self.to.response, (), token.dimensions, channel, self.to.locale, expires_at)
        observation = Observation(self.now, kind, stamp.score, stamp.made)
        observed = self.wiring.directory.observe(visit, observation)
        if any(each.kind == "human" for each in observed.observations):
            self._act(observed.verdict)

    def _act(self, verdict: Verdict) -> None:
        if verdict.standing == "machine":
            self.wiring.feedback.doubt(self.to.response, verdict.reason)
        elif verdict.standing == "person" and verdict.score is not None:
            at = verdict.at or self.now
            presumed = answers.response_of(self.wiring, self.to, verdict.score, Answer(), self.to.locale, at)
            self.wiring.feedback.presume(presumed)

    @property
    def _token(self) -> str:
        return self.request.parameter("token")

    @property
    def _keys(self) -> dict[str, str]:
        return dict(self.wiring.token_keys.at(self.now))


def signal(request: Request, wiring: Wiring) -> Reply:
    """POST /v1/responses/{token}/signals: what a page's script saw of a person."""
    said = Signal.model_validate_json(request.beacon())
    to = answers.opened(wiring, request.parameter("token"), request.now)
    if said.kind == "human":  # it may become an answer
        limits.admit(request, wiring, to.survey, to.token)
    Watch(request, wiring, to).signal(said)
    return Reply(204, log={"response": str(to.response), "signal": said.kind})

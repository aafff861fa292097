"""Links in mails: each bears a signed token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hearback.fact import FactId
from hearback.task import Task
from hearback.task_link import task_link
from hearback.token import Token, sign

INVITED = timedelta(days=90)
"""How long an invitation can be answered."""
SUBSCRIBED = timedelta(days=5 * 365)
"""When an unsubscribe link's token ends, as every token does. Nothing looks at it: the link works for ever."""


@dataclass(frozen=True, slots=True)
class Links:
    base_url: str
    keys: Mapping[str, str]
    now: datetime

    def answer(self, response: FactId, contact: str, dimensions: Mapping[str, str], locale: str) -> str:
        """The page on which this response is given or changed."""
        return f"{self.base_url}/a/{self._answering(response, contact, dimensions, locale)}"

    def unsubscribe(self, contact: str, locale: str, survey: str) -> str:
        """Where this contact leaves: a page in the mail's language and brand on GET, at once on RFC 8058's POST."""
        token = Token("unsubscribe", contact, self.now + SUBSCRIBED, locale=locale, survey=survey)
        return f"{self.base_url}/u/{sign(token, self.keys)}"

    def quote(self, response: FactId, contact: str, locale: str) -> str:
        """The page on which somebody says whether their answer may be quoted."""
        token = Token("answer", str(response), self.now + INVITED, contact, channel="mail", locale=locale)
        return f"{self.base_url}/q/{sign(token, self.keys)}"

    def call(self, response: FactId, contact: str, dimensions: Mapping[str, str], locale: str) -> str:
        """Where the person of an answer says how to be called."""
        return f"{self.base_url}/c/{self._answering(response, contact, dimensions, locale)}"

    def task(self, task: Task, holder: str) -> str:
        """The page of a task, for one of the survey's people."""
        return task_link(self.base_url, task, holder, self.now, self.keys)

    def _answering(self, response: FactId, contact: str, dimensions: Mapping[str, str], locale: str) -> str:
        token = Token("answer", str(response), self.now + INVITED, contact, dimensions, "mail", locale)
        return sign(token, self.keys)

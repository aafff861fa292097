"""An announcement: what was done about something that customers asked for, told to those who had asked."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from hearback.announcement_message import BadMessage, Message
from hearback.claim import KEPT, Claim
from hearback.mentions import Mention, Term, mentions
from hearback.response import Response
from hearback.survey import Survey


@dataclass(frozen=True, slots=True)
class Raised:
    """What somebody wrote that raises the matter."""

    words: str
    mentions: Sequence[Mention]
    """Where, in the order of the words; at least one."""


@dataclass(frozen=True, slots=True)
class Announcement:
    id: str
    survey: str
    terms: tuple[Term, ...]
    """What its people mentioned."""
    messages: Mapping[str, Message]
    """By locale of the survey; its default is among them."""
    made_at: datetime

    @classmethod
    def of(cls, survey: Survey, terms: Sequence[Term], messages: Mapping[str, Message], now: datetime) -> Self:
        """The announcement that some messages make. Raises BadMessage if their languages are not the survey's.

        Its id follows from the survey and the messages: whoever has been told is not told again, whatever terms,
        days and categories people are looked for by. A message that was changed is another announcement.
        """
        for locale in messages:
            if locale not in survey.locales:
                raise BadMessage(f"survey {survey.id!r} does not speak {locale!r}; it has: {', '.join(survey.locales)}")
        if survey.locales[0] not in messages:
            raise BadMessage(f"one message must be in {survey.locales[0]!r}, the default language of {survey.id!r}")
        said = {locale: [message.subject, *message.paragraphs] for locale, message in messages.items()}
        written = json.dumps([survey.id, said], ensure_ascii=False, sort_keys=True)
        return cls(hashlib.sha256(written.encode()).hexdigest()[:16], survey.id, tuple(terms), dict(messages), now)

    def raised_in(self, response: Response, survey: Survey) -> Raised | None:
        """What of a response raises the matter: its comment, else what answers a question in words; None if nothing.

        A choice among the survey's is no word of the customer's.
        """
        chosen = {question.id for question in survey.all_questions if question.choices}
        answers = [words for question, words in response.answers.items() if question not in chosen]
        for words in (response.comment, *answers):
            if found := mentions(self.terms, words):
                return Raised(words, found)
        return None

    def locale(self, survey: Survey, *wanted: str) -> str:
        """The locale a person is told in: the one they want, if there is a message in it, else the survey's default."""
        locale = survey.locale_for(*wanted)
        return locale if locale in self.messages else survey.locales[0]

    def claim(self, response: Response) -> Claim:
        """That the response's person is told, whatever else they said.

        Its name has a digest of the person's key and not the key, which must be gone when they are erased.
        """
        person = hashlib.sha256(f"{self.id}/{response.contact}".encode()).hexdigest()[:24]
        about = {"contact": response.contact, "announcement": self.id, "response": str(response.id)}
        return Claim(f"announcement/{self.id}/{person}", about)

    @staticmethod
    def key_item(announcement: str) -> dict[str, str]:
        return {"pk": f"ANNOUNCEMENT#{announcement}", "sk": "ANNOUNCEMENT"}

    def keep_request(self) -> dict[str, Any]:
        """Write it; where it stands already, add its terms to those that people were looked for by before."""
        messages = {
            locale: {"subject": message.subject, "paragraphs": list(message.paragraphs)}
            for locale, message in self.messages.items()
        }
        return {
            "Key": self.key_item(self.id),
            "UpdateExpression": (
                "SET survey = :survey, messages = :messages, made_at = if_not_exists(made_at, :now), "
                "expires_at = :expires ADD terms :terms"
            ),
            "ExpressionAttributeValues": {
                ":survey": self.survey,
                ":messages": messages,
                ":now": self.made_at.isoformat(timespec="milliseconds"),
                ":expires": int((self.made_at + KEPT).timestamp()),
                ":terms": {term.written for term in self.terms},
            },
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        messages = {
            locale: Message(message["subject"], tuple(message["paragraphs"]))
            for locale, message in item["messages"].items()
        }
        return cls(
            id=item["pk"].removeprefix("ANNOUNCEMENT#"),
            survey=item["survey"],
            terms=tuple(map(Term.of, sorted(item["terms"]))),
            messages=messages,
            made_at=datetime.fromisoformat(item["made_at"]).astimezone(UTC),
        )

"""An operation of the OpenAPI document: what a route takes, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collect.problems import Kind

UNREADABLE: tuple[Kind, ...] = ("malformed", "content-type", "body-too-large", "invalid-body")
UNSAYABLE: tuple[Kind, ...] = ("score-out-of-range", "comment-too-long", "unknown-question")
SURVEY: tuple[Kind, ...] = ("unknown-survey", "survey-closed")
LINK: tuple[Kind, ...] = ("token-refused", "token-expired", *SURVEY)


@dataclass(frozen=True, slots=True)
class Answer:
    """One good answer. `reply` is a type of replies.py; a page has none, and some answers have no body."""

    status: int
    meaning: str
    reply: Any = None
    example: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    id: str
    summary: str
    answers: Sequence[Answer]
    refusals: Sequence[Kind] = ()
    body: Any = None
    """A model of bodies.py, or the schema of a form."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """Of the body."""
    content_type: str = "application/json"
    """Of the body."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What each field of the query is for."""

    @property
    def signed(self) -> bool:
        """Whether API Gateway asks for an IAM signature."""
        return self.path.startswith("/v1/machine/")

    @property
    def for_people(self) -> bool:
        """Whether it answers with pages."""
        return self.path.startswith(("/s/", "/a/", "/u/", "/c/", "/q/", "/r/", "/t/"))

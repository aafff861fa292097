"""The survey of every run, and what should follow an answer to it."""

from collections.abc import Mapping

from hearback.nps import Category
from hearback.survey import Survey

OWNERS = ("ann", "ben")
MAILS: Mapping[Category, str] = {"promoter": "thank", "passive": "ask", "detractor": "apologise"}
"""The mail play that follows each category."""
EVENTS: Mapping[Category, str] = {"promoter": "upgrade"}
"""The event play that follows a category."""
TASKS: Mapping[Category, str] = {"detractor": "call"}
"""The task play that follows a category."""
_PEOPLE = {
    "ann": {"name": "Ann Lee", "email": "ann@shop.example"},
    "ben": {"name": "Ben Okafor", "email": "ben@shop.example"},
}


def survey(owner: str) -> Survey:
    """The survey while `owner` has the tasks; the other one is not with the company then."""
    return Survey.model_validate(
        {
            "id": "shop",
            "title": "The shop",
            "question": "Would you recommend us?",
            "brand": {"name": "The Shop"},
            "people": {owner: _PEOPLE[owner]},
            "plays": [
                {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"},
                {"id": "upgrade", "when": {"category": "promoter"}, "what": "event", "event": "upgrade"},
                {"id": "ask", "when": {"category": "passive"}, "what": "mail", "template": "why"},
                {"id": "apologise", "when": {"category": "detractor"}, "what": "mail", "template": "apology"},
                {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": owner},
            ],
        }
    )

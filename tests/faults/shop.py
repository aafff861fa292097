"""The surveys of all runs, and what should follow an answer to them."""

from collections.abc import Mapping

from hearback.nps import Category
from hearback.survey import Survey

OWNERS = ("ann", "ben")
MAILS: Mapping[Category, str] = {"promoter": "thank", "passive": "ask", "detractor": "apologise"}
"""The mail play that follows each category."""
EVENTS: Mapping[Category, str] = {"promoter": "upgrade"}
"""The event play that follows a category."""
COUPONS: Mapping[Category, str] = {"passive": "treat"}
"""The coupon play whose coupon the mail to a category brings."""
TASKS: Mapping[Category, str] = {"detractor": "call"}
"""The task play that follows a category."""
LATER = "remind"
"""The club's mail play that waits an hour."""
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
            "coupons": {"tenth": {"text": "10% off"}},
            "plays": [
                {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"},
                {"id": "upgrade", "when": {"category": "promoter"}, "what": "event", "event": "upgrade"},
                {"id": "ask", "when": {"category": "passive"}, "what": "mail", "template": "why"},
                {
                    "id": "treat",
                    "when": {"category": "passive"},
                    "what": "coupon",
                    "coupon": "tenth",
                    "text": "Come again",
                },
                {"id": "apologise", "when": {"category": "detractor"}, "what": "mail", "template": "apology"},
                {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": owner},
            ],
        }
    )


def club() -> Survey:
    """The survey whose answers bring what falls due: a mail after an hour, a task of an hour, rewards."""
    thanks = {"id": LATER, "when": {"category": "promoter"}, "what": "mail", "template": "thanks", "delay_hours": 1}
    return Survey.model_validate(
        {
            "id": "club",
            "title": "The club",
            "question": "Would you recommend the club?",
            "brand": {"name": "The Club"},
            "people": _PEOPLE,
            "care": [{"owner": "ann", "manager": "ben", "escalate_hours": 1}],
            "ask_again_days": 1,
            "coupons": {"tenth": {"text": "10% off"}, "fifth": {"text": "20% off"}},
            "referral": {
                "target": "https://shop.example/",
                "rewards": {"promoter": "tenth", "friend": "fifth", "after_days": 0},
            },
            "plays": [thanks, {"id": "call", "when": {"category": "detractor"}, "what": "task", "due_hours": 1}],
        }
    )

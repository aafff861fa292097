"""An alert that comes back has told nobody: its cap does not keep the next one."""

from datetime import timedelta

import pytest

from followup import mail_events
from hearback.claim import Claim, play_effect
from hearback.response import Response
from tests.integration.followup_world import CONTEXT, World

TELL = {
    "id": "tell",
    "when": {"score_to": 8},
    "what": "mail",
    "template": "alert",
    "who": "manager",
    "cap_days": 30,
}
PEOPLE = {
    "asha": {"name": "Asha Rao", "email": "asha@shop.example"},
    "mara": {"name": "Mara Lal", "email": "mara@shop.example"},
}
CARE = [{"owner": "asha", "manager": "mara"}]


def come_back(kind: str, response: Response) -> None:
    """As SES tells of the alert about an answer."""
    mail = {"messageId": "m", "tags": {"claim": [Claim(play_effect(str(response.id), "tell")).digest]}}
    event = {"detail": {"eventType": kind, "bounce": {"bounceType": "Permanent"}, "mail": mail}}
    mail_events.handler(event, CONTEXT)


@pytest.mark.parametrize(("kind", "alerts"), [("Bounce", 2), ("Reject", 2), ("Delivery", 1)])
def test_its_cap_is_the_next_one_s(world: World, kind: str, alerts: int) -> None:
    world.apply(TELL, people=PEOPLE, care=CARE, watch={"slips": False})
    ravi = world.customer("Ravi")
    first = world.answer(7, ravi)
    world.settle(first)
    come_back(kind, first)
    world.pass_time(timedelta(days=1))

    world.settle(world.answer(6, ravi))

    assert world.recipients() == ["Mara Lal <mara@shop.example>"] * alerts

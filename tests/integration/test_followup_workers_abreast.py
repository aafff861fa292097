"""Two workers at once with two answers of one person: whose began first need not be whose slot is taken first."""

from datetime import timedelta
from typing import Any

import pytest

from hearback.aws.claims import Claims
from hearback.response import Response
from tests.integration.followup_world import World

THANK = {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"}
SORRY = {"id": "sorry", "when": {"category": "detractor"}, "what": "mail", "template": "apology"}


def overtaken(world: World, response: Response, other: Response) -> None:
    """Follow up on an answer while another worker, which began a moment later, follows up on the other one faster."""
    take = Claims.take
    with world.monkeypatch.context() as patch:

        def taken_late(claims: Claims, *args: Any, **more: Any) -> Any:
            patch.setattr(Claims, "take", take)
            began, world.now = world.now, world.now + timedelta(milliseconds=1)
            world.settle(other)
            world.now = began
            return claims.take(*args, **more)

        patch.setattr(Claims, "take", taken_late)
        world.settle(response)


def test_an_apology_outranks_the_cap_also_if_the_other_mail_began_later(world: World) -> None:
    world.apply(THANK, SORRY, watch={"slips": False})
    ravi = world.customer("Ravi")

    overtaken(world, world.answer(1, ravi), world.answer(10, ravi))

    assert len(world.mails()) == 2


@pytest.mark.parametrize(("days", "mails"), [(0, 2), (7, 1)])
def test_without_a_cap_every_answer_has_its_mail(world: World, days: int, mails: int) -> None:
    world.apply(THANK, mail_cap_days=days)
    ravi = world.customer("Ravi")

    overtaken(world, world.answer(10, ravi), world.answer(9, ravi))

    assert len(world.mails()) == mails

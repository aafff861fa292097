"""What customers are mailed begins as the survey says, and an apology comes from who writes it."""

from typing import Any

from hearback.fact import FactId
from hearback.invitation import Invitation
from tests.integration.followup_world import World

CALL = {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": "asha"}
SORRY: dict[str, Any] = {"id": "sorry", "when": {"category": "detractor"}, "what": "mail", "template": "apology"}
THANK: dict[str, Any] = {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"}


def test_a_mail_play_begins_as_it_says(world: World) -> None:
    world.apply({**THANK, "subject": "You made our day at {brand}", "opening": "A 10 from you: that is something."})
    world.settle(world.answer(10, world.customer("Ravi")))

    (mail,) = world.mails()
    assert (mail["Subject"], mail["From"]) == (
        "You made our day at Chai & Co",
        "Chai & Co <feedback@example.com>",
    )
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "A 10 from you: that is something." in body.get_content()


def test_an_apology_comes_from_whoever_writes_it(world: World) -> None:
    world.apply(CALL, SORRY)
    world.settle(world.answer(2, world.customer("Ravi")))

    (mail,) = [mail for mail in world.mails() if "ravi@" in mail["To"]]
    assert mail["From"] == '"Asha Rao, Chai & Co" <feedback@example.com>'
    assert mail["Reply-To"] == "asha@shop.example"


def test_an_apology_that_nobody_has_the_task_of_comes_from_the_company(world: World) -> None:
    world.apply(SORRY)
    world.settle(world.answer(2, world.customer("Ravi")))

    (mail,) = world.mails()
    assert mail["From"] == "Chai & Co <feedback@example.com>"


def test_an_invitation_begins_as_the_survey_says(world: World) -> None:
    world.apply(invitation={"subject": "Your visit to {brand}"})
    fact = FactId.mint(world.survey.id, 4, world.now)
    asked = Invitation(fact, world.customer("Ravi").key, world.survey.day(world.now), locale="en")
    world.tables.responses.create(asked)

    world.settle(fact, "invitation")

    (mail,) = world.mails()
    assert mail["Subject"] == "Your visit to Chai & Co"

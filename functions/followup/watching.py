"""Watching people: who slips or climbs from one answer to the next is kept for the digest, and told on the bus."""

from dataclasses import dataclass
from datetime import datetime

from followup import repeatable
from followup.running import about
from followup.story import Story
from hearback.aws.bus import Bus, EventKind
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory
from hearback.claim import Claim
from hearback.movement import Movement
from hearback.play import Change

EVENTS: dict[Change, EventKind] = {"slip": "Slip", "climb": "Climb"}


@dataclass(frozen=True, slots=True)
class Watching:
    directory: Directory
    claims: Claims
    bus: Bus
    now: datetime

    def watch(self, story: Story) -> None:
        """Keep and tell that the answer's person moved, if they did.

        Raises EventNotTaken or Busy: to be tried again.
        """
        response, before, change = story.response, story.situation.before, story.situation.change
        if before is None or change is None:
            return
        self.directory.put_movement(Movement(response.id, response.day, before, response.expires_at))
        claim = Claim(f"{change}/{response.id}", {"response": str(response.id)}, repeatable=True)
        if repeatable.take(self.claims, claim, self.now):
            self.bus.put(EVENTS[change], claim.digest, {**about(story), "before": before}, self.now)
            self.claims.settle(claim.digest, "done", self.now)

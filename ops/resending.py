"""Sending a mail again, which an operator knows not to have gone out: by what caused it the first time."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Item
from ops.message_queue import MessageQueue
from ops.terminal import Stop


@dataclass(frozen=True, slots=True)
class Resending:
    directory: Directory
    settle: MessageQueue
    now: datetime

    def way(self, claim: Item) -> Callable[[], str]:
        """What sends the mail of a claim, and then says how. Raises Stop, before anything is done, if nothing can."""
        if "invitation" in claim:
            return self._settling({"invitation": claim["invitation"]})
        if "announcement" in claim:
            return self._settling({"announcement": claim["announcement"], "response": claim["response"]})
        if "response" in claim:
            play = claim.get("play") or claim["effect"].removeprefix(f"{claim['response']}/")
            return self._settling({"response": claim["response"], "play": play})
        if "moment" in claim:
            return self._digest(claim)
        raise Stop(
            f"{claim['effect']} is not sent again by itself; tell its reader what they have missed, then say --sent"
        )

    def _settling(self, message: dict[str, str]) -> Callable[[], str]:
        def send() -> str:
            self.settle.put([json.dumps(message)])
            return "it is in the settle queue, and goes out if its reader may still be mailed"

        return send

    def _digest(self, claim: Item) -> Callable[[], str]:
        """The digest of the period that it was for, unless a newer one has come due since."""
        there = {each.id: each for each in self.directory.subscriptions(claim["survey"])}
        subscription, moment = there.get(claim["subscription"]), datetime.fromisoformat(claim["moment"])
        if subscription is None:
            raise Stop(f"the survey {claim['survey']} has no subscription {claim['subscription']} any more; say --sent")
        if subscription.next_due(moment) <= self.now:
            raise Stop("a newer digest has come due since; say --sent")

        def send() -> str:
            if not self.directory.advance(subscription, moment):
                raise Stop("its due time has just been changed by somebody else; run the same command again")
            return "the next tick sends it, within 15 minutes"

        return send

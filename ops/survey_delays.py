"""What a survey's delayed mails cannot offer any more."""

from collections.abc import Iterator
from datetime import timedelta

from hearback.amendment import MORE_ASKED
from hearback.play import MailPlay
from hearback.response import AMENDABLE
from hearback.survey import Survey

_ASK_FOR_MORE = ("why", "apology")


def late_mails(survey: Survey) -> Iterator[str]:
    """Line by line, the mails that ask to say more when an answer takes no more changes."""
    for play in survey.plays:
        if isinstance(play, MailPlay) and play.template in _ASK_FOR_MORE and play.delay >= MORE_ASKED:
            yield (
                f"play {play.id}: {play.delay_hours} hours after an answer its mail has no button to say more, "
                f"and asks for a reply: answers can be changed for {AMENDABLE // timedelta(hours=1)} hours"
            )

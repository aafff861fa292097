"""Plays whose delay has passed: back into the settle queue, where the worker looks at their answers again."""

from datetime import datetime

from followup.setbacks import Setbacks
from followup.settle_queue import about_play, body, send, tens
from hearback import waiting
from hearback.aws.directory import Directory
from hearback.waiting import WaitingPlay


def queue_due_plays(directory: Directory, settle_queue: str, now: datetime) -> int:
    """Queue what is due, and take from what is due only what the queue took; how many that were.

    A play that is queued twice, because this function died in between, is run once: under its claim.
    Raises SomeFailed once all others are queued.
    """
    queued, setbacks = 0, Setbacks()
    due = setbacks.read(WaitingPlay.from_item, directory.due(waiting.DUE_KIND, now))
    for some in tens(due):
        messages = {body(about_play(each.response, each.play)): [each.key["pk"]] for each in some}
        failed = send(settle_queue, messages)
        for each in some:
            if each.key["pk"] not in failed:
                queued += 1
                with setbacks.kept_apart(play=each.play, response=str(each.response)):
                    directory.end_wait(each)
    setbacks.raise_any()
    return queued

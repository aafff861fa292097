"""Whoever sends a mail is over before another may take it for dead, and that is before its message comes again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hearback.claim import LONGEST_SENDING


def test_no_sender_outlives_what_it_is_taken_for_dead_after(template: Mapping[str, Any]) -> None:
    resources = template["Resources"]
    worker, tick = (resources[name]["Properties"]["Timeout"] for name in ("FollowupWorkerFunction", "TickFunction"))
    hidden = resources["SettleQueue"]["Properties"]["VisibilityTimeout"]

    assert timedelta(seconds=max(worker, tick)) <= LONGEST_SENDING
    # A claim may be as much younger than its message's delivery as the worker runs.
    assert timedelta(seconds=hidden) >= LONGEST_SENDING + timedelta(seconds=worker)

"""A friend's address is kept for the mail that brings their reward, and no longer than an operator wants it sent."""

from datetime import timedelta

import pytest

from hearback.aws.claims import Claims
from hearback.claim import Claim
from hearback.contact import Contact
from hearback.conversion import digest_of
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback

FRIEND = Contact("c" * 32, "ravi@example.com")
REWARD = Claim("reward/0a1b/friend", {"contact": FRIEND.key, "conversion": "order 7"})


@pytest.mark.parametrize("whole", [[REWARD.digest], ["--all-refused", "--why", "MessageRejected", "--yes"]])
def test_a_reward_s_mail_that_counts_as_sent_needs_no_address_any_more(
    hearback: Hearback, tables: Tables, whole: list[str]
) -> None:
    tables.directory.put(FRIEND.keep_request(digest_of("order 7")))
    Claims(tables.directory).take(REWARD, NOW - timedelta(minutes=40))
    Claims(tables.directory).reject(REWARD.digest, NOW, "MessageRejected")

    assert hearback("mail", "resolve", *whole, "--sent").code == 0

    assert tables.people.contact(FRIEND.key) is None

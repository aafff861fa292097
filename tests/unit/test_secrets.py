"""A key that is added to a secret is known wherever it is met, though each process keeps what it has read."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from collect.identity import verify as verify_identity
from collect.page_stamp import PageStamp
from collect.problems import Problem
from hearback.aws.secrets import AGAIN, KEPT, Keys
from hearback.token import Token, TokenRefused, sign, verify
from tests.unit.test_identity import sign as sign_identity

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


@dataclass
class Secret:
    """Plays Secrets Manager with one secret."""

    keys: dict[str, str] = field(default_factory=lambda: {"k1": "first"})
    readings: int = 0

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 (as AWS names it)
        self.readings += 1
        return {"SecretString": json.dumps(self.keys)}

    def process(self) -> Keys:
        return Keys(cast(Any, self), "secret")


def some_token(now: datetime) -> Token:
    return Token("answer", "store.0" + "0" * 26, now + timedelta(days=7))


def rotated() -> tuple[Secret, Keys, Keys]:
    """A secret, a process that began before its second key was added, and one that began after."""
    secret = Secret()
    before, after = secret.process(), secret.process()
    before.at(NOW)
    secret.keys["k2"] = "second"
    return secret, before, after


def test_a_process_verifies_what_another_has_signed_with_a_key_that_is_new() -> None:
    _, before, after = rotated()
    now = NOW + MOMENT
    text = sign(some_token(now), after.at(now))

    assert text.split(".")[1] == "k2"
    assert verify(text, before.at(now), "answer", now) == some_token(now)


def test_a_page_of_one_process_is_believed_by_another_whichever_key_its_link_has() -> None:
    _, before, after = rotated()
    now = NOW + MOMENT
    old = sign(some_token(now), before.at(now))
    stamp = PageStamp.at(now, 9)

    on_old_link = stamp.sign(old, after.at(now))
    assert PageStamp.verify(on_old_link, old, before.at(now)) == stamp

    new = sign(some_token(now), after.at(now))
    on_new_link = stamp.sign(new, after.at(now))
    verify(new, before.at(now), "answer", now)
    assert PageStamp.verify(on_new_link, new, before.at(now)) == stamp


def test_an_identity_is_taken_with_a_key_that_is_new() -> None:
    _, before, _ = rotated()
    text = sign_identity({"sub": "u-17", "exp": NOW.timestamp() + 600}, key_id="k2", key="second")

    assert verify_identity(text, before.at(NOW), NOW).sub == "u-17"


def test_ids_that_nobody_has_made_cost_a_reading_now_and_then() -> None:
    secret = Secret()
    process = secret.process()
    forged = sign(some_token(NOW), {"k9": "a guess"})

    for second in range(int(2 * AGAIN.total_seconds())):
        now = NOW + second * MOMENT
        with pytest.raises(TokenRefused):
            verify(forged, process.at(now), "answer", now)
        with pytest.raises(Problem):
            verify_identity(
                sign_identity({"sub": "u-17", "exp": now.timestamp() + 9}, key_id="k9"), process.at(now), now
            )

    assert secret.readings == 1 + 2


def test_a_new_key_is_found_behind_a_forged_id() -> None:
    secret = Secret()
    process = secret.process()
    process.at(NOW).get("k9")
    secret.keys["k2"] = "second"

    assert "k2" not in process.at(NOW + AGAIN - MOMENT)
    assert process.at(NOW + AGAIN)["k2"] == "second"


def test_known_keys_are_read_every_few_minutes() -> None:
    secret = Secret()
    process = secret.process()

    for moment in (NOW, NOW + KEPT - MOMENT, NOW + KEPT, NOW + KEPT + MOMENT):
        assert dict(process.at(moment)) == {"k1": "first"}

    assert secret.readings == 2

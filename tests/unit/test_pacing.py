"""Each process sends its share, waits no longer than it lives, and keeps away for longer the longer it is throttled."""

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from followup.pacing import FIRST_PAUSE, LONGEST_PAUSE, PATIENCE, Pacer, Turns

FOREVER = float("inf")


@dataclass
class Time:
    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def pacer(time: Time, rate: float = 2.0) -> Pacer:
    return Pacer(rate, lambda: time.now, time.sleep)


@example(rate=0.10000000000000002, gaps=[0.0, 0.0])  # the turn less now is, rounded, more than one mail's time
@given(rate=st.floats(0.1, 50), gaps=st.lists(st.floats(0, 2), min_size=1, max_size=30))
def test_mails_are_never_closer_than_the_rate_allows_and_nobody_waits_longer(rate: float, gaps: list[float]) -> None:
    time = Time()
    paced = pacer(time, rate)
    sent: list[float] = []
    for gap in gaps:
        time.now += gap
        asked = time.now
        assert paced.wait(FOREVER)
        assert time.now == pytest.approx(max(asked, sent[-1] + 1 / rate) if sent else asked)
        sent.append(time.now)
        paced.sent()


def test_a_turn_that_is_not_used_costs_nothing() -> None:
    time = Time()
    paced = pacer(time)

    assert [paced.wait(FOREVER) for _ in range(3)] == [True] * 3
    assert time.slept == []


def test_a_turn_after_the_end_of_the_run_is_refused_without_waiting() -> None:
    time = Time()
    paced = pacer(time)
    paced.sent()

    assert not Turns(paced, time.now + 0.4).wait()
    assert time.slept == []
    assert Turns(paced, time.now + 0.6).wait()
    assert time.slept == [0.5]


def test_a_run_that_is_over_has_no_turn_at_all() -> None:
    time = Time()

    assert not Turns(pacer(time), time.now - 0.001).wait()


def test_pauses_double_up_to_the_longest_and_end_with_the_first_mail_that_is_taken() -> None:
    time = Time()
    paced = pacer(time)
    pauses = []
    for _ in range(12):
        paced.throttled()
        began = time.now
        while not paced.wait(FOREVER):
            time.now += 0.5  # somebody else's work
        pauses.append(time.now - began)
    assert pauses[:4] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert max(time.slept) <= PATIENCE

    paced.sent()
    time.slept.clear()
    paced.wait(FOREVER)

    assert time.slept == [0.5]


def test_a_slow_rate_is_waited_for_however_slow() -> None:
    time = Time()
    paced = pacer(time, rate=0.05)
    paced.sent()

    assert paced.wait(FOREVER)
    assert time.slept == [20.0]

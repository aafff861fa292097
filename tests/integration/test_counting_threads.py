"""Several aggregators count through the embedded emulator at once, each on a thread of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.engine import Engine as Emulator
from local.engine import start_engine
from tests.counting_threads import FACTS, Engine, check, count_on_threads


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    running = start_engine(tmp_path)
    yield running
    running.stop()


def test_threads_that_count_the_same_stream_agree_with_the_facts(emulator: Emulator) -> None:
    seen = count_on_threads(Engine(emulator.client), seed=1)

    check(seen)
    assert seen.records > FACTS

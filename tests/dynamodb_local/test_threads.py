"""Several aggregators count through AWS's own engine at once, each on a thread of its own."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.counting_threads import FACTS, Engine, check, count_on_threads


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_threads_that_count_the_same_stream_agree_with_the_facts(client: Callable[[str], Any], seed: int) -> None:
    seen = count_on_threads(Engine(client), seed)

    check(seen)
    assert seen.records > FACTS

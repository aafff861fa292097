"""The fixture `stack`, for test modules that name this file in `pytest_plugins`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_fixture.running import small_stack

from local.stack import Stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One stack for all tests of a module; each test writes under names of its own."""
    with small_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running

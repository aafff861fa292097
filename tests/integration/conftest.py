"""Fixtures of the tests that run handlers under moto."""

import pytest

from hearback.survey import Survey
from tests.conftest import Tables
from tests.integration.followup_world import World, make_world


@pytest.fixture
def world(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(tables, survey, monkeypatch)

"""Collect answers every route that the template gives it, and no other."""

from collections.abc import Mapping
from typing import Any

from collect import people, programs, referring, task_page, widget_script


def test_the_tables_of_routes_are_the_template_s(template: Mapping[str, Any]) -> None:
    events = template["Resources"]["CollectFunction"]["Properties"]["Events"].values()
    declared = {f"{event['Properties']['Method']} {event['Properties']['Path']}" for event in events}

    answered = {*programs.ROUTES, *people.ROUTES, *widget_script.ROUTES, *referring.ROUTES, *task_page.ROUTES}

    assert declared - answered == {"GET /openapi.json", "HEAD /openapi.json"}
    assert answered - declared == set()

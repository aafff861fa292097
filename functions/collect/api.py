"""Respondents in: pages for people, JSON for programs.

API Gateway has matched the route already and says which in `routeKey`; matching it again with an HTTP
framework's resolver cost 65 to 100 ms of every cold start.
"""

import gc
from typing import Any

from aws_lambda_powertools import Logger

from collect import programs, widget_script
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring, wiring
from hearback import clock

logger = Logger()
gc.freeze()  # what was imported stays, so the collector need never look at it again
gc.enable()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    request = Request(event, clock.now())
    logger.set_correlation_id(request.id)
    reply = _answer(request, wiring())
    logger.info("answered", extra={"route": request.route, "status": reply.status, **reply.log})
    return reply.for_gateway(request)


def _answer(request: Request, wired: Wiring) -> Reply:
    if request.route in programs.ROUTES:
        return programs.answer(request, wired)
    if request.route in widget_script.ROUTES:
        return widget_script.serve(request)
    if request.path.startswith("/r/"):
        from collect import referring  # noqa: PLC0415 - no other route needs it

        return referring.answer(request, wired)
    if request.path.startswith("/t/"):
        from collect import task_page  # noqa: PLC0415 - respondents never need it

        return task_page.answer(request, wired)
    if request.path == "/openapi.json":
        from collect import openapi  # noqa: PLC0415 - nobody else needs every model built

        return openapi.serve()
    from collect import people  # noqa: PLC0415 - pages bring Jinja, 50 ms that programs need not wait for

    return people.answer(request, wired)

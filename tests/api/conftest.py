"""Fuzzing over real HTTP on the local stack. `make test-api` brings what it needs; `make test` goes without it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from typing import Any
from uuid import uuid4

import pytest

from hearback import token as signed
from hearback.aws.coupons import Coupons
from hearback.aws.referrals import Referrals
from hearback.aws.secrets import Keys
from hearback.aws.tasks import Tasks
from hearback.coupon import GrantedCoupon
from hearback.fact import FactId
from hearback.survey import Survey
from hearback.task import Task
from hearback.token import Token
from local.stack import Stack
from ops.deployment import Deployment, on_this_machine

collect_ignore_glob = [] if find_spec("schemathesis") else ["test_*.py"]


@dataclass(frozen=True, slots=True)
class Target:
    """A running stack with the shop's survey, an ended one, and the key that signs its links."""

    url: str
    deployment: Deployment
    keys: Mapping[str, str]

    def token(self, survey: str = "shop", **parts: Any) -> str:
        """A link's token; `parts` are Token's fields."""
        now = self.deployment.now()
        made = {"purpose": "answer", "subject": str(FactId.mint(survey, 4, now)), "expires_at": now + timedelta(days=9)}
        return signed.sign(Token(**{"channel": "mail", **made, **parts}), self.keys)

    def task_token(self) -> str:
        """A link's token for the page of a task that is open."""
        now, response = self.deployment.now(), str(FactId.mint("shop", 4, self.deployment.now()))
        task = Task(Task.id_for(response), "shop", "asha", now, now + timedelta(days=1), frozenset({response}))
        Tasks(self.deployment.directory.table).open_or_join(task, response)
        return self.token(purpose="task", subject=task.id, holder="asha")

    def coupon(self) -> str:
        """A code that can be redeemed."""
        now, reason = self.deployment.now(), str(uuid4())
        wanted = GrantedCoupon.of(self.deployment.survey("shop"), "tenth", "c0ffee", reason, now)
        return Coupons(self.deployment.directory.table, os.urandom).grant(wanted).shown

    def link(self) -> str:
        """The code of a referral link."""
        return Referrals(self.deployment.directory.table).link_of("c0ffee", "shop", self.deployment.now()).shown


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(data=tmp_path_factory.mktemp("stack"), printed=lambda _: None) as running:
        yield running


@pytest.fixture
def target(stack: Stack, survey: Survey) -> Target:
    deployment = on_this_machine(stack.url)
    parts = {
        "limits": {"answers_from_one_address": 1_000_000},  # every request comes from this machine
        "coupons": {"tenth": {"text": "10% off"}},
        "referral": {"target": "https://shop.example/"},
        "plays": [{"id": "ask", "when": {}, "what": "testimonial", "text": "May we quote you?"}],
    }
    survey = Survey.model_validate({**survey.model_dump(exclude_defaults=True), **parts})
    deployment.directory.put_survey(survey, deployment.now())
    deployment.directory.put_survey(survey.model_copy(update={"id": "ended", "status": "closed"}), deployment.now())
    keys = Keys(deployment.client("secretsmanager"), deployment.output("TokenSecret"))
    return Target(stack.url, deployment, keys.at(deployment.now()))

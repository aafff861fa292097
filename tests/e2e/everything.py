"""Everything the product does, once, on a running stack: every route, every effect, and what goes wrong on the way.

Whoever adds a route, an effect or a permission adds here what uses it: test_roles.py says what is missing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from hearback.judging import READING
from local.aws_calls import UNANSWERED, AwsCall, Fate
from local.example import signed_identity
from local.stack import Stack
from tests.e2e.conftest import Command
from tests.e2e.link_traffic import Got, Links, http_request, send_form

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SETTLED = timedelta(minutes=3)
TICK = timedelta(minutes=15)
SIGNED = "AWS4-HMAC-SHA256 Credential=any/20260301/eu-west-1/execute-api/aws4_request"


@dataclass
class Watcher:
    """Keeps what functions asked of AWS and which routes answered; loses the answer to a mail if that is wanted."""

    calls: list[AwsCall] = field(default_factory=list)
    routes: set[str] = field(default_factory=set)
    loses_answers: bool = False

    def call(self, call: AwsCall) -> Fate | None:
        if call.done:
            self.calls.append(call)
        return UNANSWERED if self.loses_answers and call.done and call.operation == "SendEmail" else None

    def printed(self, line: str) -> None:
        """The stack prints each answer as `200 GET /s/{survey}`."""
        if answered := re.fullmatch(r"[23]\d\d ([A-Z]+ /\S*)", line):
            self.routes.add(answered[1])


@dataclass
class Everything:
    stack: Stack
    watcher: Watcher
    folder: Path
    hearback: Command = field(init=False)

    def __post_init__(self) -> None:
        self.hearback = Command(self.stack)

    def happen(self) -> None:
        self.stack.set_time(MONDAY)
        self.hearback("survey", "apply", "surveys/store.yaml", "surveys/product.yaml")
        self.pages_are_looked_at()
        self.a_visitor_answers_on_the_page()
        self.a_known_visitor_answers_by_widget()
        self.customers_are_invited()
        self.one_of_them_answers_by_link()
        self.that_one_asks_to_be_called_and_is()
        self.one_of_them_leaves()
        self.somebody_only_looks()
        self.a_machine_clicks()
        self.another_system_records_answers_while_ses_is_busy()
        self.a_task_changes_hands()
        self.a_task_ends_with_its_reason_and_is_there_again()
        self.a_customer_slips_without_a_word()
        self.a_promoter_brings_a_friend()
        self.a_promoter_is_quoted_and_thinks_better_of_it()
        self.a_passive_comes_back()
        self.the_answer_to_a_mail_is_lost()
        self.something_foreign_is_written()
        self.weeks_pass_while_ses_is_busy()
        self.who_was_called_is_asked_again()

    def pages_are_looked_at(self) -> None:
        for method in ("GET", "HEAD"):
            for path in ("/widget.js", "/openapi.json", "/s/store"):
                self._ask(method, path)
        self._ask("OPTIONS", "/v1/surveys/product/tokens", Origin="https://app.plotline.example")

    def a_visitor_answers_on_the_page(self) -> None:
        page = self._ask("GET", "/s/store?touchpoint=till")
        self.stack.advance(READING)
        send_form(self.stack, page, score="9")

    def a_known_visitor_answers_by_widget(self) -> None:
        secret = self.stack.client("secretsmanager").get_secret_value(SecretId=self.stack.outputs["IdentitySecret"])
        visitor = signed_identity("nia@example.com", json.loads(secret["SecretString"]), self.stack.now())
        asked = self._json("POST", "/v1/surveys/product/tokens", {"identity": visitor, "channel": "widget"})
        token = asked["token"]
        self._json("POST", "/v1/surveys/product/responses", {"token": token, "score": 8})
        self._json("PATCH", f"/v1/responses/{token}", {"score": 3, "comment": "It is slow."})
        self._settle()

    def customers_are_invited(self) -> None:
        guests = self.folder / "guests.csv"
        names = ("ravi@example.com", "meera@example.com", "bounce@simulator.amazonses.com")
        guests.write_text("\n".join(["email", *names, ""]), encoding="utf-8")
        self.hearback("invite", str(guests), "--survey", "store", "--email", "email")
        self._settle()

    def one_of_them_answers_by_link(self) -> None:
        [mail] = self.stack.mails(to="ravi@")
        link = self._link(mail.body("html") or "", r'(/a/[\w.~-]+\?score=2[^"]*)"')
        self._ask("HEAD", link)
        page = self._ask("GET", link)
        self.stack.advance(READING)
        send_form(self.stack, page, score="2")
        self._settle()

    def that_one_asks_to_be_called_and_is(self) -> None:
        apology = self.stack.mails(to="ravi@")[-1]
        call = self._link(apology.body("plain") or "", r"(/c/[\w.~-]+)")
        self._ask("HEAD", call)
        form = self._ask("GET", call)
        self.stack.advance(READING)
        assert send_form(self.stack, form, phone="+353 1 555 0123", when="tomorrow").status == 200
        [notice] = self.stack.mails(to="farah@")
        task = self._link(notice.body("plain") or "", r"(/t/[\w.~-]+)")
        self._ask("HEAD", task)
        later = self.stack.now() + timedelta(days=2)
        self._fill_in(task, "take")
        self._fill_in(task, "note", text="Nobody answers before noon.")
        self._fill_in(task, "reschedule", day=f"{later:%Y-%m-%d}", time="15:00")
        self._fill_in(task, "close", outcome="resolved", cause="service", text="Called him.")
        self._pass(TICK)
        assert {"Task Opened", "Task Closed"} <= {event["detail-type"] for event in self.stack.events()}

    def one_of_them_leaves(self) -> None:
        [mail] = self.stack.mails(to="meera@")
        leave = self._link(mail.message["List-Unsubscribe"], r"(/u/[\w.~-]+)")
        self._ask("HEAD", leave)
        self._ask("GET", leave)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert self._ask("POST", leave, "List-Unsubscribe=One-Click", **form).status == 200

    def somebody_only_looks(self) -> None:
        """A page that was seen by a person, and never confirmed: its answer is presumed, and counted in time."""
        links = Links.invited(self.stack)
        links.get(7)
        self.stack.advance(READING)
        for kind in ("seen", "human"):
            assert links.signal(kind).status < 300
        self._settle()

    def a_machine_clicks(self) -> None:
        """A page that seemed to be seen by a person, until a machine came with the same token."""
        links = Links.invited(self.stack)
        links.get(7)
        links.signal("human")
        for score in range(11):
            links.get(score)
        self._settle()

    def another_system_records_answers_while_ses_is_busy(self) -> None:
        self.stack.faults(mail_throttle=1)
        answer = {"survey": "store", "score": 1, "email": "tara@example.com", "idempotency_key": "order 7"}
        self._json("POST", "/v1/machine/responses", answer, Authorization=SIGNED)
        self._settle()
        self._settle()  # it has gone to the end of the queue
        assert len(self.stack.mails(to="tara@")) == 1

    def a_task_changes_hands(self) -> None:
        task = self.hearback.json("tasks", "list", "--survey", "store")[0]
        self.hearback("tasks", "assign", task["task"], "lakshmi@sabrang.example")
        self._pass(TICK)
        self._settle()
        assert len(self.stack.mails(to="lakshmi@")) == 1

    def a_task_ends_with_its_reason_and_is_there_again(self) -> None:
        self._record("store", 0, "yan@example.com")
        task = self.hearback.json("tasks", "list", "--survey", "store")[-1]
        for command in (["exclude"], ["include", "--follow-up"]):
            self.hearback("responses", command[0], task["responses"][0], *command[1:])
            self._settle()
            self._pass(TICK)
        told = [event["detail"] for event in self.stack.events() if event["detail"].get("task") == task["task"]]
        assert [each.get("outcome", "") for each in told] == ["", "withdrawn", ""]

    def a_customer_slips_without_a_word(self) -> None:
        """Told on the bus and in the digest; and a play waits two days for words."""
        for order, name, score in ((1, "vik", 9), (2, "vik", 8), (3, "wes", 7)):
            key = {"idempotency_key": f"visit {order}"}
            answer = {"survey": "store", "score": score, "email": f"{name}@example.com", **key}
            self._json("POST", "/v1/machine/responses", answer, Authorization=SIGNED)
            self._settle()
        self._pass(timedelta(hours=48))
        self._pass(TICK)
        self._settle()
        told = [event["detail-type"] for event in self.stack.events()]
        assert {"Play", "Slip"} <= set(told)

    def a_promoter_brings_a_friend(self) -> None:
        self._record("product", 10, "pia@example.com")
        [mail] = self.stack.mails(to="pia@")
        link = self._link(mail.body("plain") or "", r"(/r/[0-9A-Z-]{11})")
        for method in ("HEAD", "GET"):
            self._ask(method, link)
        sale = {"code": link.removeprefix("/r/"), "reference": "order 9", "value": "120.00", "currency": "EUR"}
        self._json("POST", "/v1/machine/conversions", {**sale, "customer": "quinn@example.com"}, Authorization=SIGNED)
        self._pass(timedelta(days=15))
        self._pass(TICK)
        self._settle()
        assert [mail.message["Subject"] for mail in self.stack.mails(to="quinn@")] == ["Welcome to Plotline"]

    def a_promoter_is_quoted_and_thinks_better_of_it(self) -> None:
        self._record("product", 10, "rosa@example.com", comment="It draws what I mean.")
        [mail] = self.stack.mails(to="rosa@")
        page = self._link(mail.body("plain") or "", r"(/q/[\w.~-]+)")
        self._ask("HEAD", page)
        for filled in ({"words": "It draws what I mean.", "consent": "yes"}, {}):
            form = self._ask("GET", page)
            self.stack.advance(READING)
            send_form(self.stack, form, **filled)

    def a_passive_comes_back(self) -> None:
        self._record("store", 8, "sami@example.com")
        [mail] = self.stack.mails(to="sami@")
        code = self._link(mail.body("plain") or "", r"\s{3}([0-9A-Z]{5}-[0-9A-Z]{5})\s")
        redeemed = f"/v1/machine/coupons/{code}/redemptions"
        self._json("POST", redeemed, {"reference": "till 7/118"}, Authorization=SIGNED)

    def _fill_in(self, task: str, step: str, **filled: str) -> None:
        """Send one of the forms on a task's page."""
        page = self._ask("GET", task)
        self.stack.advance(READING)
        form = next(part for part in page.text.split("<form") if f'name="do" value="{step}"' in part)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)) | filled
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert self._ask("POST", task, urlencode(fields), **headers).status == 303

    def _record(self, survey: str, score: int, email: str, **said: str) -> None:
        answer = {"survey": survey, "score": score, "email": email, **said}
        self._json("POST", "/v1/machine/responses", answer, Authorization=SIGNED)
        self._settle()

    def the_answer_to_a_mail_is_lost(self) -> None:
        """And no event comes, so that an operator has to look."""
        self.watcher.loses_answers = True
        answer = {"survey": "store", "score": 10, "email": "uma@example.com", "idempotency_key": "order 8"}
        self._json("POST", "/v1/machine/responses", answer, Authorization=SIGNED)
        self._settle()
        self.watcher.loses_answers = False
        self._pass(TICK)
        self._pass(TICK)

    def something_foreign_is_written(self) -> None:
        item = {"pk": {"S": "not ours"}, "sk": {"S": "-"}}
        self.stack.client("dynamodb").put_item(TableName=self.stack.outputs["FeedbackTable"], Item=item)
        self._settle()

    def weeks_pass_while_ses_is_busy(self) -> None:
        """Digests come due; the first is throttled and comes with the next tick."""
        self.stack.faults(mail_throttle=1)
        self._pass(timedelta(days=7))
        self._pass(TICK)

    def who_was_called_is_asked_again(self) -> None:
        self._pass(timedelta(days=31))
        self._settle()
        assert self.stack.mails(to="ravi@", since=self.stack.now() - timedelta(days=1))

    def _pass(self, span: timedelta) -> None:
        self.stack.advance(span)
        self.stack.wait_until_idle()

    def _settle(self) -> None:
        self.stack.wait_until_idle()
        self._pass(SETTLED)

    def _ask(self, method: str, path: str, body: Any = None, **headers: str) -> Got:
        got = http_request(self.stack, method, path, body, **headers)
        assert got.status < 400, f"{method} {path}: {got.status} {got.text}"
        return got

    def _json(self, method: str, path: str, body: Mapping[str, Any], **headers: str) -> Any:
        return json.loads(
            self._ask(method, path, json.dumps(body), **{"Content-Type": "application/json"}, **headers).text
        )

    def _link(self, text: str, pattern: str) -> str:
        found = re.search(pattern, text)
        assert found
        return found[1].replace("&amp;", "&")

"""`hearback digest`: any period's digest, and numbers that are those of `hearback report`."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError

from hearback.aws.claims import Claims
from hearback.claim import Claim
from hearback.period import Every
from hearback.subscription import Subscription
from hearback.tally import add_request, tally_key
from ops.deployment import Deployment
from ops.terminal import Stop
from tests.conftest import NOW, Tables
from tests.unit.conftest import Ended, Hearback

WEEK = ("2026-02-25", "2026-03-03")
"""The seven days before today."""


def subscribe(tables: Tables, every: Every = "week", **scope: str) -> Subscription:
    made = Subscription(
        "shop",
        "asha",
        "Asha Rao",
        "asha@shop.example",
        scope,
        NOW.weekday(),
        9,
        "Asia/Kolkata",
        NOW + timedelta(days=7),
        every=every,
        day=NOW.day,
        since=NOW - timedelta(days=300),
    )
    tables.people.put_subscription(made)
    return made


@pytest.fixture
def answers(tables: Tables) -> None:
    """Counts of two months, of the whole and of two stores, different on each day."""
    for place in range(60):
        day = f"{(NOW - timedelta(days=place)).date()}"
        whole = {"|s10": 60 + place, "|s8": 20, "|s3": 9 + place % 7, "|invited": 300, "|answered": 80 + place}
        store = {
            "pune|s10": 40 + place,
            "pune|s0": 9 + place % 5,
            "pune|invited": 90,
            "pune|answered": 50,
            "delhi|s9": 20,
        }
        tables.tally.update(add_request(*tally_key("shop", "all", day), whole))
        tables.tally.update(add_request(*tally_key("shop", "store", day), store))


def text_of(ended: Ended) -> str:
    return " ".join(str(ended.json["text"]).split())


def printed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize(
    ("every", "first", "last", "before"),
    [
        ("day", "2026-03-03", "2026-03-03", "2026-03-02..2026-03-02"),
        ("week", *WEEK, "2026-02-18..2026-02-24"),
        ("month", "2026-02-04", "2026-03-03", "2026-01-04..2026-02-03"),
    ],
)
@pytest.mark.parametrize("store", ["", "pune"])
def test_a_digest_has_the_numbers_of_the_report(
    hearback: Hearback, tables: Tables, every: Every, first: str, last: str, before: str, store: str
) -> None:
    subscribe(tables, every, **({"store": store} if store else {}))

    digest = hearback("digest", "preview", "shop", "asha", "--json")
    days = ("--from", first, "--to", last, "--against", before)
    report = hearback("report", "--survey", "shop", *days, "--by", "store", "--json").json

    numbers = report["by"][store] if store else report
    change = numbers["change"] if store else report["against"]["change"]
    low, high = map(printed, numbers["interval"])
    invited = numbers["invitations"]
    told = text_of(digest)
    assert (digest.json["first"], digest.json["last"]) == (first, last)
    assert (
        f"Net Promoter Score: {printed(numbers['nps'])} 95% interval: {low} to {high}, "
        f"from {numbers['responses']:,} answers"
    ) in told
    percent = {name: f"{100 * numbers[name] / numbers['responses']:.0f}%" for name in ("promoters", "detractors")}
    assert f"Promoters: {numbers['promoters']:,} ({percent['promoters']})" in told
    assert f"Detractors: {numbers['detractors']:,} ({percent['detractors']})" in told
    assert f"Of {invited['invited']:,} people invited, {invited['answered']:,} have answered so far" in told
    assert f"({100 * invited['response_rate']:.0f}%)" in told
    assert " ".join(f"{score}: {count:,}" for score, count in reversed([*enumerate(numbers["scores"])])) in told
    assert ("more than chance" in told) == change["significant"]
    assert printed(abs(change["points"])) in told


@pytest.mark.usefixtures("answers")
def test_a_digest_of_any_days_can_be_looked_at(hearback: Hearback, tables: Tables) -> None:
    subscribe(tables)

    digest = hearback("digest", "preview", "shop", "asha", "--to", "2026-01-31", "--json")

    assert (digest.json["first"], digest.json["last"]) == ("2026-01-25", "2026-01-31")
    assert "Sun 25 January to Sat 31 January 2026" in digest.json["subject"]


def test_a_digest_that_would_be_left_out_says_so(hearback: Hearback, tables: Tables, tmp_path: Path) -> None:
    subscribe(tables)
    page = tmp_path / "digest.html"

    shown = hearback("digest", "preview", "shop", "asha", "--html", str(page))
    sent = hearback("digest", "send", "shop", "asha")

    assert "It would not be sent: nobody has answered for so long" in shown.err
    assert "Nobody answered." in page.read_text(encoding="utf-8")
    assert sent.code == 2
    assert "it is paused: nobody has answered" in sent.err


class TestSending:
    @pytest.fixture
    def claims(self, tables: Tables) -> Claims:
        return Claims(tables.directory)

    @pytest.fixture
    def asha(self, tables: Tables, answers: None) -> Subscription:
        return subscribe(tables)

    @staticmethod
    def claim_of(subscription: Subscription) -> Claim:
        return Claim(f"digest/shop/{subscription.id}/2026-02-25..2026-03-03")

    @pytest.mark.parametrize(
        ("becomes", "said"),
        [
            ("done", "Sent to Asha Rao <asha@shop.example>"),
            ("refused", "Not sent: SES refused it. See: hearback mail refused"),
            ("claimed", "Perhaps sent: SES has not said so."),
            ("", "Not sent now; the next tick tries again."),
        ],
    )
    def test_says_what_became_of_this_digest_whatever_else_the_tick_sent(
        self,
        hearback: Hearback,
        claims: Claims,
        asha: Subscription,
        monkeypatch: pytest.MonkeyPatch,
        becomes: str,
        said: str,
    ) -> None:
        def tick(*_: object) -> dict[str, int]:
            """Others were due as well."""
            claim = self.claim_of(asha)
            if becomes:
                claims.take(claim, NOW)
            if becomes == "done":
                claims.settle(claim.digest, "done", NOW, "ses-1")
            elif becomes == "refused":
                claims.reject(claim.digest, NOW, "MessageRejected")
            return {"digests": 1}

        monkeypatch.setattr(Deployment, "invoke", tick)

        assert said in hearback("digest", "send", "shop", "asha").out

    def test_what_was_sent_before_is_not_sent_and_moves_no_due_time(
        self, hearback: Hearback, tables: Tables, claims: Claims, asha: Subscription
    ) -> None:
        claims.take(self.claim_of(asha), NOW)
        claims.settle(self.claim_of(asha).digest, "done", NOW, "ses-1")

        assert "has been sent already" in hearback("digest", "send", "shop", "asha").out
        assert hearback("digest", "send", "shop", "asha", "--json").json == {"to": asha.email, "sent": False}
        assert tables.people.subscriptions("shop") == [asha]

    def test_is_told_although_other_work_of_the_tick_failed(
        self, hearback: Hearback, claims: Claims, asha: Subscription, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def tick(*_: object) -> None:
            claims.take(self.claim_of(asha), NOW)
            claims.settle(self.claim_of(asha).digest, "done", NOW, "ses-1")
            raise Stop("TickFunction failed: reminders")

        monkeypatch.setattr(Deployment, "invoke", tick)

        ended = hearback("digest", "send", "shop", "asha")

        assert "Sent to Asha Rao" in ended.out
        assert "TickFunction failed: reminders" in ended.err


def test_a_function_whose_answer_is_late_is_not_run_twice(deployment: Deployment) -> None:
    runs = []

    def found(**_: object) -> Any:
        named = {"StackResourceDetail": {"PhysicalResourceId": "tick"}}
        return AWSResponse("https://cloudformation", 200, HTTPHeaders(), None), named

    def late(**_: object) -> None:
        runs.append("invoked")
        raise ReadTimeoutError(endpoint_url="https://lambda")

    deployment.session.events.register("before-call.cloudformation", found)
    deployment.session.events.register("before-send.lambda", late)

    with pytest.raises(ReadTimeoutError):
        deployment.invoke("TickFunction")

    assert runs == ["invoked"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shop", "nobody"), "survey 'shop' has no subscription 'nobody'; it has: asha"),
        (("gone", "asha"), "no survey 'gone' is applied; there are: shop"),
        (("shop", "asha", "--to", "yesterday"), "--to takes a day such as 2025-03-31"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_there_is(
    hearback: Hearback, tables: Tables, arguments: tuple[str, ...], said: str
) -> None:
    subscribe(tables)

    ended = hearback("digest", "preview", *arguments)

    assert ended.code == 2
    assert said in ended.err

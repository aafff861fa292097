"""`hearback mail`: what is in doubt or was refused, and what becomes of it when an operator has decided."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest

from followup.escalating import MANAGER, Occasion, reminder_claim
from hearback import clock
from hearback.aws.claims import Claims
from hearback.aws.referrals import Referrals
from hearback.claim import Claim, forget_request
from hearback.conversion import Conversion
from hearback.fact import FactId
from hearback.play import Coupon, Referral, Rewards
from hearback.response import Answer, Response
from hearback.subscription import Subscription
from hearback.task import Closing, Task
from hearback.task_news import joined_claim
from ops.deployment import Deployment
from tests.conftest import NOW, Tables
from tests.unit.conftest import Ended, Hearback

THANKS = Claim("shop.2ABC/thank", {"contact": "c" * 32, "response": "shop.2ABC"})
INVITATION = Claim("invitation/shop.2DEF", {"contact": "c" * 32, "invitation": "shop.2DEF"})
NOTICE = Claim("task-notice/t1", {"task": "t1"})
MONDAY = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
DIGEST = Claim("digest/shop/asha/2026-02-23", {"survey": "shop", "subscription": "asha", "moment": MONDAY.isoformat()})


@dataclass
class Post:
    """Claims as senders left them, and what an operator has queued."""

    tables: Tables
    monkeypatch: pytest.MonkeyPatch

    @property
    def claims(self) -> Claims:
        return Claims(self.tables.directory)

    def left(self, *claims: Claim) -> None:
        """Their senders died a quarter of an hour ago."""
        for place, claim in enumerate(claims):
            self.claims.take(claim, NOW - timedelta(minutes=40 - place))

    def refused(self, claim: Claim, note: str = "MessageRejected") -> None:
        self.claims.take(claim, NOW)
        self.claims.reject(claim.digest, NOW, note)

    def state(self, claim: Claim) -> str:
        return str((self.claims.get(claim.digest) or {})["state"])

    def pass_time(self, span: timedelta) -> None:
        self.monkeypatch.setattr(clock, "now", lambda: NOW + span)

    def queued(self) -> list[dict[str, Any]]:
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName="SettleQueue")["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]


@pytest.fixture
def post(deployment: Deployment, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> Post:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="SettleQueue")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
    return Post(tables, monkeypatch)


def resolve(hearback: Hearback, claim: Claim, decision: str) -> Ended:
    return hearback("mail", "resolve", claim.digest, decision)


def test_mails_are_in_doubt_before_and_after_the_tick_has_marked_them(hearback: Hearback, post: Post) -> None:
    post.left(THANKS, INVITATION)
    post.claims.settle(THANKS.digest, "doubtful", NOW)

    listed = hearback("mail", "doubtful", "--json").json

    assert [(mail["effect"], mail["state"]) for mail in listed] == [
        (THANKS.effect, "doubtful"),
        (INVITATION.effect, "claimed"),
    ]
    assert listed[0]["since"] == (NOW - timedelta(minutes=40)).isoformat()
    assert listed[1]["about"] == {"invitation": "shop.2DEF", "contact": "c" * 32}


def test_a_mail_that_is_being_sent_is_in_no_doubt_yet(hearback: Hearback, post: Post) -> None:
    post.claims.take(THANKS, NOW - timedelta(minutes=14))

    assert hearback("mail", "doubtful", "--json").json == []
    early = resolve(hearback, THANKS, "--send-again")

    assert early.code == 2
    assert "is being sent" in early.err
    assert post.state(THANKS) == "claimed"


def test_the_lists_print_what_to_do_next(hearback: Hearback, post: Post) -> None:
    assert "No mail is in doubt" in hearback("mail", "doubtful").err
    assert "No mail was refused" in hearback("mail", "refused").err
    post.left(THANKS)
    post.refused(NOTICE)

    doubtful, refused = hearback("mail", "doubtful"), hearback("mail", "refused")

    assert THANKS.digest[:12] in doubtful.out
    assert THANKS.effect in doubtful.out
    assert "MessageRejected" in refused.out
    assert "hearback mail resolve" in doubtful.err


def test_a_mail_that_went_out_is_left_alone(hearback: Hearback, post: Post) -> None:
    post.left(THANKS)

    assert resolve(hearback, THANKS, "--sent").code == 0

    assert post.state(THANKS) == "done"
    assert hearback("mail", "doubtful", "--json").json == []
    assert post.queued() == []


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (THANKS, {"response": "shop.2ABC", "play": "thank"}),
        (INVITATION, {"invitation": "shop.2DEF"}),
    ],
)
def test_a_mail_that_did_not_is_queued_and_its_claim_is_to_be_had_once_more(
    hearback: Hearback, post: Post, claim: Claim, message: dict[str, str]
) -> None:
    post.left(claim)

    assert resolve(hearback, claim, "--send-again").code == 0

    assert post.queued() == [message]
    assert [post.claims.take(claim, NOW) for _ in range(2)] == [None, "claimed"]


def test_until_it_is_taken_it_stays_listed_and_may_be_queued_again(hearback: Hearback, post: Post) -> None:
    post.left(THANKS)
    for _ in range(2):
        assert resolve(hearback, THANKS, "--send-again").code == 0

    (listed,) = hearback("mail", "doubtful", "--json").json
    assert listed["why"] == "to be sent again since 2026-03-04 10:30"
    assert len(post.queued()) == 2  # one claim: one mail


def test_a_refused_mail_can_be_sent_when_the_cause_is_mended(hearback: Hearback, post: Post) -> None:
    post.refused(THANKS)

    assert resolve(hearback, THANKS, "--send-again").code == 0

    assert hearback("mail", "refused", "--json").json == []
    assert post.claims.take(THANKS, NOW) is None


class TestAllThatWereRefused:
    """As after a day on which the sender was not verified."""

    ANOTHER = Claim("invitation/shop.2GHI", {"contact": "d" * 32, "invitation": "shop.2GHI"})

    @pytest.fixture(autouse=True)
    def refused(self, post: Post) -> None:
        post.left(THANKS)
        for claim in (INVITATION, self.ANOTHER):
            post.refused(claim)

    def test_are_sent_again_by_one_command_each_once(self, hearback: Hearback, post: Post) -> None:
        ended = hearback("mail", "resolve", "--all-refused", "--send-again", "--yes")

        assert (ended.code, ended.out.strip()) == (0, "2 to be sent again, 0 not")
        queued = sorted(message["invitation"] for message in post.queued())
        assert queued == ["shop.2DEF", "shop.2GHI"]
        assert hearback("mail", "refused", "--json").json == []
        assert post.claims.take(INVITATION, NOW) is None
        assert post.state(THANKS) == "claimed"  # in doubt: it may have gone out
        repeated = hearback("mail", "resolve", "--all-refused", "--send-again", "--yes", "--json")
        assert (repeated.json["decided"], post.queued()) == (0, [])

    def test_may_be_left_alone_instead(self, hearback: Hearback, post: Post) -> None:
        assert hearback("mail", "resolve", "--all-refused", "--sent", "--yes").code == 0

        assert (hearback("mail", "refused", "--json").json, post.queued()) == ([], [])
        assert (post.state(INVITATION), post.state(THANKS)) == ("done", "claimed")

    def test_are_not_those_that_came_back_unless_they_are_meant(self, hearback: Hearback, post: Post) -> None:
        came_back = Claim("shop.2MNO/tell", {"response": "shop.2MNO"})
        post.refused(came_back, "bounced")

        assert hearback("mail", "resolve", "--all-refused", "--send-again", "--yes", "--json").json["decided"] == 2
        assert post.state(came_back) == "refused"
        again = ("mail", "resolve", "--all-refused", "--why", "bounced", "--send-again", "--yes", "--json")
        assert hearback(*again).json == {"state": "again", "decided": 1, "left": []}
        assert {"response": "shop.2MNO", "play": "tell"} in post.queued()

    def test_may_be_those_of_one_reason(self, hearback: Hearback, post: Post) -> None:
        post.refused(Claim("invitation/shop.2JKL", {"invitation": "shop.2JKL"}), "BadAddress")

        hearback("mail", "resolve", "--all-refused", "--why", "badaddress", "--send-again", "--yes")

        assert post.queued() == [{"invitation": "shop.2JKL"}]

    def test_one_that_cannot_be_sent_stays_and_keeps_no_other_back(self, hearback: Hearback, post: Post) -> None:
        post.refused(NOTICE)

        ended = hearback("mail", "resolve", "--all-refused", "--send-again", "--yes")

        assert (ended.code, len(post.queued())) == (1, 2)
        assert "2 to be sent again, 1 not" in ended.out
        assert "1: its task is closed; say --sent" in ended.err
        assert [mail["effect"] for mail in hearback("mail", "refused", "--json").json] == [NOTICE.effect]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--all-refused", "--send-again"], "this is about 2 mails; say --yes"),
            (["--all-refused", INVITATION.digest, "--sent"], "give either the DIGEST of a mail or --all-refused"),
            (["--sent"], "give either the DIGEST of a mail or --all-refused"),
            ([INVITATION.digest, "--sent", "--why", "bounced"], "--why goes with --all-refused"),
        ],
    )
    def test_are_decided_by_nobody_who_does_not_say_so(
        self, hearback: Hearback, post: Post, arguments: list[str], words: str
    ) -> None:
        ended = hearback("mail", "resolve", *arguments)

        assert (ended.code, post.queued()) == (2, [])
        assert words in ended.err
        assert len(hearback("mail", "refused", "--json").json) == 2


class TestAReward:
    REWARD = Claim("reward/0a1b/friend", {"contact": "c" * 32, "conversion": "order 7"})

    @pytest.fixture
    def paid(self, post: Post) -> Referrals:
        """A conversion whose rewards were paid, but nobody knows whether the friend got the mail."""
        referral = Referral(target="https://shop.example/", rewards=Rewards(friend="tenth", after_days=0))
        coupons = {"tenth": Coupon.model_validate({"text": "10% off"})}
        people = {"promoter": "a" * 32, "customer": "c" * 32}
        value = Decimal(120)
        sale = Conversion.of(
            referral, "shop", "C", coupons=coupons, reference="order 7", value=value, now=NOW, **people
        )
        referrals = Referrals(post.tables.directory)
        referrals.record(sale)
        referrals.begin_to_pay("order 7", NOW)
        referrals.paid("order 7")
        post.left(self.REWARD)
        return referrals

    def test_names_whose_it_is_and_is_due_again(self, hearback: Hearback, post: Post, paid: Referrals) -> None:
        [listed] = hearback("mail", "doubtful", "--json").json
        assert listed["about"] == {"conversion": "order 7", "contact": "c" * 32}

        ended = resolve(hearback, self.REWARD, "--send-again")

        assert "the next tick sends it" in ended.out
        assert post.state(self.REWARD) == "again"
        assert [item["pk"] for item in post.tables.people.due("reward", NOW)] == ["CONVERSION#order 7"]

    def test_of_an_erased_person_is_not_sent_again(self, hearback: Hearback, post: Post, paid: Referrals) -> None:
        post.tables.directory.update(forget_request(self.REWARD.digest, "c" * 32))

        ended = resolve(hearback, self.REWARD, "--send-again")

        assert (ended.code, post.state(self.REWARD)) == (2, "claimed")
        assert "had their data erased; say --sent" in ended.err


@pytest.mark.parametrize("decision", ["--sent", "--send-again"])
def test_what_is_resolved_is_not_resolved_again(hearback: Hearback, post: Post, decision: str) -> None:
    post.left(THANKS)
    post.claims.settle(THANKS.digest, "done", NOW, "ses-1")  # an event came late

    ended = resolve(hearback, THANKS, decision)

    assert ended.code == 2
    assert "is settled already, since 2026-03-04 10:30 UTC" in ended.err
    assert post.queued() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["0" * 40, "--sent"], "is in doubt or was refused; see: hearback mail doubtful"),
        (["", "--sent"], "is in doubt or was refused"),
        ([THANKS.digest], "say either --sent or --send-again"),
        ([THANKS.digest, "--sent", "--send-again"], "say either --sent or --send-again"),
        ([NOTICE.digest, "--send-again"], "its task is closed; say --sent"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    hearback: Hearback, post: Post, arguments: list[str], words: str
) -> None:
    post.left(THANKS, NOTICE)
    before = hearback("mail", "doubtful", "--json").json

    ended = hearback("mail", "resolve", *arguments)

    assert ended.code == 2
    assert words in ended.err
    assert hearback("mail", "doubtful", "--json").json == before
    assert post.queued() == []


def test_the_beginning_of_a_digest_names_a_mail_if_it_names_only_one(hearback: Hearback, post: Post) -> None:
    names = [Claim(f"shop.2ABC/{number}", {"response": "shop.2ABC"}) for number in range(17)]
    post.left(*names)  # of 17 two begin alike
    first = next(digit for digit in "0123456789abcdef" if sum(name.digest[0] == digit for name in names) > 1)

    many = hearback("mail", "resolve", first, "--sent")
    one = hearback("mail", "resolve", names[0].digest[:12].upper(), "--sent")

    assert (many.code, one.code) == (2, 0)
    assert f"mails begin with '{first}'; give more" in many.err
    assert post.state(names[0]) == "done"


class TestADigest:
    @pytest.fixture
    def weekly(self, post: Post) -> Subscription:
        """Asha's, of Monday; it has moved on to the next."""
        due_at = MONDAY + timedelta(days=7)
        made = Subscription("shop", "asha", "Asha Rao", "asha@shop.example", {}, 0, 9, "Asia/Kolkata", due_at)
        post.tables.people.put_subscription(made)
        post.left(DIGEST)
        return made

    def test_is_due_again_for_its_own_period(self, hearback: Hearback, post: Post, weekly: Subscription) -> None:
        ended = resolve(hearback, DIGEST, "--send-again")

        assert "the next tick sends it" in ended.out
        (due,) = post.tables.people.subscriptions("shop")
        assert due.period_at(due.last_due(NOW), due.zone) == weekly.period_at(MONDAY, weekly.zone)
        assert post.claims.take(DIGEST, NOW) is None

    def test_is_not_when_a_newer_one_has_come_due(self, hearback: Hearback, post: Post, weekly: Subscription) -> None:
        post.pass_time(timedelta(days=7))

        ended = resolve(hearback, DIGEST, "--send-again")

        assert "a newer digest has come due since" in ended.err
        assert post.state(DIGEST) == "claimed"

    def test_is_not_when_nobody_reads_it_any_more(self, hearback: Hearback, post: Post, weekly: Subscription) -> None:
        post.tables.people.delete_subscription(weekly)

        assert "has no subscription asha any more" in resolve(hearback, DIGEST, "--send-again").err


class TestOfATask:
    @pytest.fixture
    def task(self, post: Post) -> Task:
        """Of Asha, overdue for an hour; her manager has heard of it as well."""
        made = Task("t1", "shop", "asha", NOW - timedelta(days=1), NOW - timedelta(hours=1), frozenset({"shop.1"}))
        post.tables.tasks.open_or_join(made, "shop.1")
        post.tables.tasks.told(made, MANAGER)
        return made

    def told(self, post: Post) -> int:
        found = post.tables.tasks.get("t1")
        assert found is not None
        return found.told

    @pytest.mark.parametrize(("occasion", "told"), [("overdue", 0), ("escalated", 1)])
    def test_a_reminder_is_due_again_for_its_own_reader(
        self, hearback: Hearback, post: Post, task: Task, occasion: Occasion, told: int
    ) -> None:
        reminder = reminder_claim(task, occasion)
        post.left(reminder)

        assert "the next tick sends it" in resolve(hearback, reminder, "--send-again").out

        assert self.told(post) == told
        assert post.claims.take(reminder, NOW) is None
        assert post.queued() == []

    def test_a_notice_is_queued_by_its_task(self, hearback: Hearback, post: Post, task: Task) -> None:
        post.refused(NOTICE)

        assert resolve(hearback, NOTICE, "--send-again").code == 0

        assert post.queued() == [{"task": "t1"}]
        assert post.claims.take(NOTICE, NOW) is None

    def test_news_are_queued_by_their_task_unless_there_is_newer(self, hearback: Hearback, post: Post) -> None:
        given = Response(FactId.mint("shop", 4, NOW), 2, NOW, "2026-03-04", contact="c1")
        post.tables.responses.create(given)
        made = Task("t2", "shop", "asha", NOW, NOW + timedelta(hours=1), frozenset({str(given.id)}), "c1")
        post.tables.tasks.open_or_join(made, str(given.id))
        news = []
        for score in (3, 4):
            changed = post.tables.responses.amend(given.id, Answer(score=score), NOW + timedelta(minutes=score))
            assert changed
            news.append(joined_claim(made, [changed]))
            post.refused(news[-1])

        assert [resolve(hearback, claim, "--send-again").code for claim in news] == [2, 0]
        assert post.queued() == [{"task": "t2"}]

    @pytest.mark.parametrize("since", ["rescheduled", "assigned", "closed"])
    def test_what_is_over_by_now_is_not_sent_again(
        self, hearback: Hearback, post: Post, task: Task, since: str
    ) -> None:
        mail = NOTICE if since == "assigned" else reminder_claim(task, "overdue")
        post.left(mail)
        tasks = post.tables.tasks
        match since:
            case "rescheduled":
                tasks.reschedule(task.id, NOW + timedelta(days=1))
            case "assigned":
                tasks.assign(task, "dev", NOW)
            case "closed":
                tasks.close(task, Closing(NOW, "asha", "resolved", "price"), None, timedelta(0))

        ended = resolve(hearback, mail, "--send-again")

        assert (ended.code, post.state(mail), post.queued()) == (2, "claimed", [])
        assert "say --sent" in ended.err


def test_doctor_tells_of_both_kinds(hearback: Hearback, post: Post, deployment: Deployment) -> None:
    from ops import doctor

    post.left(THANKS, INVITATION)
    post.refused(NOTICE)

    found = [(finding.verdict, finding.found, finding.do) for finding in doctor.mails(deployment)]

    assert found == [
        ("warn", "2 may not have gone out", "hearback mail doubtful"),
        ("warn", "1 will not go out as they are", "hearback mail refused"),
    ]

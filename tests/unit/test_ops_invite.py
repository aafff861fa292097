"""`hearback invite`: everybody who may be asked is, once; everybody else is listed with the reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from botocore.exceptions import ClientError

from hearback.contact import Suppression, contact_key
from hearback.invitation import Invitation
from hearback.survey import Dimension, Survey
from ops import cli, mail_account
from ops.deployment import Deployment
from ops.finding import Finding
from tests.conftest import NOW, Tables
from tests.unit.conftest import Ended, Hearback

ASHA = contact_key("asha@example.com", {"k1": "the key of ContactSecret"}, address=True)
Invite = Callable[..., Ended]


@pytest.fixture
def guests(hearback: Hearback, tmp_path: Path) -> Invite:
    """Writes a guest list and invites from it to the shop's survey."""

    def run(content: str, *options: str) -> Ended:
        (tmp_path / "guests.csv").write_text(content, encoding="utf-8")
        return hearback("invite", str(tmp_path / "guests.csv"), "--survey", "shop", "--json", *options)

    return run


def invitations(tables: Tables) -> list[Invitation]:
    items = tables.feedback.client.scan(TableName=tables.feedback.name)["Items"]
    keys = [{"pk": item["pk"]["S"], "sk": item["sk"]["S"]} for item in items]
    return [Invitation.from_item(item) for item in tables.feedback.get_many(keys)]


def reasons(ended: Ended) -> list[tuple[int, str]]:
    return [(skipped["row"], skipped["reason"]) for skipped in ended.json["skipped"]]


def test_a_guest_becomes_a_contact_and_an_invitation(guests: Invite, tables: Tables) -> None:
    ended = guests(
        "email,who,call,speaks,branch\nAsha@Example.com,Asha Rao,+91 00000 00000,hi,pune\n",
        *("--name", "who", "--phone", "call", "--locale", "speaks", "--dimension", "store=branch"),
    )
    [invitation] = invitations(tables)
    contact = tables.people.contact(ASHA)
    assert (ended.code, ended.json["invited"]) == (0, 1)
    assert (invitation.contact, invitation.day, invitation.locale) == (ASHA, "2026-03-04", "hi")
    assert invitation.dimensions == {"store": "pune"}
    assert contact is not None
    assert (contact.email, contact.name, contact.phone) == ("Asha@Example.com", "Asha Rao", "+91 00000 00000")


def test_a_sender_that_cannot_send_is_told_of_before_anybody_is_invited(
    guests: Invite, deployment: Deployment, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sender = replace(deployment, outputs={**deployment.outputs, "Sender": "care@shop.example"})
    monkeypatch.setattr(cli, "in_aws", lambda stack: with_sender)

    ended = guests("email\nasha@example.com\n")

    assert (ended.code, len(invitations(tables))) == (0, 1)  # it waits for whoever mends it
    assert "warning no mail goes out until this is mended: neither care@shop.example nor" in ended.err
    assert "create-email-identity" in ended.err


def test_nobody_hears_of_the_sender_where_all_is_well_or_ses_may_not_be_asked(
    guests: Invite, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sender = replace(deployment, outputs={**deployment.outputs, "Sender": "care@shop.example"})
    monkeypatch.setattr(cli, "in_aws", lambda stack: with_sender)
    verified = Finding("sender", "ok", "care@shop.example is verified")
    monkeypatch.setattr(mail_account, "sender", lambda deployment: iter([verified]))
    assert "warning" not in guests("email\nasha@example.com\n").err

    def refused(deployment: Deployment) -> NoReturn:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetEmailIdentity")

    monkeypatch.setattr(mail_account, "sender", refused)
    assert guests("email\nravi@example.com\n").json["invited"] == 1


def test_only_an_empty_cell_is_none(guests: Invite, tables: Tables, survey: Survey) -> None:
    regions = {"region": Dimension(values=["NA", "EU"])}
    tables.people.put_survey(survey.model_copy(update={"dimensions": regions}), NOW)
    ended = guests(
        "email,who,where\nasha@example.com,Null,NA\nravi@example.com,,\nmeera@example.com,Meera,N/A\n",
        *("--name", "who", "--dimension", "region=where"),
    )
    contact = tables.people.contact(ASHA)
    assert contact is not None
    assert contact.name == "Null"
    assert sorted(each.dimensions.get("region", "") for each in invitations(tables)) == ["", "NA"]
    assert reasons(ended) == [(4, "'N/A' is not a declared value of 'region'")]


def test_nobody_is_asked_twice_within_the_quiet_period(
    guests: Invite, tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "email\nasha@example.com\n"
    guests(content)
    again = guests(content)
    assert (again.code, reasons(again)) == (0, [(2, "asked within the quiet period")])
    assert len(invitations(tables)) == 1
    monkeypatch.setattr("hearback.clock.now", lambda: NOW + timedelta(days=survey.quiet_days))
    assert guests(content).json["invited"] == 1


def test_whom_another_survey_asked_lately_is_not_asked_and_the_same_survey_is_not_in_its_own_way(
    guests: Invite, tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    often: Any = survey.model_copy(update={"quiet_days": 0})
    tables.people.put_survey(often, NOW)
    tables.people.put_survey(survey.model_copy(update={"id": "cafe"}), NOW)
    content = "email\nasha@example.com\n"
    monkeypatch.setattr("hearback.clock.now", lambda: NOW)
    assert [guests(content).json["invited"] for _ in range(2)] == [1, 1]

    assert reasons(guests(content, "--survey", "cafe")) == [(2, "asked by another survey lately (apart_days)")]

    monkeypatch.setattr("hearback.clock.now", lambda: NOW + timedelta(days=survey.apart_days))
    assert guests(content, "--survey", "cafe").json["invited"] == 1


def test_a_sample_is_the_same_people_every_time(guests: Invite, tables: Tables, survey: Survey) -> None:
    some: Any = survey.model_copy(update={"sample": 50, "quiet_days": 0})
    tables.people.put_survey(some, NOW)
    content = "email\n" + "".join(f"guest{number}@example.com\n" for number in range(20))

    first, second = guests(content), guests(content)

    assert first.code == 0
    assert 0 < first.json["invited"] < 20
    assert {reason for _, reason in reasons(first)} == {"sampled out: the survey asks only some"}
    assert reasons(second) == reasons(first)


def test_who_invites_in_quiet_hours_is_told_when_the_mails_go_out(
    hearback: Hearback, tables: Tables, survey: Survey, tmp_path: Path
) -> None:
    tables.people.put_survey(survey.model_copy(update={"quiet_hours": (12 * 60, 20 * 60)}), NOW)  # 16:00 in India
    (tmp_path / "guests.csv").write_text("email\nasha@example.com\n", encoding="utf-8")

    ended = hearback("invite", str(tmp_path / "guests.csv"), "--survey", "shop")

    assert "These are quiet hours (Asia/Kolkata)" in ended.err


def test_whoever_left_is_not_asked(guests: Invite, tables: Tables) -> None:
    tables.people.suppress(Suppression(ASHA, "unsubscribe", NOW))
    ended = guests("email\nasha@example.com\nravi@example.com\n")
    assert ended.json["invited"] == 1
    [(row, reason)] = reasons(ended)
    assert row == 2
    assert reason.startswith("suppressed")


def test_rows_that_are_wrong_are_listed_and_the_others_invited(guests: Invite) -> None:
    ended = guests(
        "email,name,branch\nnobody,A,pune\nravi@example.com,B,mumbai\n"
        f"asha@example.com,{'x' * 201},pune\nmeera@example.com,C,pune\nMEERA@example.com,C,pune\n",
        *("--name", "name", "--dimension", "store=branch"),
    )
    assert (ended.code, ended.json["invited"]) == (1, 1)
    assert reasons(ended) == [
        (2, "'nobody' is not an e-mail address"),
        (3, "'mumbai' is not a declared value of 'store'"),
        (4, "--name has 201 characters; at most 200 are kept"),
        (6, "the same address is on row 5"),
    ]


def test_an_open_quote_keeps_nobody_else_from_being_invited(guests: Invite) -> None:
    ended = guests('email,name\nasha@example.com,"Asha\nravi@example.com,Ravi\nmeera@example.com,"Meera"\n')
    assert (ended.code, ended.json["invited"]) == (1, 2)
    [(row, reason)] = reasons(ended)
    assert row == 2
    assert reason.startswith("line 2: a quote is not closed")


def test_whom_no_mail_can_reach_is_not_invited(guests: Invite, tables: Tables) -> None:
    ended = guests("email\njosé@example.com\nravi@exämple.example\n")
    assert (ended.code, ended.json["invited"]) == (1, 1)
    assert reasons(ended) == [(2, "'josé@example.com': not an address that mail can be sent to")]
    assert len(invitations(tables)) == 1


def test_nothing_is_written_for_a_guest_who_is_not_asked(guests: Invite, tables: Tables) -> None:
    guests("email,name\nasha@example.com,Asha\n", "--name", "name")
    guests("email,name\nasha@example.com,Somebody else\n", "--name", "name")
    contact = tables.people.contact(ASHA)
    assert contact is not None
    assert contact.name == "Asha"


def test_a_closed_survey_asks_nobody(guests: Invite, tables: Tables, survey: Survey) -> None:
    closed: Any = survey.model_copy(update={"status": "closed"})
    tables.people.put_survey(closed, NOW)
    ended = guests("email\nasha@example.com\n")
    assert ended.code == 2
    assert "is closed" in ended.err
    assert invitations(tables) == []


def test_a_person_reads_who_was_not_invited_and_why(hearback: Hearback, tmp_path: Path) -> None:
    (tmp_path / "guests.csv").write_text("email\nasha@example.com\nnobody\n", encoding="utf-8")
    ended = hearback("invite", str(tmp_path / "guests.csv"), "--survey", "shop")
    assert "1 invited, 1 not" in ended.out
    assert "'nobody' is not an e-mail address" in ended.out

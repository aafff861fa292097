"""`hearback import`: good rows go in once, bad rows go to the rejects file with number and reason."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hearback.contact import Contact, contact_key
from hearback.response import Response
from hearback.survey import Survey
from tests.conftest import NOW, Tables
from tests.unit.conftest import Ended, Hearback

Import = Callable[..., Ended]


@pytest.fixture
def history(hearback: Hearback, tmp_path: Path) -> Import:
    """Writes a file and imports it into the shop's survey."""

    def run(content: str | bytes, *options: str) -> Ended:
        (tmp_path / "old.csv").write_bytes(content.encode() if isinstance(content, str) else content)
        return hearback("import", str(tmp_path / "old.csv"), "--survey", "shop", "--score", "score", "--json", *options)

    return run


def responses(tables: Tables) -> list[Response]:
    items = tables.feedback.client.scan(TableName=tables.feedback.name)["Items"]
    keys = [{"pk": item["pk"]["S"], "sk": item["sk"]["S"]} for item in items]
    found = [Response.from_item(item) for item in tables.feedback.get_many(keys)]
    return sorted(found, key=lambda response: (response.answered_at, response.score))


def rejected(folder: Path) -> list[tuple[int, str]]:
    with (folder / "old.csv.rejects.csv").open(encoding="utf-8", newline="") as file:
        return [(int(row["row"]), row["reason"]) for row in csv.DictReader(file)]


def counts(ended: Ended) -> dict[str, Any]:
    return {name: count for name, count in ended.json.items() if count}


def test_a_row_becomes_a_response_with_all_it_says(history: Import, tables: Tables) -> None:
    ended = history(
        "score,why,mail,branch,when\n9,Lovely shop,Asha@Example.com,pune,2025-11-03T18:40:00+05:30\n",
        *("--comment", "why", "--email", "mail", "--dimension", "store=branch", "--at", "when"),
    )
    [response] = responses(tables)
    key = contact_key("asha@example.com", {"k1": "the key of ContactSecret"}, address=True)
    contact = tables.people.contact(key)
    assert ended.code == 0
    assert (response.score, response.comment, response.channel) == (9, "Lovely shop", "import")
    assert response.dimensions == {"store": "pune"}
    assert (response.answered_at, response.day) == (datetime(2025, 11, 3, 13, 10, tzinfo=UTC), "2025-11-03")
    assert response.id.month == "2025-11"
    assert (response.contact, response.follow_up) == (key, False)
    assert contact is not None
    assert contact.email == "Asha@Example.com"


def test_importing_a_file_twice_changes_nothing(history: Import, tables: Tables) -> None:
    content = "score\n9\n9\n3\n"
    assert counts(history(content)) == {"read": 3, "stored": 3}
    before = responses(tables)
    assert counts(history(content)) == {"read": 3, "already_there": 3}
    assert responses(tables) == before


def test_importing_a_file_again_brings_back_nothing_of_a_person_who_was_erased(
    history: Import, hearback: Hearback, tables: Tables
) -> None:
    content, options = (
        "score,why,mail\n2,My doctor was late,anna@example.com\n",
        ("--comment", "why", "--email", "mail"),
    )
    history(content, *options)
    assert hearback("erase", "anna@example.com", "--yes", "--json").json["removed"]["contact details"] == 1

    assert counts(history(content, *options)) == {"read": 1, "already_there": 1}

    there = hearback("erase", "anna@example.com", "--dry-run", "--json").json["there"]
    assert set(there.values()) == {0}


def test_an_import_that_was_stopped_before_a_contact_was_kept_keeps_it_when_it_runs_again(
    history: Import, tables: Tables
) -> None:
    content, options = "score,mail\n2,anna@example.com\n", ("--email", "mail")
    history(content, *options)
    [response] = responses(tables)
    tables.directory.delete({"Key": Contact.key_item(response.contact)})

    history(content, *options)

    assert tables.people.contact(response.contact) == Contact(response.contact, "anna@example.com")


def test_with_ids_a_longer_export_adds_only_its_new_rows(history: Import, tables: Tables) -> None:
    history("id,score\na,9\nb,3\n", "--id", "id")
    assert counts(history("id,score\nc,7\nb,3\na,9\n", "--id", "id")) == {"read": 3, "stored": 1, "already_there": 2}


def test_with_ids_nothing_counts_again_when_the_survey_moves_to_another_time_zone(
    history: Import, tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, options = "id,score,when\na,9,2025-11-03T23:30\n", ("--id", "id", "--at", "when")
    history(content, *options)
    before = responses(tables)
    tables.people.put_survey(survey.model_copy(update={"time_zone": "Europe/London"}), NOW)
    monkeypatch.setattr("hearback.clock.now", lambda: NOW + timedelta(hours=1))  # what a command keeps of it is old

    assert counts(history(content, *options)) == {"read": 1, "already_there": 1}
    assert responses(tables) == before


def test_an_answer_of_a_periods_last_hour_is_found_in_that_period(
    history: Import, tables: Tables, survey: Survey
) -> None:
    history("score,when\n9,2025-11-30T23:59\n", "--at", "when")
    end = datetime(2025, 12, 1, tzinfo=survey.zone)
    assert len(tables.responses.newest("shop", survey.shards, ["2025-11"], 10, end)) == 1


def test_a_file_imported_without_times_is_told_to_count_today(history: Import) -> None:
    assert "Without --at they count on the day of the import, 2026-03-04" in history("score\n9\n").err
    assert "Without --at" not in history("score\n9\n").err  # nothing new was stored
    assert "Without --at" not in history("score,when\n9,2025-11-03\n", "--at", "when").err


def test_follow_up_and_the_other_tools_id_of_a_person_are_kept(history: Import, tables: Tables) -> None:
    history("score,user\n2,u-1\n3,u-1\n", "--contact", "user", "--follow-up")
    first, second = responses(tables)
    assert first.contact == second.contact != ""
    assert first.follow_up


def test_a_person_is_known_by_the_address_and_without_one_by_the_other_tools_id(
    history: Import, tables: Tables
) -> None:
    history("score,user,mail\n2,u-1,asha@example.com\n3,u-1,\n", "--contact", "user", "--email", "mail")
    keys = {"k1": "the key of ContactSecret"}
    by_address, by_id = contact_key("asha@example.com", keys, address=True), contact_key("u-1", keys, address=False)
    assert [each.contact for each in responses(tables)] == [by_address, by_id]


def test_other_words_for_silence_can_be_named(history: Import, tmp_path: Path) -> None:
    ended = history("id,score\na,skipped\nb,NA\n", "--id", "id", "--na", "Skipped")
    assert counts(ended)["no_answer"] == 1
    assert [row for row, _ in rejected(tmp_path)] == [3]


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"NPS\n9\n", [], "its columns are: NPS"),
        (b"score\n\xe9\n", [], "Try --encoding"),
        (b"score\n9\n", ["--dimension", "colour=score"], "it has: touchpoint, store"),
        (b"score\n9\n", ["--dimension", "store"], "NAME=COL"),
        (b"score\n9\n", ["--survey", "nowhere"], "there are: shop"),
    ],
)
def test_what_makes_the_whole_file_useless_is_told_with_what_to_try(
    history: Import, tables: Tables, content: bytes, options: list[str], words: str
) -> None:
    ended = history(content, *options)
    assert (ended.code, ended.out) == (2, "")
    assert words.lower() in ended.err.lower()
    assert responses(tables) == []


def test_good_rows_go_in_and_bad_ones_to_the_rejects_file(history: Import, tables: Tables, tmp_path: Path) -> None:
    ended = history("id,score\na,9\nb,11\nc,\na,3\nd,8\n", "--id", "id")
    assert ended.code == 1
    assert ended.json == {
        "read": 5,
        "stored": 2,
        "already_there": 0,
        "no_answer": 1,
        "rejected": 2,
        "rejects": str(tmp_path / "old.csv.rejects.csv"),
    }
    assert [response.score for response in responses(tables)] == [8, 9]
    assert rejected(tmp_path) == [
        (3, "'11' is not a whole score from 0 to 10"),
        (5, "the id 'a' is already on row 2"),
    ]
    assert "old.csv.rejects.csv" in ended.err


def test_no_answer_disappears_in_a_comment_whose_quote_was_left_open(
    history: Import, tables: Tables, tmp_path: Path
) -> None:
    content = 'id,score,why\nQ1,9,x\nQ2,8,"unclosed\nQ3,7,fine\nQ4,0,"awful"\n'
    ended = history(content, "--id", "id", "--comment", "why")
    assert (ended.code, counts(ended)["stored"], counts(ended)["rejected"]) == (1, 3, 1)
    assert [(each.score, each.comment) for each in responses(tables)] == [(0, "awful"), (7, "fine"), (9, "x")]
    [(row, reason)] = rejected(tmp_path)
    assert row == 3
    assert reason.startswith("line 3: a quote is not closed")


@pytest.mark.parametrize("names", ["id,score,why,user", "row,score,reason,user"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_rejects_are_corrected_in_their_file_and_imported_with_the_same_options(
    history: Import, hearback: Hearback, tables: Tables, tmp_path: Path, names: str, encoding: str
) -> None:
    row, _, why, user = names.split(",")
    given = ("--survey", "shop", "--score", "score", "--id", row, "--comment", why, "--contact", user)
    content = f"{names}\n-1,9,gut,+91\n-2,11,=schön;,+92\n"
    options = (*given[4:], "--encoding", encoding)
    history(content.encode(encoding), *options)
    rejects = tmp_path / "old.csv.rejects.csv"
    rejects.write_bytes(rejects.read_bytes().replace(b",11,", b",3,"))

    again = hearback("import", str(rejects), *given, "--encoding", encoding, "--json")

    assert (again.code, counts(again)) == (0, {"read": 1, "stored": 1})
    corrected = responses(tables)
    assert [(each.score, each.comment) for each in corrected] == [(3, "=schön;"), (9, "gut")]
    right = history(content.replace(",11,", ",3,").encode(encoding), *options)
    assert counts(right) == {"read": 2, "already_there": 2}  # so the ids were those of the file itself
    assert [each.contact for each in responses(tables)] == [
        contact_key(each, {"k1": "the key of ContactSecret"}, address=False) for each in ("+92", "+91")
    ]
    assert not rejects.exists()  # what the first run rejected is in


def test_whoever_has_rows_rejected_is_told_how_to_bring_them_in_without_counting_others_again(history: Import) -> None:
    content = "id,score\na,9\nb,11\n"
    by_place, by_id = history(content), history(content, "--id", "id")
    assert "Correct them there and import that file with the same options." in by_place.err
    assert "all of it would count again" in by_place.err
    assert "Correct them there" in by_id.err
    assert "count again" not in by_id.err


@pytest.mark.parametrize("before", ["11", ""], ids=["rejected", "no answer"])
def test_a_row_that_was_not_taken_leaves_its_id_to_a_better_one(
    history: Import, tables: Tables, before: str, tmp_path: Path
) -> None:
    history(f"id,score\na,{before}\na,4\na,5\n", "--id", "id")
    assert [response.score for response in responses(tables)] == [4]
    assert rejected(tmp_path)[-1] == (4, "the id 'a' is already on row 3")


def test_the_rejects_file_cannot_be_the_file_itself(history: Import, tmp_path: Path) -> None:
    ended = history("score\n11\n", "--rejects", str(tmp_path / "old.csv"))
    assert ended.code == 2
    assert (tmp_path / "old.csv").read_text() == "score\n11\n"

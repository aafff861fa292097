"""`hearback survey`: what applying stores, keeps and refuses."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hearback import clock
from hearback.aws.directory import UnknownSurvey
from hearback.task import Task
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback

SURVEY = """\
id: cafe
title: Your visit
question: How likely are you to recommend us?
time_zone: Asia/Kolkata
brand: {{ name: Chai }}
dimensions:
  store: {{ values: [{values}] }}
people:
  asha: {{ name: Asha Rao, email: asha@shop.example }}
subscriptions:
  - {{ id: weekly, to: asha, weekday: {weekday}, hour: 9 }}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cafe.yaml"


def write(file: Path, values: str = "pune", weekday: str = "monday") -> str:
    file.write_text(SURVEY.format(values=values, weekday=weekday), encoding="utf-8")
    return str(file)


def test_a_new_survey_is_applied_with_its_digests(hearback: Hearback, tables: Tables, file: Path) -> None:
    ended = hearback("survey", "apply", write(file))
    [digest] = tables.people.subscriptions("cafe")
    assert ended.code == 0
    assert digest.due_at == datetime(2026, 3, 9, 3, 30, tzinfo=UTC)  # Monday, nine o'clock in Kolkata
    assert "Mon 09 Mar 2026, 09:00 IST" in ended.out


def test_applying_again_changes_nothing_and_says_so(hearback: Hearback, file: Path) -> None:
    hearback("survey", "apply", write(file))
    assert hearback("survey", "apply", str(file)).out == "cafe unchanged\n"


def test_what_changed_is_shown(hearback: Hearback, file: Path) -> None:
    hearback("survey", "apply", write(file))
    ended = hearback("survey", "apply", write(file, values="pune, delhi"), "--json")
    assert ended.json == {"cafe": ["+ dimensions.store.values.delhi: delhi"]}


def test_a_digest_that_is_due_stays_due_when_the_survey_is_applied_again(
    hearback: Hearback, tables: Tables, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearback("survey", "apply", write(file))
    [before] = tables.people.subscriptions("cafe")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=30))
    hearback("survey", "apply", write(file, values="pune, delhi"))
    assert tables.people.subscriptions("cafe") == [before]


def test_a_digest_with_another_weekday_gets_another_due_time(hearback: Hearback, tables: Tables, file: Path) -> None:
    hearback("survey", "apply", write(file))
    hearback("survey", "apply", write(file, weekday="friday"))
    [digest] = tables.people.subscriptions("cafe")
    assert digest.due_at == datetime(2026, 3, 6, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "due"),
    [
        ("every: day", datetime(2026, 3, 5, 3, 30, tzinfo=UTC)),
        ("every: week, weekday: friday", datetime(2026, 3, 6, 3, 30, tzinfo=UTC)),
        ("every: month, day: 15", datetime(2026, 3, 15, 3, 30, tzinfo=UTC)),
        ("every: month", datetime(2026, 4, 1, 3, 30, tzinfo=UTC)),
    ],
)
def test_a_digest_can_come_every_day_week_or_month(
    hearback: Hearback, tables: Tables, file: Path, rhythm: str, due: datetime
) -> None:
    write(file)
    file.write_text(file.read_text(encoding="utf-8").replace("weekday: monday", rhythm), encoding="utf-8")
    assert hearback("survey", "apply", str(file)).code == 0
    [digest] = tables.people.subscriptions("cafe")
    assert digest.due_at == due


def test_a_digest_begins_anew_with_another_scope_and_no_other_change(
    hearback: Hearback, tables: Tables, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearback("survey", "apply", write(file))
    later = NOW + timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    hearback("survey", "apply", write(file, weekday="friday"))
    [same] = tables.people.subscriptions("cafe")
    scoped = file.read_text(encoding="utf-8").replace("to: asha", "to: asha, scope: { store: pune }")
    file.write_text(scoped, encoding="utf-8")
    hearback("survey", "apply", str(file))
    [other] = tables.people.subscriptions("cafe")
    assert (same.since, other.since) == (NOW, later)
    assert other.due_at == same.due_at


def test_a_digest_that_is_no_longer_in_the_file_is_no_longer_sent(
    hearback: Hearback, tables: Tables, file: Path
) -> None:
    hearback("survey", "apply", write(file))
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("subscriptions:")], encoding="utf-8")
    hearback("survey", "apply", str(file))
    assert tables.people.subscriptions("cafe") == []


def test_shards_can_grow_but_not_shrink(hearback: Hearback, file: Path) -> None:
    for shards, code in ((8, 0), (4, 2), (16, 0)):
        write(file)
        file.write_text(file.read_text(encoding="utf-8") + f"shards: {shards}\n", encoding="utf-8")
        assert hearback("survey", "apply", str(file)).code == code
    assert hearback("survey", "show", "cafe", "--json").json["shards"] == 16


def test_nothing_is_applied_unless_every_file_is_valid(hearback: Hearback, tables: Tables, file: Path) -> None:
    bad = file.with_name("bad.yaml")
    bad.write_text("id: bad\ntitel: x\n", encoding="utf-8")
    ended = hearback("survey", "apply", write(file), str(bad))
    assert ended.code == 2
    assert f"{bad}:2: titel: is not a field" in ended.err
    with pytest.raises(UnknownSurvey):
        tables.people.survey("cafe", NOW)


def test_mistakes_can_be_read_by_a_machine(hearback: Hearback, file: Path) -> None:
    file.write_text("id: bad\ntitel: x\n", encoding="utf-8")
    ended = hearback("survey", "apply", str(file), "--json")
    assert ended.code == 2
    [unknown] = [mistake for mistake in ended.json["mistakes"] if mistake["path"] == "titel"]
    assert (unknown["file"], unknown["line"]) == (str(file), 2)


def test_list_and_show(hearback: Hearback) -> None:
    assert [survey["id"] for survey in hearback("survey", "list", "--json").json] == ["shop"]
    assert hearback("survey", "show", "shop", "--json").json["brand"]["name"] == "Chai & Co"
    assert "Chai & Co" in hearback("survey", "show", "shop").out


def test_an_unknown_survey_names_those_there_are(hearback: Hearback) -> None:
    ended = hearback("survey", "show", "sohp")
    assert ended.code == 2
    assert "there are: shop" in ended.err


def test_what_would_be_said_in_another_language_is_warned_of(hearback: Hearback, file: Path) -> None:
    written = Path(write(file)).read_text(encoding="utf-8")
    file.write_text(f"{written}locales: [en, ta]\n".replace("title: Your", "title:\n  en: Your"), encoding="utf-8")

    ended = hearback("survey", "apply", str(file))

    assert ended.code == 0
    assert ended.err.splitlines() == [
        "warning cafe: ta: buttons and mails are in English; Hearback itself speaks en, hi, fr, ar",
        "warning cafe: ta: not translated: title",
    ]


def test_a_mail_that_would_ask_for_more_when_nothing_can_be_added_is_warned_of(hearback: Hearback, file: Path) -> None:
    written = Path(write(file)).read_text(encoding="utf-8")
    plays = "".join(
        f"  - {{ id: {template}-{hours}, when: {{}}, what: mail, template: {template}, delay_hours: {hours} }}\n"
        for template, hours in (("why", 22), ("why", 23), ("apology", 48), ("thanks", 48))
    )
    file.write_text(f"{written}plays:\n{plays}", encoding="utf-8")

    ended = hearback("survey", "apply", str(file))

    assert ended.code == 0
    assert ended.err.splitlines() == [
        f"warning cafe: play {play} hours after an answer its mail has no button to say more, and asks for a reply: "
        "answers can be changed for 24 hours"
        for play in ("why-23: 23", "apology-48: 48")
    ]


def test_what_another_version_applied_and_this_one_refuses_is_said_and_can_be_mended(
    hearback: Hearback, tables: Tables, file: Path
) -> None:
    hearback("survey", "apply", write(file))
    [stored] = [item for item in tables.people.survey_items() if item["sk"] == "cafe"]
    definition = {**json.loads(stored["definition"]), "mood": "asha@shop.example", "shards": 8}
    tables.directory.put({"Item": {**stored, "definition": json.dumps(definition)}})

    refused = hearback("survey", "list")
    shrunk = hearback("survey", "apply", str(file))
    mended = hearback("survey", "apply", write_shards(file, 8))

    assert refused.code == 2
    assert "'cafe' was applied by another version" in refused.err
    assert "mood: Extra inputs are not permitted" in refused.err
    assert "asha@shop.example" not in refused.err
    assert "shards of 'cafe' can grow but not shrink" in shrunk.err
    assert mended.out == "cafe applied\n  - mood: asha@shop.example\n"
    assert hearback("survey", "list").code == 0


def write_shards(file: Path, shards: int) -> str:
    file.write_text(f"{file.read_text(encoding='utf-8')}shards: {shards}\n", encoding="utf-8")
    return str(file)


def test_a_task_that_somebody_spoiled_does_not_hide_that_a_survey_was_applied(
    hearback: Hearback, tables: Tables, file: Path
) -> None:
    task = Task("a" * 16, "cafe", "asha", NOW, NOW, frozenset({"a"}), "")
    tables.directory.put({"Item": task.to_item() | {"owner": {1, 2}}})

    ended = hearback("survey", "apply", write(file))

    assert (ended.code, "cafe applied" in ended.out) == (0, True)
    assert "1 task that cannot be read left out" in ended.err

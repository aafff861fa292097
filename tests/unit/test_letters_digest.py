"""What a manager reads on Monday."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from followup import figures
from followup.digest import Digest
from followup.digest_letter import LISTED_TASKS, MOST_FIRST, digest_letter
from followup.mail import Letter
from followup.naming import Chosen, Named
from followup.voice import Voice
from followup.words import BIDI
from hearback.language import LANGUAGES, direction, texts
from hearback.nps import Change, Score, change
from hearback.period import Every, Period
from hearback.recovery import Recovery, TaskReport
from hearback.response import Response
from hearback.subscription import Subscription
from hearback.survey import Person, Survey
from hearback.tally import EMPTY, Tally
from hearback.task import Callback, Task
from hearback.themes import Theme
from tests.unit import digest_samples
from tests.unit.digest_samples import PUNE, tally, tasks
from tests.unit.letter_samples import HOSTILE, NOW, answer, read

MANY = tally([40, 12, 25, 30, 41, 99, 120, 310, 520, 803, 1000], invited=9000, answered=2800)
FEW = tally([0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1], invited=12, answered=3)


def week(
    survey: Survey,
    counted: Tally = EMPTY,
    before: Tally = EMPTY,
    *,
    changed: Change | None = None,
    comments: Sequence[Response] = (),
    tasks: Sequence[Task] = (),
    subscription: Subscription = PUNE,
    **more: Any,
) -> Digest:
    """The digest of the week from 4 to 10 May 2026."""
    period = Period("week", date(2026, 5, 11))
    report = more.pop("report", TaskReport())
    return Digest(survey, subscription, period, counted, before, changed, report, tasks, NOW, comments=comments, **more)


def letter_of(digest: Digest) -> Letter:
    return digest_letter(digest, {})


def text_of(letter: Letter) -> str:
    return " ".join(letter.text.split())


def test_a_digest_shows_the_score_with_n_and_its_interval(survey: Survey) -> None:
    letter = letter_of(week(survey, MANY))
    assert letter.subject == "pune: NPS 47.9 from 3,000 answers, Mon 4 May to Sun 10 May 2026"
    for body in (text_of(letter), read(letter).text):
        assert "Hello Asha Rao," in body
        assert "Store: pune" in body
        assert "47.9 95% interval: 45.3 to 50.3, from 3,000 answers" in body
    assert "Promoters: 1,803 (60%) Passives: 830 (28%) Detractors: 367 (12%)" in text_of(letter)


def test_a_score_from_too_few_answers_is_greyed_and_says_so(survey: Survey) -> None:
    letter = letter_of(week(survey, FEW))
    assert letter.subject == "pune: 3 answers, Mon 4 May to Sun 10 May 2026"
    assert "Too few answers to judge by: 3 of the 30 it takes." in letter.text
    assert 'class="grey"' in letter.html
    assert 'class="grey"' not in letter_of(week(survey, MANY)).html


def test_an_empty_week_reads_as_a_sentence_and_shows_no_figures(survey: Survey) -> None:
    letter = letter_of(week(survey, before=FEW))
    assert letter.subject == "pune: no answers, Mon 4 May to Sun 10 May 2026"
    assert "Nobody answered. There were 3 answers the week before." in text_of(letter)
    assert "No task is open: nobody is waiting for a call." in letter.text
    assert "Promoter" not in letter.text
    assert "interval" not in letter.text
    assert "%" not in read(letter).text


def test_a_digest_of_everything_names_the_survey(survey: Survey) -> None:
    letter = letter_of(week(survey, MANY, subscription=replace(PUNE, scope={})))
    assert letter.subject.startswith("“How was Chai & Co?”: NPS 47.9")
    assert "Every answer to “How was Chai & Co?”" in letter.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (Change(13.66, 0.001), "Up 13.7 points on the week before: more than chance."),
        (Change(-13.66, 0.001), "Down 13.7 points on the week before: more than chance."),
        (Change(2.0, 0.4), "the difference to the week before (+2.0 points) can be chance."),
        (Change(-2.0, 0.4), "the difference to the week before (−2.0 points) can be chance."),
        (None, "Not compared with the week before: it takes 30 answers in both."),
    ],
)
def test_a_change_is_called_a_change_only_if_it_is_more_than_chance(
    survey: Survey, changed: Change | None, words: str
) -> None:
    assert words in text_of(letter_of(week(survey, MANY, changed=changed)))


def test_the_digest_agrees_with_the_arithmetic(survey: Survey) -> None:
    before = tally([60, 22, 35, 40, 51, 129, 140, 310, 520, 603, 800])
    found = change(before.score, MANY.score)
    assert found is not None
    letter = letter_of(week(survey, MANY, before, changed=found))
    assert f"Up {found.points:.1f} points" in letter.text


def test_the_response_rate_is_told_if_anybody_was_invited(survey: Survey) -> None:
    told = "Of 9,000 people invited, 2,800 have answered so far (31%)."
    assert told in text_of(letter_of(week(survey, MANY)))
    assert "invited" not in letter_of(week(survey, tally(MANY.score.counts))).text


def test_bars_are_as_long_as_their_counts_say() -> None:
    bars = {bar.score: bar.width for bar in figures.bars(Score.of([1, 0, 0, 0, 0, 0, 0, 0, 0, 500, 1000]))}
    assert (bars[10], bars[9], bars[8]) == (100, 50, 0)
    assert bars[0] == 1, "somebody's answer is never invisible"


def test_bars_are_drawn_by_cells_that_every_mail_client_draws(survey: Survey) -> None:
    html = letter_of(week(survey, FEW)).html
    widths = re.findall(r'<table role="presentation" width="(\d+)%"[^>]*><tr><td height="14" bgcolor="#', html)
    assert widths == ["100", "100", "100"]


def test_comments_are_shown_with_their_scores_and_what_the_scope_does_not_say(survey: Survey) -> None:
    letter = letter_of(week(survey, MANY, comments=[answer(10, "Lovely staff!"), answer(2, "A queue.")]))
    assert "- 10 of 10, Sun 10 May, Touchpoint: checkout > Lovely staff!" in text_of(letter)
    assert "- 2 of 10, Sun 10 May, Touchpoint: checkout > A queue." in text_of(letter)


def test_open_and_overdue_tasks_are_listed_in_the_readers_time_zone(survey: Survey) -> None:
    tokyo = replace(PUNE, time_zone="Asia/Tokyo")
    letter = letter_of(week(survey, tasks=tasks(2, overdue=1), subscription=tokyo))
    assert letter.subject.endswith("; one task overdue")
    assert "2 tasks are open. One is past due." in letter.text
    assert "- was due Mon 11 May, 12:00 JST: Asha Rao, 0000000000000000" in text_of(letter)
    assert "- due Mon 11 May, 13:00 JST: Asha Rao, 0000000000000001" in text_of(letter)


def test_many_tasks_are_counted_and_the_first_due_listed(survey: Survey) -> None:
    letter = letter_of(week(survey, tasks=tasks(30, overdue=3)))
    assert letter.subject.endswith("; 3 tasks overdue")
    assert "30 tasks are open. 3 are past due." in letter.text
    assert letter.text.count("- was due") + letter.text.count("- due") == LISTED_TASKS
    assert "and 22 more, due later" in letter.text


def test_a_task_of_somebody_who_left_the_survey_is_listed_under_who_stands_in(survey: Survey) -> None:
    gone = replace(tasks(1)[0], owner="former")
    assert ": Asha Rao, " in letter_of(week(survey, tasks=[gone])).text


def test_a_task_that_nobody_stands_in_for_is_listed_by_the_owners_id(survey: Survey) -> None:
    gone = replace(tasks(1)[0], owner="former")
    without = survey.model_copy(update={"plays": []})
    assert ": former, " in letter_of(week(without, tasks=[gone])).text


def test_a_digest_is_written_in_the_surveys_default_language(survey: Survey) -> None:
    hindi = survey.model_copy(update={"locales": ["hi", "en"]})
    letter = letter_of(week(hindi, MANY, comments=[answer(2, "कतार")], tasks=tasks(30, overdue=2)))
    assert letter.subject == "pune: NPS 47.9, 3,000 जवाब, सोम, 4 मई से रवि, 10 मई 2026; 2 कामों का समय निकल चुका है"
    assert "95% अंतराल: 45.3 से 50.3, आधार: 3,000 जवाब" in letter.text
    assert not re.search(r"\b(Hello|answers|open|Unsubscribe|due)\b", letter.text)


def test_a_week_over_new_year_names_both_years(survey: Survey) -> None:
    over = replace(week(survey), period=Period("week", date(2027, 1, 4)))
    assert "Mon 28 December 2026 to Sun 3 January 2027" in letter_of(over).text


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_printed_as_words(survey: Survey, words: str) -> None:
    subscriber = replace(PUNE, name=words)
    safe = read(letter_of(week(survey, MANY, comments=[answer(2, "Fine.")])))
    letter = letter_of(week(survey, MANY, comments=[answer(2, words)], subscription=subscriber))
    assert read(letter).tags == safe.tags
    assert read(letter).links == safe.links == []
    assert not BIDI & set(letter.subject + letter.text + letter.html)
    assert letter.html.encode()


@pytest.mark.parametrize("counted", [EMPTY, FEW, MANY])
@pytest.mark.parametrize("locales", [["en"], ["hi"]])
def test_nothing_of_the_program_shows(survey: Survey, counted: Tally, locales: list[str]) -> None:
    spoken = survey.model_copy(update={"locales": locales})
    letter = letter_of(week(spoken, counted, comments=[answer(9, "Tom & Jerry's")], tasks=tasks(1, overdue=1)))
    for body in (letter.subject, letter.text, read(letter).text):
        assert not re.search(r"&\w+;|\{\{|\}\}|\{%|\bNone\b|\bTrue\b|\{\w+\}|-0\.0", body)
    assert all(len(line) <= 72 for line in letter.text.splitlines())
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize(("value", "printed"), [(60.25, "60.2"), (-0.04, "0.0"), (-12.34, "−12.3"), (100.0, "100.0")])
def test_points_have_one_decimal_a_true_minus_and_no_negative_zero(value: float, printed: str) -> None:
    assert figures.points(value) == printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_worth_doing_comes_first_and_is_little(language: str) -> None:
    digest = digest_samples.many(language)
    letter = digest_letter(digest, {})
    say = texts("letters", language).say
    before, _, after = letter.text.partition(say("first") + ":")
    listed = after.partition(say("distribution") + ":")[0].strip().split("\n- ")
    assert say("nps") in before
    assert " ".join(listed[0].split()) == "- " + say("first_overdue", n=3)
    assert len(listed) == MOST_FIRST


def test_without_overdue_tasks_the_next_call_comes_first(survey: Survey) -> None:
    letter = letter_of(week(survey, FEW, tasks=tasks(2)))
    assert "- 2 customers are waiting to hear from you, the first by Mon 11 May, 09:30 IST." in text_of(letter)


def test_who_reads_of_others_tasks_learns_whom_the_customers_wait_for(survey: Survey) -> None:
    dev = Person(name="Dev Shah", email="dev@shop.example")
    both = survey.model_copy(update={"people": {**survey.people, "dev": dev}})
    his = [replace(task, owner="dev") for task in tasks(2)]
    alone = letter_of(week(both, FEW, tasks=his[:1]))
    team = letter_of(week(both, FEW, tasks=[his[0], tasks(2)[1]]))

    assert "- One customer is waiting to hear from Dev Shah, by" in text_of(alone)
    assert "- 2 customers are waiting to hear from your team, the first by" in text_of(team)


def test_nobody_waits_to_be_called_of_whom_nobody_knows(survey: Survey) -> None:
    stranger, other = (replace(task, contact="") for task in tasks(2))
    number = replace(other, callback=Callback("020 5555 0101", "", NOW))
    alone, beside = (
        letter_of(week(survey, FEW, tasks=[stranger])),
        letter_of(week(survey, FEW, tasks=[stranger, number])),
    )
    late = letter_of(week(survey, FEW, tasks=[replace(stranger, due_at=NOW - timedelta(hours=1))]))

    assert "- One answer that names nobody is to be looked into, by" in text_of(alone)
    assert "- One customer is waiting to hear from you, by" in text_of(beside)
    for letter in (alone, late):
        assert "waiting to hear" not in text_of(letter)
        assert "Call the customer" not in text_of(letter)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("others", [0, 2])
def test_nobody_is_asked_to_call_a_customer_who_was_erased(language: str, others: int) -> None:
    late, *rest = tasks(1 + others, overdue=1)
    gone = replace(late, erased=True)
    digest = replace(digest_samples.few(language), open_tasks=[gone, *rest])
    letter, say = digest_letter(digest, {}), texts("letters", language).say

    told = text_of(letter)
    assert f"- {say('task_due_erased')}: " in told
    assert say("first_overdue", n=1) not in told
    assert say("tasks_open", n=1 + others) in told
    assert say("tasks_overdue", n=1) not in told
    assert say("digest_subject_overdue", subject="", n=1) not in letter.subject
    due = Voice.of(digest.survey).moment(rest[0].due_at, PUNE.zone) if rest else ""
    assert (say("first_waiting", n=2, due=due) in told) == bool(rest)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ([("price", 7), ("staff", 2)], "Look into “Price”: chosen by 7 of the 9 detractors"),
        ([("price", 2)], ""),
        ([("price", 4), ("staff", 4)], ""),
    ],
    ids=["most", "too few", "no one more than another"],
)
def test_a_choice_is_worth_looking_into_if_it_was_made_most(
    survey: Survey, choices: list[tuple[str, int]], said: str
) -> None:
    (topic, _) = survey.questions("detractor")
    named = Named("detractor", 0, [Chosen(topic, 9, choices)], [])
    told = text_of(letter_of(week(survey, MANY, named=[named])))
    assert said in told
    assert ("Look into" in told) == bool(said)
    assert f"What was it about? - Price: {choices[0][1]} of 9" in told


def test_a_complaint_that_was_chosen_and_written_of_is_named_once(survey: Survey) -> None:
    (topic, _) = survey.questions("detractor")
    themes = [Theme("prices and price", 5, "The price!"), Theme("parking", 4, "No parking.")]
    named = Named("detractor", 9, [Chosen(topic, 9, [("price", 7)])], themes)
    told = text_of(letter_of(week(survey, MANY, named=[named])))
    assert "Look into “parking”: 4 detractors wrote of it." in told
    assert "Look into “prices" not in told
    assert "“prices and price”, in 5 comments > The price!" in told


def test_each_open_task_leads_to_its_page(survey: Survey) -> None:
    digest = week(survey, MANY, tasks=tasks(3, overdue=1))
    letter = digest_letter(digest, digest_samples.links(digest))
    pages = [f"https://feedback.example/t/{task.id}" for task in digest.open_tasks]
    assert read(letter).links == pages
    assert re.findall(r"^  (https\S+)$", letter.text, re.MULTILINE) == pages
    assert f"({digest.open_tasks[0].id})" not in letter.text


@pytest.mark.parametrize(
    ("every", "days", "before"),
    [
        ("day", "Sun 10 May 2026", "the day before"),
        ("week", "Mon 4 May to Sun 10 May 2026", "the week before"),
        ("month", "Sat 11 April to Sun 10 May 2026", "the month before"),
    ],
)
def test_a_digest_names_its_days_and_what_it_is_compared_with(
    survey: Survey, every: Every, days: str, before: str
) -> None:
    told = replace(week(survey, MANY, changed=Change(2.0, 0.4)), period=Period(every, date(2026, 5, 11)))
    letter = letter_of(told)
    assert letter.subject == f"pune: NPS 47.9 from 3,000 answers, {days}"
    assert f"Here is what customers told us: {days}." in text_of(letter)
    assert f"the difference to {before} (+2.0 points)" in text_of(letter)


def test_what_became_of_tasks_is_told_if_anything_did(survey: Survey) -> None:
    recovery = Recovery(people=8, answered=3, recovered=2)
    report = TaskReport(opened=5, closed=4, in_time=3, recovery=recovery)
    told = text_of(letter_of(week(survey, MANY, report=report)))
    assert "5 tasks were given. 4 were closed, 3 of them in time. Of 8 customers" in told
    assert "3 have answered again, and 2 came back as passives or promoters." in told
    assert "were given" not in letter_of(week(survey, MANY)).text


@pytest.mark.parametrize(("in_time", "said"), [(1, "One was closed, in time."), (0, "One was closed, late.")])
def test_one_task_that_was_closed_is_no_number_of_tasks(survey: Survey, in_time: int, said: str) -> None:
    report = TaskReport(opened=0, closed=1, in_time=in_time, recovery=Recovery(0, 0, 0))
    assert said in text_of(letter_of(week(survey, MANY, report=report)))


def test_an_arabic_digest_has_arabic_commas_in_its_headline(survey: Survey) -> None:
    letter = letter_of(week(survey.model_copy(update={"locales": ["ar", "en"]}), MANY))
    for body in (text_of(letter), read(letter).text):
        assert re.search(r"50\.3، من 3,000", body)


@pytest.mark.parametrize(
    ("counted", "quiet", "pauses", "back"),
    [(EMPTY, 1, False, False), (EMPTY, 2, True, False), (FEW, 2, False, False), (FEW, 3, False, True)],
)
def test_a_pause_is_told_when_it_begins_and_when_it_ends(
    survey: Survey, counted: Tally, quiet: int, pauses: bool, back: bool
) -> None:
    letter = letter_of(week(survey, counted, quiet=quiet))
    for body in (text_of(letter), read(letter).text):
        assert ("so this one pauses" in body) == pauses
        assert ("your digest is back" in body) == back


@pytest.mark.parametrize("made", [digest_samples.empty, digest_samples.few, digest_samples.many])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_in_any_language_is_whole_and_nothing_of_the_program_shows(
    made: Callable[[str], Digest], language: str
) -> None:
    digest = made(language)
    letter = digest_letter(digest, digest_samples.links(digest))
    for body in (letter.subject, letter.text, read(letter).text):
        assert not re.search(r"&\w+;|\{\{|\}\}|\{%|\bNone\b|\bTrue\b|\{\w+\}|-0\.0", body)
    assert "\n\n\n" not in letter.text
    assert f'dir="{direction(language)}"' in letter.html

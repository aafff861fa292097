"""Surveys in YAML: a mistake is named by file, line and path, with what is allowed."""

from pathlib import Path

import pytest

from ops.survey_file import BadSurveys, Mistake, read_survey, read_surveys

ROOT = Path(__file__).parents[2]
SOUND = """\
id: shop
title: Your visit
question: How likely are you to recommend us?
brand: { name: Chai }
people:
  asha: { name: Asha Rao, email: asha@shop.example }
"""


def written(folder: Path, text: str, name: str = "shop.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def mistakes(*files: Path) -> list[Mistake]:
    with pytest.raises(BadSurveys) as bad:
        read_surveys(files)
    return list(bad.value.mistakes)


@pytest.mark.parametrize("name", ["store", "product"])
def test_the_surveys_that_come_with_it_are_valid(name: str) -> None:
    assert read_survey(ROOT / "surveys" / f"{name}.yaml").id == name


def test_a_text_may_be_given_once_for_all_languages(tmp_path: Path) -> None:
    survey = read_survey(written(tmp_path, SOUND + "locales: [en, hi]\n"))
    assert survey.say(survey.title, "hi") == "Your visit"


@pytest.mark.parametrize(
    ("added", "line", "path", "words"),
    [
        ("titel: Hello", 7, "titel", "is not a field; did you mean title?"),
        ("minimum_n: few", 7, "minimum_n", "should be a whole number, not 'few'"),
        ("apart_days: #7", 7, "apart_days", "is empty; give it a value"),
        ("time_zone: Mars", 7, "time_zone", "'Mars': not a time zone of the tz database"),
        ("locales: [en, Hindi]", 7, "locales.1", "a language tag such as en"),
        ("dimensions:\n  store:\n    values: [10]", 9, "dimensions.store.values.0", "put it in quotes"),
        ("dimensions:\n  store:\n    values: [a, a]", 8, "dimensions.store", "listed twice"),
        (
            "dimensions:\n  store:\n    values: [a]\n    publik: true",
            10,
            "dimensions.store.publik",
            "did you mean public?",
        ),
        ("dimensions:\n  store: {}", 8, "dimensions.store.values", "is missing"),
        ("follow_up:\n  fan: {}", 8, "follow_up.fan", "'promoter', 'passive' or 'detractor'"),
        ("plays:\n  - id: a\n    what: sms", 9, "plays.0.what", "'sms' is none; a play is one of mail, task"),
        (
            "plays:\n  - id: a\n    when: { category: promoter }",
            8,
            "plays.0.what",
            "a play is one of mail, task, event, review, coupon, referral, testimonial",
        ),
        (
            "plays:\n  - { id: a, when: { category: promoter }, what: task, owner: bo }",
            8,
            "plays.0.owner",
            "'bo' is not one of people: asha",
        ),
        (
            'care:\n  - owner: asha\n    hours: { monday: "09:00-09:30" }',
            9,
            "care.0.hours",
            "a week has less than an hour",
        ),
        ("subscriptions:\n  - id: w\n    to: asha\n    scope: { store: x }", 10, "subscriptions.0.scope.store", "none"),
        (
            "subscriptions:\n  - { id: w, to: asha, every: day, weekday: monday }",
            8,
            "subscriptions.0",
            "weekday is for every: week; this one comes every day",
        ),
        ("subscriptions:\n  - { id: w, to: asha, day: 3 }", 8, "subscriptions.0", "day is for every: month"),
        ("subscriptions:\n  - { id: w, to: asha, every: month, day: 29 }", 8, "subscriptions.0.day", "28"),
        (
            "subscriptions:\n  - { id: w, to: asha, every: hour }",
            8,
            "subscriptions.0.every",
            "'day', 'week' or 'month'",
        ),
    ],
)
def test_a_mistake_is_named_by_line_and_path_with_what_is_allowed(
    tmp_path: Path, added: str, line: int, path: str, words: str
) -> None:
    [mistake] = mistakes(written(tmp_path, SOUND + added + "\n"))
    assert (mistake.line, mistake.path) == (line, path)
    assert words in mistake.problem


@pytest.mark.parametrize(
    ("play", "path", "words"),
    [
        ("when: { category: promotor }, what: mail, template: thanks", "when.category", "'promoter', 'passive'"),
        ("when: { score_to: 11 }, what: mail, template: thanks", "when.score_to", "less than or equal to 10, not 11"),
        ("when: { mood: bad }, what: mail, template: thanks", "when.mood", "Allowed here: category, score_from"),
        ("when: {}, what: mail, template: thank", "template", "'thanks', 'why', 'apology' or 'alert'"),
        ("when: {}, what: mail, template: thanks, cap_day: 3", "cap_day", "did you mean cap_days?"),
        ("when: {}, what: mail, template: thanks, cap_days: -1", "cap_days", "greater than or equal to 0, not -1"),
        (
            "when: {}, what: mail, template: thanks, delay_hours: -1",
            "delay_hours",
            "greater than or equal to 0, not -1",
        ),
        ("when: {}, what: mail, template: thanks, who: boss", "who", "'respondent', 'owner' or 'manager'"),
        ("when: {}, what: mail, template: thanks, who: owner", "", "template alert is for who: owner or manager"),
        ("when: {}, what: mail, template: alert, who: owner", "who", "add a scope without dimensions"),
        ("when: {}, what: task, who: owner", "who", "is not a field"),
        ("when: {}, what: task", "owner", "name one of people (asha), or a scope in care"),
        ("when: {}, what: coupon, coupon: ten, text: x", "coupon", "'ten' is not one of coupons: none"),
        ("when: {}, what: referral, text: x, label: y", "what", "needs the survey's referral, with its target"),
        ("when: {}, what: review, text: x, label: y, url: 'http://a.b'", "url", "begins with https://"),
        ("when: {}, what: testimonial, text: x, delay_hours: 3", "", "a next step has no delay and no cap"),
        ("when: {}, what: event, event: Upgrade now", "event", "small letters, digits and hyphens"),
        ("when: { dimensions: { store: [x] } }, what: task, owner: asha", "when.dimensions.store", "which has none"),
        ("when: { category: promoter, score_to: 8 }, what: task, owner: asha", "when", "it would never run"),
        ("when: { answer: first, change: slip }, what: task, owner: asha", "when", "it would never run"),
        ("what: task, owner: asha", "when", "is missing"),
        ("when: {}, what: event, event: up, cap_days: -1", "cap_days", "greater than or equal to 0, not -1"),
        ("when: {}, what: event, event: up, foo: 1", "foo", "is not a field"),
        ("when: { category: fan }, what: event, event: up", "when.category", "'promoter', 'passive'"),
        ("when: {}, what: event", "event", "is missing"),
        ("when: {}, what: coupon, coupon: ten, text: x, delay_hours: -1", "delay_hours", "or equal to 0, not -1"),
        ("when: {}, what: coupon, coupon: ten, text: x, delay_hours: 1", "", "a next step has no delay"),
    ],
)
def test_a_play_that_cannot_run_is_refused_with_its_path_and_what_is_allowed(
    tmp_path: Path, play: str, path: str, words: str
) -> None:
    [mistake] = mistakes(written(tmp_path, f"{SOUND}plays:\n  - {{ id: a, {play} }}\n"))
    assert (mistake.line, mistake.path) == (8, f"plays.0.{path}".rstrip("."))
    assert words in mistake.problem


@pytest.mark.parametrize(
    ("one", "other", "refused"),
    [
        ("category: promoter", "category: passive", True),
        ("score_from: 9", "score_from: 7", True),
        ("change: climb", "", True),
        ("dimensions: { store: [a] }, category: promoter", "category: passive", True),
        ("dimensions: { store: [a] }, category: promoter", "dimensions: { store: [b] }, category: passive", False),
        ("dimensions: { store: [a] }, category: promoter", "score_from: 9", False),
        ("answer: first", "answer: repeat", False),
    ],
)
def test_the_link_of_a_review_never_depends_on_the_score(tmp_path: Path, one: str, other: str, refused: bool) -> None:
    review = "  - {{ id: {0}, when: {{ {1} }}, what: review, text: x, label: y, url: 'https://{0}.example' }}\n"
    plays = review.format("one", one) + review.format("two", other)
    text = SOUND + "dimensions: { store: { values: [a, b] } }\nplays:\n"

    if refused:
        [mistake] = mistakes(written(tmp_path, text + plays))
        assert (mistake.line, mistake.path) == (10, "plays.1.url")
        assert "not the address of one, which asks people of other scores" in mistake.problem
    else:
        read_survey(written(tmp_path, text + plays))
    read_survey(written(tmp_path, text + plays.replace("two.example", "one.example")))


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("asha", "not an e-mail address"),
        ("asha@localhost", "not an e-mail address"),
        ("josé@shop.example", "not an address that mail can be sent to"),
        ("a:b@shop.example", "not an e-mail address"),
        ("asha@a..example", "its domain is not one that mail can be sent to"),
    ],
)
def test_an_owner_who_cannot_be_mailed_is_refused(tmp_path: Path, email: str, words: str) -> None:
    [mistake] = mistakes(written(tmp_path, SOUND.replace("asha@shop.example", email)))
    assert (mistake.line, mistake.path) == (6, "people.asha.email")
    assert mistake.problem == f"{email!r}: {words}"


def test_the_play_that_every_survey_has_keeps_its_name(tmp_path: Path) -> None:
    play = "plays:\n  - { id: watch-slips, when: {}, what: task, owner: asha }\n"
    [mistake] = mistakes(written(tmp_path, SOUND + play))
    assert mistake.path == "plays.0.id"


@pytest.mark.parametrize(
    ("scope", "path", "words"),
    [
        ("owner: bo", "owner", "'bo' is not one of people: asha"),
        ("owner: asha, manager: bo", "manager", "'bo' is not one of people: asha"),
        ("owner: asha, dimensions: { store: [x] }", "dimensions.store", "'store' is not a dimension"),
        ("owner: asha, time_zone: Mars", "time_zone", "not a time zone"),
        ("owner: asha, hours: { monday: '9-17' }", "hours.monday", "hours are given as '09:00-17:30'"),
        ("owner: asha, hours: { monday: '09:00-25:00' }", "hours.monday", "from 00:00 to 24:00"),
        ("owner: asha, hours: { monday: '17:00-09:00' }", "hours.monday", "end after they begin"),
        ("owner: asha, hours: { monday: ['09:00-13:00', '12:00-17:00'] }", "hours.monday", "do not overlap"),
        ("owner: asha, hours: { mondy: '09:00-17:00' }", "hours.mondy", "'monday', 'tuesday'"),
        ("owner: asha, holidays: [2026-02-30]", "holidays.0", "not a day that exists, written as yyyy-mm-dd"),
        ("owner: asha, escalate_hours: 0", "escalate_hours", "greater than or equal to 1, not 0"),
    ],
)
def test_a_scope_that_nobody_could_work_by_is_refused(tmp_path: Path, scope: str, path: str, words: str) -> None:
    [mistake] = mistakes(written(tmp_path, f"{SOUND}care:\n  - {{ {scope} }}\n"))
    assert (mistake.line, mistake.path) == (8, f"care.0.{path}")
    assert words in mistake.problem


def test_what_customers_would_read_in_braces_is_refused(tmp_path: Path) -> None:
    given = SOUND.replace("recommend us", "recommend {bran} to {your friends}")
    [mistake] = mistakes(written(tmp_path, given))
    assert (mistake.line, mistake.path) == (3, "question")
    assert "{bran} is nothing that is filled in; {brand} is" in mistake.problem
    assert read_survey(written(tmp_path, SOUND.replace("recommend us", "recommend {brand} {} {1+1}")))


def test_a_colour_without_quotes_is_a_comment_and_the_mistake_says_so(tmp_path: Path) -> None:
    given = SOUND.replace("{ name: Chai }", "\n  name: Chai\n  colour: #5b3df5")
    [mistake] = mistakes(written(tmp_path, given))
    assert (mistake.line, mistake.path) == (6, "brand.colour")
    assert mistake.problem == "is empty; give it a value, in quotes if that begins with #"


@pytest.mark.parametrize(
    ("added", "line", "path", "words"),
    [
        ("intro: {{brand}}", 7, "intro", "put the text in quotes"),
        ("dimensions:\n  store:\n    values: [{{a}}, b]", 9, "dimensions.store.values.0", "put the text in quotes"),
        ("? [a, b]\n: c", 7, "", "put the text in quotes"),
        ("? &x {y: *x}\n: c", 7, "", "put the text in quotes"),
        ("dimensions: &x\n  store: *x", 7, "dimensions.store", "contains itself"),
        ("locales: &x [en, [*x]]", 7, "locales.1.0", "contains itself"),
    ],
)
def test_what_yaml_cannot_make_a_mapping_of_is_a_mistake_on_its_line(
    tmp_path: Path, added: str, line: int, path: str, words: str
) -> None:
    [mistake] = mistakes(written(tmp_path, SOUND + added + "\n"))
    assert (mistake.line, mistake.path) == (line, path)
    assert words in mistake.problem


def test_what_is_named_once_and_used_often_is_looked_at_once(tmp_path: Path) -> None:
    lists = "\n".join(
        f"l{level + 1}: &l{level + 1} [{', '.join([f'*l{level}'] * 9)}]" for level in range(12)
    )  # the last would have 9 to the power of 12 entries
    found = mistakes(written(tmp_path, f"{SOUND}l0: &l0 [x]\n{lists}\n"))
    assert {mistake.path for mistake in found} == {f"l{level}" for level in range(13)}


def test_a_key_given_twice_is_a_mistake_because_yaml_would_keep_the_last_one_only(tmp_path: Path) -> None:
    [mistake] = mistakes(written(tmp_path, SOUND + "dimensions:\n  a: { values: [x] }\n  a: { values: [y] }\n"))
    assert (mistake.line, mistake.path) == (9, "dimensions.a")
    assert "line 8" in mistake.problem


def test_a_date_is_text_like_any_other_value(tmp_path: Path) -> None:
    survey = read_survey(written(tmp_path, SOUND + "dimensions: { launch: { values: [2024-01-01] } }\n"))
    assert survey.dimensions["launch"].values == ["2024-01-01"]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"id: [a\nb: c", 2, "is not YAML"),
        (b"- id: a\n", 1, "a survey is a mapping"),
        (b"", 1, "a survey is a mapping"),
        (b"id: caf\xe9", 1, "is not UTF-8"),
    ],
)
def test_a_file_that_is_no_survey_at_all_says_why(tmp_path: Path, content: bytes, line: int, words: str) -> None:
    file = tmp_path / "shop.yaml"
    file.write_bytes(content)
    [mistake] = mistakes(file)
    assert mistake.line == line
    assert words in mistake.problem


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    first = written(tmp_path, SOUND + "titel: x\nminimum_n: 0\n", "first.yaml")
    second = written(tmp_path, "id: Second\n", "second.yaml")
    found = mistakes(first, second, tmp_path / "missing.yaml")
    assert {Path(mistake.file).name for mistake in found} == {"first.yaml", "second.yaml", "missing.yaml"}
    assert str(found[0]) == f"{first}:7: titel: {found[0].problem}"


def test_two_files_cannot_define_one_survey(tmp_path: Path) -> None:
    [mistake] = mistakes(written(tmp_path, SOUND, "a.yaml"), written(tmp_path, SOUND, "b.yaml"))
    assert mistake.path == "id"
    assert "a.yaml" in mistake.problem


def test_a_logo_beside_the_file_is_brought_into_the_survey(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    (tmp_path / "cafe.yaml").write_text(WITH_LOGO.format(logo="logo.svg"), encoding="utf-8")

    assert read_survey(tmp_path / "cafe.yaml").brand.logo.startswith("data:image/svg+xml;base64,PHN2ZyB")


@pytest.mark.parametrize(
    ("logo", "size", "problem"),
    [
        ("gone.png", None, "'gone.png' cannot be read: No such file or directory"),
        ("large.png", 6145, "is not a PNG, JPEG, WebP or SVG image of at most 6,144 bytes"),
        ("notes.txt", 10, "is not a PNG, JPEG, WebP or SVG image of at most 6,144 bytes"),
        (
            "https://cdn.example/logo.png",
            None,
            "'https://cdn.example/logo.png' cannot be read: No such file or directory",
        ),
    ],
)
def test_a_logo_that_cannot_be_shown_is_refused(tmp_path: Path, logo: str, size: int | None, problem: str) -> None:
    if size:
        (tmp_path / logo).write_bytes(bytes(size))
    file = tmp_path / "cafe.yaml"
    file.write_text(WITH_LOGO.format(logo=logo), encoding="utf-8")

    with pytest.raises(BadSurveys) as refused:
        read_survey(file)

    assert [(each.line, each.path, each.problem) for each in refused.value.mistakes] == [(4, "brand.logo", problem)]


WITH_LOGO = """\
id: cafe
title: Your visit
question: How likely are you to recommend us?
brand: {{ name: Chai, logo: "{logo}" }}
"""

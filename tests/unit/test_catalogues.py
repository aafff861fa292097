"""What catalogues owe their readers: every text, in every form their language has, with the same values."""

import re
import string
from itertools import pairwise, product
from pathlib import Path
from typing import get_args

import pytest

from hearback.language import CATALOGUES, LANGUAGES, Part, direction, own_name, texts
from scripts.catalogues import ENGLISH, compiled, complete, printed, read_catalogue

ROOT = Path(__file__).parents[2]
PARTS: tuple[Part, ...] = get_args(Part)
ALL = list(product(LANGUAGES, PARTS))
LEFT_TO_FORMS = {"n"}
"""A form for one or two may say the number in words."""


def source(language: str, part: str) -> Path:
    return CATALOGUES / language / f"{part}.po"


def values(forms: str | tuple[str, ...] | list[str] | None) -> set[str]:
    given = (forms,) if isinstance(forms, str) else forms or ()
    return {name for form in given for _, name, _, _ in string.Formatter().parse(form) if name}


@pytest.mark.parametrize(("language", "part"), ALL)
def test_no_text_is_missing_or_left_over(language: str, part: str) -> None:
    catalogue, english = read_catalogue(source(language, part)), read_catalogue(source(ENGLISH, part))

    assert [message.id for message in catalogue] == [message.id for message in english]
    assert [message.id for message in catalogue if message.id and not complete(message, catalogue)] == []
    assert not any(message.fuzzy for message in catalogue if message.id)


@pytest.mark.parametrize(("language", "part"), ALL)
def test_every_form_of_a_text_fills_in_what_english_does(language: str, part: str) -> None:
    english = {message.id: values(message.string) for message in read_catalogue(source(ENGLISH, part)) if message.id}

    for message in read_catalogue(source(language, part)):
        forms = [message.string] if isinstance(message.string, str) else message.string or ()
        optional = LEFT_TO_FORMS if message.pluralizable else set()
        for form in forms if message.id else []:
            assert values(form) | optional == english[message.id] | optional, (message.id, form)


@pytest.mark.parametrize(("language", "part"), ALL)
def test_what_is_committed_is_what_make_catalogues_writes(language: str, part: str) -> None:
    path = source(language, part)
    catalogue = read_catalogue(path)

    assert path.with_suffix(".mo").read_bytes() == compiled(catalogue), "run make catalogues"
    assert path.read_bytes() == printed(catalogue), "run make catalogues"


@pytest.mark.parametrize("part", PARTS)
def test_every_text_is_said_somewhere(part: str) -> None:
    folder = ROOT / "functions" / {"pages": "collect", "letters": "followup", "tasks": "collect"}[part]
    shared = ROOT / "layers" / "common" / "hearback" / "dates.py"
    paths = [shared, *(path for path in folder.rglob("*") if path.suffix in (".py", ".html", ".txt"))]
    code = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    stems = {stem for text in re.findall(r"[\"'](\w+)", code) for stem in (text, f"{text}_heading", f"{text}_text")}
    composed = re.compile(r"(thanks|why|apology)_(subject|opening)|apology_\w+_team|(done|missing|outcome)_\w+")

    ids = [message.id for message in read_catalogue(source("en", part))]
    keys = {each if isinstance(each, str) else each[0] for each in ids}

    assert {key for key in keys if key and key not in stems and not composed.fullmatch(key)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_seven_weekdays_and_twelve_months(language: str) -> None:
    say = texts("letters", language).say
    assert (len(set(say("weekdays").split())), len(set(say("months").split()))) == (7, 12)


@pytest.mark.parametrize(
    ("language", "numbers"), [("en", (1, 2)), ("fr", (1, 2)), ("hi", (1, 2)), ("ar", (0, 1, 2, 3, 11))]
)
def test_a_counted_text_takes_the_form_of_its_number(language: str, numbers: tuple[int, ...]) -> None:
    say = texts("letters", language).say
    said = [say("tasks_open", n=number).replace(str(number), "#") for number in numbers]

    assert all(one != other for one, other in pairwise(said))
    assert all("#" in form for form, number in zip(said, numbers, strict=True) if number > 2)


def test_french_says_none_in_the_singular_and_arabic_two_in_the_dual() -> None:
    assert texts("letters", "fr").say("answers", n=0) == "0 réponse"
    assert texts("letters", "ar").say("tasks_overdue", n=2) == "اثنتان منها متأخرتان."
    assert texts("letters", "ar").say("rate", n=12, answered=3, percent="25%").startswith("دُعي 12 شخصًا")


def test_texts_are_in_the_first_wanted_language_there_is() -> None:
    wanted = [("de", "hi-IN"), ("en-GB", "hi"), ("AR-eg",), ("de",), ()]
    assert [texts("pages", *tags).language for tags in wanted] == ["hi", "en", "ar", "en", "en"]


def test_a_text_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="no_such_text"):
        texts("pages", "en").say("no_such_text")


def test_languages_bear_their_own_names_and_run_their_own_way() -> None:
    assert [own_name(tag) for tag in ("hi-IN", "sw")] == ["हिन्दी", "sw"]
    assert [direction(tag) for tag in ("ur-PK", "ar", "hi")] == ["rtl", "rtl", "ltr"]

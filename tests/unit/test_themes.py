"""What comments name more than others do."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback.themes import LEAST_COMMENTS, read, themes

PRAISE = [
    "The staff carried everything to my car.",
    "Friendly staff, and the tea is always fresh.",
    "Your staff remembered my mother's name!",
    "Fresh tea every morning.",
    "I come for the tea.",
    "The tea, and the view.",
    "The staff know us by name.",
    "Ask the staff, they always find it.",
    "Quick at the till.",
]
BLAME = [
    "Waited forty minutes at the billing counter.",
    "One billing counter open on a Sunday. The tea was cold by then.",
    "Nobody at the billing counters, again.",
    "Three tills, but one billing counter.",
    "At the billing counter they would not look up.",
    "The parcel came a week late.",
    "Late delivery; the parcel was open.",
    "My parcel never came.",
    "The box of the parcel was torn.",
    "Where is my parcel?",
]


def named(these: list[str], others: list[str], locale: str = "") -> list[str]:
    found = themes([read(words, locale) for words in these], [read(words, locale) for words in others], 3)
    return [theme.words for theme in found]


def test_each_side_names_what_the_other_does_not() -> None:
    assert set(named(PRAISE, BLAME)) == {"staff", "tea"}
    assert set(named(BLAME, PRAISE)) == {"billing counter", "parcel"}


def test_a_theme_is_counted_by_comments_and_quoted_by_a_sentence_of_one() -> None:
    counter, parcel = sorted(themes([*map(read, BLAME)], [*map(read, PRAISE)], 3), key=lambda theme: theme.words)

    assert (counter.comments, parcel.comments) == (5, 5)
    assert counter.quote == "Waited forty minutes at the billing counter."
    assert parcel.quote == "The parcel came a week late."


def test_what_both_sides_say_alike_is_no_theme() -> None:
    assert named(["The tea is good."] * 9, ["The tea is bad."] * 9) == []


def test_what_fewer_than_three_comments_name_is_no_theme() -> None:
    assert named([f"The parking is far. It is parking {n}" for n in range(LEAST_COMMENTS - 1)], BLAME) == []


def test_one_comment_that_repeats_a_word_makes_no_theme() -> None:
    assert named(["parking parking parking, parking! " * 100], BLAME) == []


def test_two_words_that_belong_together_are_one_theme() -> None:
    assert named(["The trial room is dark", "No trial room free", "A trial room without light"], PRAISE) == [
        "trial room"
    ]


def test_words_on_two_sides_of_a_comma_do_not_belong_together() -> None:
    assert "price parking" not in named(["Price, parking", "price; parking", "the price. Parking"], PRAISE)


QUEUES = {
    "hi": (["कतार बहुत लंबी है", "फिर वही कतार", "कतार में खड़ा रहा", "लंबी कतार!"], "दाम सही हैं, कपड़ा मुलायम है", "कतार"),
    "fr": (
        ["L'attente est longue", "Trop d’attente à la caisse", "Une attente !", "l’ATTENTE"],
        "Un personnel gentil",
        "attente",
    ),
    "ar": (
        ["الانتظار طويل", "انتظار ساعة", "تعبت من الانتظار", "والانتظار ممل"],
        "الموظفون لطفاء والشاي لذيذ",
        "الانتظار",
    ),
    "en": (
        ["Queues everywhere", "The queue is too long", "a queue", "The queue's end"],
        "Nice people, warm tea",
        "queue",
    ),
}


@pytest.mark.parametrize("language", QUEUES)
def test_themes_are_found_in_every_language_with_stop_words(language: str) -> None:
    comments, other, words = QUEUES[language]

    assert named(comments, [other] * 4) == [words]


def test_small_words_are_no_theme_whatever_the_language_of_the_page() -> None:
    english = ["I could not have been there with them", "it was not what we have had", "they were not with us"]

    assert named(english, ["Fine."], locale="fr") == []


def test_nothing_is_said_of_a_language_whose_small_words_are_not_known() -> None:
    assert named(["Die Schlange war lang", "Eine Schlange", "Wieder die Schlange"], ["Gut."], locale="de") == []


def test_no_comments_have_no_themes() -> None:
    assert (named([], []), named([], PRAISE), named(["", "!!!", "10/10", "👍"], PRAISE)) == ([], [], [])


def test_two_themes_are_quoted_from_two_comments() -> None:
    both = "The parking and the toilets were closed on that day."
    comments = [both, "No parking at all for an hour", "parking again", "Toilets were dirty all day", "the toilets"]

    parking, toilets = sorted(themes([*map(read, comments)], [*map(read, PRAISE)], 3), key=lambda theme: theme.words)

    assert {parking.quote, toilets.quote} in ({both, comments[1]}, {both, comments[3]})


def test_the_order_of_words_and_of_others_changes_nothing() -> None:
    shuffled = random.Random(7).sample(PRAISE, len(PRAISE))

    assert named(BLAME, shuffled) == named(BLAME, PRAISE)


@given(st.lists(st.text(max_size=60), max_size=12), st.lists(st.text(max_size=60), max_size=12))
def test_whatever_is_written_a_theme_is_named_by_so_many_and_quoted_from_one_of_them(
    these: list[str], others: list[str]
) -> None:
    plain = [" ".join(words.split()) for words in these]

    for theme in themes([*map(read, these)], [*map(read, others)], 3):
        assert LEAST_COMMENTS <= theme.comments <= len(these)
        assert any(theme.quote in words for words in plain)

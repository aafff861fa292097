"""Words that are too long: no letter of them is lost without a word about it, whatever script they are in."""

import html
import re

import pytest

from tests.conftest import Answered, Collect
from tests.integration.test_collect_pages import fill, heading

KA = "%E0%A4%95"
"""A Devanagari letter as a form sends it: nine bytes."""


def written(page: Answered) -> str:
    """What stands in the page's field."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_the_longest_comment_is_taken_whole_in_every_script(collect: Collect) -> None:
    page = collect.confirm(collect.token(), 3)
    room = int(re.findall(r'data-room="(\d+)"', page.text)[0])

    page = fill(collect, page, said=KA * room)

    assert (page.status, heading(page)) == (200, "What was it about?")
    assert [response.comment for response in collect.stored()] == ["क" * room]


def test_a_longer_one_is_kept_as_far_as_there_is_room_and_comes_back_to_be_shortened(collect: Collect) -> None:
    page = fill(collect, collect.confirm(collect.token(), 3), said=KA * 5001 + "%0D%0A" + KA * 98)

    assert (page.status, heading(page)) == (422, "Thank you!")
    assert "Characters over the limit: 100. The end is not saved; please shorten it." in page.text
    assert written(page) == "क" * 5001 + "\n" + "क" * 98
    assert [response.comment for response in collect.stored()] == ["क" * 5000]

    page = fill(collect, page, said=KA * 4000)

    assert heading(page) == "What was it about?"
    assert [response.comment for response in collect.stored()] == ["क" * 4000]


def test_so_does_an_answer_in_words_to_another_question(collect: Collect) -> None:
    page = fill(collect, collect.confirm(collect.token(), 3), skip="1")
    page = fill(collect, fill(collect, page, said="price"), said=KA * 1003)

    assert "Characters over the limit: 3." in page.text
    assert written(page) == "क" * 1003
    assert [response.answers["wish"] for response in collect.stored()] == ["क" * 1000]


def test_a_choice_that_is_none_is_refused_however_long_it_is(collect: Collect) -> None:
    page = fill(collect, collect.confirm(collect.token(), 3), skip="1")

    assert (fill(collect, page, said="x" * 2000).status, collect.stored()[0].answers) == (422, {})


@pytest.mark.parametrize("last", [False, True])
def test_a_page_whose_score_was_changed_elsewhere_does_not_say_that_it_stands(collect: Collect, last: bool) -> None:
    token = collect.token()
    older = collect.confirm(token, 3)
    if last:
        older = fill(collect, fill(collect, older, skip="1"), skip="1")
    collect.confirm(token, 9)

    page = fill(collect, older, said="Still+true.")

    assert collect.stored()[0].score == 9
    assert '<span class="saved">Saved</span>' in page.text
    assert "You chose" not in page.text
    assert f'href="/a/{token}?lang=en"' in page.text

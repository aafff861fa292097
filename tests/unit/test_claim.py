"""The names of effects: each spelled in one way, because an effect happens once for a name."""

from hypothesis import given
from hypothesis import strategies as st

from hearback.claim import Claim, play_effect, play_of
from hearback.fact import FactId
from tests.conftest import NOW

RESPONSE = str(FactId.mint("shop", 4, NOW, b"0123456789"))


@given(st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True))
def test_the_play_of_an_effect_is_known_by_its_answer(play: str) -> None:
    assert play_of(play_effect(RESPONSE, play), RESPONSE) == play


def test_the_names_that_stand_in_tables_stay_what_they_are() -> None:
    """Another name would be another claim: every mail of the answers that are in the queue would go out twice."""
    assert play_effect("shop.2ABC", "thank") == "shop.2ABC/thank"
    assert Claim(play_effect("shop.2ABC", "thank")).digest == "281032b6702121cd3f48ce80194728c7059510d7"

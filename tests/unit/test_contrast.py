"""Text stays readable on every brand's colour, on pages as in mails."""

from hypothesis import example, given
from hypothesis import strategies as st

from hearback.contrast import readable_on


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@given(st.integers(0, 0xFFFFFF))
@example(0x3C8D00).via("near-black reached 4.2 on it")
def test_text_on_a_brands_colour_contrasts_by_4_5_to_1(number: int) -> None:
    colour = f"#{number:06x}"

    lighter, darker = sorted((luminance(colour), luminance(readable_on(colour))), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5

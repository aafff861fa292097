"""Pages bear their brand's colour."""

from collect.look import style


def test_the_style_is_in_the_brands_colour() -> None:
    sheet = style("#ffcc00")

    assert "--brand: #ffcc00; --on-brand: #000000;" in sheet

"""What a command prints is what was written."""

import pytest

from ops import terminal


def test_letters_between_colons_are_what_somebody_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.out.print("shop.yaml:100: is used twice")
    terminal.say("They wrote :heart:")
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("shop.yaml:100: is used twice\n", "They wrote :heart:\n")

"""The origins of a survey: taken as browsers send them, and refused in every other spelling, which none would match."""

from pathlib import Path

import pytest

from ops.survey_file import BadSurveys, read_survey

SOUND = "id: tea\ntitle: Tea\nquestion: Would you recommend us?\nbrand: { name: Chai }\norigins:\n  - "


def written(folder: Path, origin: str) -> Path:
    file = folder / "tea.yaml"
    file.write_text(f"{SOUND}'{origin}'\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example",
        "https://shop.example:8443",
        "http://localhost:3000",
        "http://127.0.0.1:8741",
        "https://xn--r2be6b8a.example",
        "http://[2001:db8::1]:8080",
    ],
)
def test_what_a_browser_sends_is_taken(tmp_path: Path, origin: str) -> None:
    assert read_survey(written(tmp_path, origin)).origins == [origin]


@pytest.mark.parametrize(
    ("origin", "sent"),
    [
        ("https://Shop.Example", "https://shop.example"),
        ("HTTPS://shop.example", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("https://मेरा.example", "https://xn--r2be6b8a.example"),
        ("https://u@shop.example", "https://shop.example"),
        ("https://shop.example?x", "https://shop.example"),
        ("https://shop.example#x", "https://shop.example"),
        ("https://shop.example/", "https://shop.example"),
        ("https://shop.example:8443/checkout", "https://shop.example:8443"),
    ],
)
def test_another_spelling_is_refused_with_the_one_that_browsers_send(tmp_path: Path, origin: str, sent: str) -> None:
    with pytest.raises(BadSurveys) as bad:
        read_survey(written(tmp_path, origin))

    [mistake] = bad.value.mistakes
    assert (mistake.line, mistake.path) == (6, "origins.0")
    assert mistake.problem == f"{origin!r}: browsers name this site {sent}; write it just so"


@pytest.mark.parametrize(
    "origin", ["*", "null", "shop.example", "localhost:3000", "https://", "https://*.shop.example"]
)
def test_what_is_no_site_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(BadSurveys, match="not the origin of a site"):
        read_survey(written(tmp_path, origin))

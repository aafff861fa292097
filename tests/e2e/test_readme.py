"""Every command in README is run, so that a newcomer's first hour holds no surprise."""

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Command

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line]
HEARBACK = [line for line in COMMANDS if line.startswith("hearback ")]
MADE_BY = {
    "make demo": "tests/demo.py",
    "make test": ".ci/run",
    "make test-browser": ".ci/run",
    "make deploy": "tests/e2e/test_sam_deploy.py",
}
"""Where a make target of README is run."""
FILES = {
    "customers.csv": "email,name\nravi@example.com,Ravi\nmeera@example.com,Meera\n",
    "history.csv": "email,score,comment\nravi@example.com,9,Lovely\nmeera@example.com,3,Slow\n",
    "faster.txt": "Subject: You asked, we did\n\nIt opens in a second now, {name}.\n",
}


def test_the_commands_of_the_readme_run_in_its_order(
    hearback: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "surveys").symlink_to(ROOT / "surveys")
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    for line in HEARBACK:
        # a deployed stack is played by the local one: only where its outputs come from differs
        hearback(*line.removeprefix("hearback ").replace("--stack hearback ", "").split())

    assert len(HEARBACK) >= 8


def test_every_other_command_is_run_elsewhere_in_the_gate() -> None:
    others = {line for line in COMMANDS if line not in HEARBACK} - {"source .venv/bin/activate"}

    assert others <= MADE_BY.keys()
    for line in others:
        assert (ROOT / MADE_BY[line]).exists()


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)

    assert links
    assert [link for link in links if not link.startswith("http") and not (ROOT / link).exists()] == []


def test_the_survey_in_the_readme_is_valid(hearback: Command, tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert example is not None
    file = tmp_path / "example.yaml"
    file.write_text(example[1], encoding="utf-8")

    hearback("survey", "apply", str(file))

"""A running local stack for a test, the `hearback` command on it, and the real answers that some tests are about.

The answers are Miro's NPS responses, read where they lie: `../shared/data` beside the project, or the folder that
HEARBACK_DATA names. They are nobody's to copy: where they are not, the tests about them are left out.
"""

import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from ops.cli import main

ROOT = Path(__file__).parents[2]
ANSWERS = Path(os.environ.get("HEARBACK_DATA", ROOT.parent / "shared" / "data")) / "miro-nps.csv"
collect_ignore = [] if ANSWERS.exists() else ["test_announce.py", "test_answering_everyone.py"]


class Command:
    """Runs `hearback …` against a stack as an operator would."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def __call__(self, *arguments: str, code: int = 0) -> str:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(["--local", self.stack.url, *arguments])
        assert (ended.value.code or 0) == code, err.getvalue() + out.getvalue()
        return out.getvalue()

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with Stack(data=tmp_path / "data", printed=quiet) as running:
        yield running


@pytest.fixture
def hearback(stack: Stack) -> Callable[..., Any]:
    command = Command(stack)
    command("survey", "apply", str(ROOT / "surveys/store.yaml"), str(ROOT / "surveys/product.yaml"))
    return command


def quiet(line: str) -> None:
    """Keep the stack's output out of the tests' own."""

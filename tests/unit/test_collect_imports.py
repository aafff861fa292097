"""What a cold start of collect must not pay for."""

import subprocess
import sys


def test_programs_do_not_wait_for_what_they_do_not_use() -> None:
    unwanted = {
        "jinja2",
        "markupsafe",
        "aws_lambda_powertools.event_handler",
        "boto3",
        "s3transfer",
    }

    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, collect.api; print(*sys.modules)"],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "collect.programs" in loaded
    assert unwanted & set(loaded) == set()

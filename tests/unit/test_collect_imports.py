"""What a cold start of collect must not pay for."""

import subprocess
import sys
from textwrap import dedent


def test_programs_do_not_wait_for_what_they_do_not_use() -> None:
    unwanted = {
        "jinja2",
        "markupsafe",
        "aws_lambda_powertools.event_handler",
        "boto3",
        "s3transfer",
        "hearback.announcement",
        "hearback.task",
    }

    loaded = printed("import sys, collect.api; print(*sys.modules)").split()

    assert "collect.programs" in loaded
    assert unwanted & set(loaded) == set()


def test_the_first_page_does_not_wait_for_what_the_last_one_needs() -> None:
    later = {f"collect.{name}" for name in ("converting", "next_step", "quoting", "redeeming", "referring", "thanking")}
    later |= {
        f"hearback.{name}"
        for name in ("announcement", "code", "conversion", "coupon", "mentions", "referral", "testimonial")
    }

    loaded = printed("import sys, collect.api, collect.people; print(*sys.modules)").split()

    assert "collect.pages" in loaded
    assert later & set(loaded) == set()


def test_no_garbage_is_collected_while_collect_is_imported_and_again_afterwards() -> None:
    during, afterwards = printed(
        """
        import gc
        runs = []
        gc.callbacks.append(lambda phase, about: runs.append(phase))
        import collect.api
        during = len(runs)
        kept = [[] for _ in range(100_000)]
        print(during, len(runs) - during)
        """
    ).split()

    assert int(during) == 0
    assert int(afterwards) > 0


def printed(program: str) -> str:
    """What a program says in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", dedent(program)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

"""`make demo`, run as a newcomer runs it: its links open, its commands run, Ctrl-C stops it. For the gate.

Not collected by pytest: it takes a minute and a port, and the demo's parts have tests of their own in
tests/e2e/test_demo.py. Ends with status 1 and says what was wrong.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import urllib3

ROOT = Path(__file__).parents[1]
PORT = 8123
READY = "Ctrl-C stops it."
READY_AT_THE_LATEST = 480
"""Seconds to the links, once the tools are there. Generous, for it is no benchmark."""
SHOWS = {
    "survey page": "recommend",
    "in Hindi, at the till": "संभावना",
    "a site with the widget": "widget.js",
    "outbox, every mail": "Sabrang Bazaar",
    "newest digest": "neeraj@sabrang.example",
    "queues, clock": "SettleFailures",
    "report": "answers",
    "calls to make": "due",
}
"""What each thing that the demo prints is to show, as a regular expression."""


def main() -> int:
    """Run it. Returns the exit status."""
    demo = subprocess.Popen(
        ["make", "demo", f"PORT={PORT}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(demo.pid, signal.SIGKILL))
    signal.alarm(READY_AT_THE_LATEST)
    printed = _until(demo, READY)
    if READY not in printed:
        sys.stdout.write(f"WRONG: it never came to its links:\n{printed}")
        return 1
    wrong = _look(printed)
    os.killpg(demo.pid, signal.SIGINT)
    rest = demo.communicate()[0]
    signal.alarm(0)
    if "Stopped." not in rest:
        wrong.append(f"Ctrl-C did not stop it in order:\n{rest}")
    sys.stdout.write("".join(f"WRONG: {line}\n" for line in wrong) or f"{len(SHOWS)} links and commands are right\n")
    return 1 if wrong else 0


def _until(demo: subprocess.Popen[str], words: str) -> str:
    """What it prints up to these words, or to its end."""
    lines = []
    assert demo.stdout is not None
    for line in demo.stdout:
        lines.append(line)
        if words in line:
            break
    return "".join(lines)


def _look(printed: str) -> list[str]:
    """What does not show what it should."""
    found = {}
    for name, what in SHOWS.items():
        line = re.search(rf"^  {re.escape(name)} +(\S.*)$", printed, re.MULTILINE)
        shown = _shown(line[1]) if line else "(not printed)"
        if not re.search(what, shown):
            found[name] = shown
    return [f"{name} does not show {SHOWS[name]!r} but:\n{shown[:2000]}" for name, shown in found.items()]


def _shown(link_or_command: str) -> str:
    if link_or_command.startswith("http"):
        page = urllib3.request("GET", link_or_command)
        return page.data.decode() if page.status == 200 else f"status {page.status}"
    ran = subprocess.run(shlex.split(link_or_command), cwd=ROOT, capture_output=True, text=True, check=False)
    return ran.stdout if ran.returncode == 0 else ran.stderr


if __name__ == "__main__":
    sys.exit(main())

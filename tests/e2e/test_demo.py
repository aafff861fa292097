"""`make demo`: every link that it prints shows what it says, and the numbers are those of what happened."""

import re
import shlex
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import urllib3

from local.stack import Stack
from ops import demo
from ops.demo_customers import Inventor
from ops.demo_weeks import Weeks
from ops.deployment import on_this_machine
from tests.e2e.conftest import Command, quiet


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that the demo has lived through one week on."""
    folder = tmp_path_factory.mktemp("demo")
    with Stack(folder / "stack", printed=quiet) as stack:
        Weeks(stack, on_this_machine(stack.url), folder, end=stack.now(), weeks=1).live(lambda at: None)
        yield stack


def test_the_links_show_what_they_say(lived: Stack) -> None:
    links = demo.links(lived, on_this_machine(lived.url).survey("store"))
    words = {
        "survey page": "recommend",
        "in Hindi, at the till": "संभावना",
        "outbox, every mail": "Sabrang Bazaar",
        "newest digest": "neeraj@sabrang.example",
        "queues, clock": "SettleFailures",
    }
    for name, word in words.items():
        page = urllib3.request("GET", links[name])
        assert (name, page.status) == (name, 200)
        assert word in page.data.decode()
    digest = lived.outbox.find(links["newest digest"].rpartition("/")[2])
    assert digest
    assert "Worth doing first" in (digest.body("plain") or "")


def test_the_commands_it_prints_run(lived: Stack) -> None:
    hearback = Command(lived)
    links = demo.links(lived, on_this_machine(lived.url).survey("store"))
    for name, word in {"report": "answers", "calls to make": ""}.items():
        program, *arguments = shlex.split(links[name])
        assert program == ".venv/bin/hearback"
        assert word in hearback(*arguments)


def test_every_answer_is_counted_once_and_everybody_gets_an_answer(lived: Stack) -> None:
    report = Command(lived).json("report", "--survey", "store", "--by", "touchpoint")
    answered = Command(lived).json("report", "--survey", "product")["responses"]
    notices = [mail for mail in lived.mails() if mail.subject.startswith("Reach ")]
    assert report["responses"] == sum(value["responses"] for value in report["by"].values()) > 28
    assert answered > 0
    assert len(notices) > 0
    assert not [queue for queue in lived.queues() if queue.is_failure_queue and queue.visible]


def test_it_ends_at_the_present(lived: Stack) -> None:
    assert abs(lived.now() - datetime.now(UTC)) < timedelta(minutes=10)


def test_the_same_seed_invents_the_same_people() -> None:
    people = Inventor(1).customers()
    assert people == Inventor(1).customers()
    assert len({person.email for person in people}) == len(people) == 200
    assert all(re.fullmatch(r"[a-z.]+@example\.(com|org)", person.email) for person in people)


def test_a_taken_port_is_said_kindly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert demo.main(["--once", "--port", str(port), "--data", str(tmp_path)]) == 1
    assert f"Port {port} is taken" in capsys.readouterr().err

"""No mail comes into doubt because its connection was dropped while the process was frozen between two runs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from followup.mail import Letter
from followup.pacing import Pacer, Turns
from followup.post import Post, Sent
from followup.settings import Settings
from hearback import clock
from hearback.aws import clients
from hearback.aws.claims import Claims
from hearback.claim import Claim
from tests.conftest import NOW, Tables

ses_of_a_process = clients.ses
SETTINGS = Settings("https://f.example", "care@shop.example", "care@shop.example", "Shop", "set")
LETTER = Letter("Thank you", "Thank you", "<p>Thank you</p>")
AT_ONCE, FROZEN = timedelta(seconds=1), timedelta(minutes=5)


class Ses(ThreadingHTTPServer):
    """Plays SES. It takes `lasting` mails on one connection, and drops it without an answer when one more comes."""

    daemon_threads = True

    def __init__(self, lasting: int) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.lasting = lasting
        self.taken: list[int] = []
        """Of each connection, how many mails it took."""


class Connection(BaseHTTPRequestHandler):
    server: Ses
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.place = len(self.server.taken)
        self.server.taken.append(0)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.taken[self.place] == self.server.lasting:
            self.close_connection = True
            return
        self.server.taken[self.place] += 1
        body = b'{"MessageId": "of SES"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: Any) -> None:
        pass


@pytest.fixture
def no_client_yet(tables: Tables) -> Iterator[None]:
    ses_of_a_process.cache_clear()
    yield
    ses_of_a_process.cache_clear()


def send(ses: Ses, tables: Tables, monkeypatch: pytest.MonkeyPatch, *moments: datetime) -> list[Sent]:
    """What became of a mail at each of these moments, all of one process."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", f"http://127.0.0.1:{ses.server_port}")
    Thread(target=ses.serve_forever, args=(0.05,), daemon=True).start()
    with ses:
        found = [_send(tables, monkeypatch, moment) for moment in moments]
        ses.shutdown()
    return found


def _send(tables: Tables, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Sent:
    monkeypatch.setattr(clock, "now", lambda: now)
    turns = Turns(Pacer(1e6, now.timestamp, lambda seconds: None), now.timestamp() + 60)
    post = Post(ses_of_a_process(), Claims(tables.directory), SETTINGS, turns)
    return post.send(Claim(f"mail of {now}", {}), LETTER, "ravi@example.com", now)


@pytest.mark.usefixtures("no_client_yet")
def test_a_mail_after_a_pause_goes_out_on_a_connection_of_its_own(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses = Ses(lasting=1)

    sent = send(ses, tables, monkeypatch, NOW, NOW + FROZEN, NOW + 2 * FROZEN)

    assert (sent, ses.taken) == (["sent"] * 3, [1, 1, 1])


@pytest.mark.usefixtures("no_client_yet")
def test_a_clock_that_was_set_back_is_a_pause_too(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    ses = Ses(lasting=1)

    assert send(ses, tables, monkeypatch, NOW, NOW - FROZEN) == ["sent", "sent"]


@pytest.mark.usefixtures("no_client_yet")
def test_mails_in_a_row_share_a_connection(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    ses = Ses(lasting=3)

    sent = send(ses, tables, monkeypatch, NOW, NOW + AT_ONCE, NOW + 2 * AT_ONCE)

    assert (sent, ses.taken) == (["sent"] * 3, [3])


@pytest.mark.usefixtures("no_client_yet")
def test_a_mail_that_was_taken_and_not_answered_stays_in_doubt(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    ses = Ses(lasting=1)

    assert send(ses, tables, monkeypatch, NOW, NOW + AT_ONCE) == ["sent", "in doubt"]
    assert ses.taken == [1]

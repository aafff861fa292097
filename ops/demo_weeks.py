"""Some weeks in the life of a Hearback, lived through in a minute: invitations, visits, calls, the clock."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from pathlib import Path
from random import Random

from hearback.aws.tasks import Tasks
from hearback.task import Closing, Note, Outcome
from local.outbox import Mail
from local.stack import Stack
from ops.csv_file import CsvFile
from ops.demo_browser import Browser, Page
from ops.demo_customers import Customer, Inventor, Visit, write_guest_list
from ops.deployment import Deployment
from ops.dimension_columns import dimension_columns
from ops.invite import GuestList, invite_all
from ops.survey import apply_survey
from ops.survey_file import read_surveys

_ROOT = Path(__file__).parents[1]
SURVEYS = (_ROOT / "surveys" / "store.yaml", _ROOT / "surveys" / "product.yaml")

MOST_WEEKS = 4
"""As many as there are customers for: fifty are invited each week."""
_MORNING, _EVENING = timedelta(hours=4, minutes=30), timedelta(hours=16, minutes=30)
"""In UTC: ten in the morning and ten at night in India."""
_SETTLED = timedelta(minutes=5)
"""Longer than the settle time: by then what follows an answer has happened."""
_READING = timedelta(minutes=2)
_TOGETHER = timedelta(hours=4)
_AT_THE_TILL = 28
"""People a week who answer without having been invited."""
_BUSY = 60.0
_CALLS: tuple[tuple[Outcome, str, str], ...] = (
    ("resolved", "product", "Called, listened, exchanged the item."),
    ("resolved", "service", "Apologised, and told them what we changed."),
    ("refunded", "price", "Money is back on the card."),
    ("unreachable", "other", "Tried three times, sent a mail."),
    ("no-action", "delivery", "Only wanted to be heard."),
)


@dataclass
class Weeks:
    """Lives through the weeks before `end`. What happens follows from the seed, but for the ids."""

    stack: Stack
    deployment: Deployment
    folder: Path
    """Where the guest lists are left to look at."""
    end: datetime
    weeks: int = MOST_WEEKS
    seed: int = 1
    _agenda: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _entries: int = 0

    def __post_init__(self) -> None:
        self._at = self.begin
        self._browser = Browser()
        self._random = Random(self.seed)  # noqa: S311 - invented people, no secrets

    @property
    def begin(self) -> datetime:
        """The first midnight."""
        return self.end.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(weeks=self.weeks)

    def live(self, reached: Callable[[datetime], None]) -> None:
        """Set the clock back, apply the surveys, and let it all happen; `reached` is told the simulated time."""
        self.stack.set_time(self.begin)
        for survey in read_surveys(SURVEYS):
            apply_survey(self.deployment, survey)
        self._write_agenda()
        while self._agenda and self._agenda[0][0] < self.end:
            self._at, _, happens = heappop(self._agenda)
            self._move_to(self._at)
            happens()
            reached(self._at)
        self._settle()
        self.stack.advance(max(-self.stack.clock.offset, timedelta()))
        self.stack.wait_until_idle(_BUSY)
        reached(self.end)

    def _write_agenda(self) -> None:
        invented = Inventor(self.seed)
        guests = invented.customers()
        for week in range(self.weeks):
            first_day = self.begin + timedelta(weeks=week)
            self._plan(first_day + _MORNING, partial(self._invite, guests[week::MOST_WEEKS], week))
        for day in range(7 * self.weeks + 1):
            midnight = self.begin + timedelta(days=day)
            self._plan(midnight + _MORNING, self._call_customers)
            self._plan(midnight + _EVENING, self._settle)
        for visit in invented.passers_by(_AT_THE_TILL * self.weeks):
            hours = 24 * self._random.randrange(7 * self.weeks) + self._random.uniform(5, 15)
            self._plan_visit(self.begin + timedelta(hours=hours), partial(self._visit_at_the_till, visit))

    def _plan(self, at: datetime, happens: Callable[[], object]) -> None:
        self._entries += 1
        heappush(self._agenda, (at, self._entries, happens))

    def _plan_visit(self, at: datetime, happens: Callable[[], object]) -> None:
        """Plan it with the others of the same hours, so that the clock is moved once for all of them."""
        self._plan(at + (self.begin - at) % _TOGETHER, happens)

    def _when_read(self, happens: Callable[[], object]) -> None:
        """Plan what somebody does with a page once they have read it: nobody answers sooner than that."""
        self._plan(self._at + _READING, happens)

    def _move_to(self, at: datetime) -> None:
        if at > self.stack.now():
            self.stack.advance(at - self.stack.now())

    def _settle(self) -> None:
        """Let what was answered be counted, and be followed up."""
        self.stack.wait_until_idle(_BUSY)
        self.stack.advance(_SETTLED)
        self.stack.wait_until_idle(_BUSY)

    def _invite(self, guests: Sequence[Customer], week: int) -> None:
        asked_at = self.stack.now()
        for survey in ("store", "product"):
            invited = [guest for guest in guests if guest.survey == survey]
            file = self.folder / f"{survey}-week-{week + 1}.csv"
            write_guest_list(file, invited)
            self._invite_file(file, survey, invited[0])
        self._settle()
        mails = {mail.recipients[0]: mail for mail in self.stack.mails(since=asked_at) if "/a/" in _text(mail)}
        for guest in guests:
            self._plan_visit(asked_at + guest.visit.after, partial(self._visit, guest, mails[guest.email]))

    def _invite_file(self, file: Path, survey: str, example: Customer) -> None:
        """As `hearback invite` does."""
        definition = self.deployment.survey(survey)
        table = CsvFile.read(file)
        columns = {"--email": "email", "--name": "name", "--phone": "phone", "--locale": "language"}
        dimensions = dimension_columns([f"{name}={name}" for name in example.dimensions], definition)
        guests = GuestList(definition, table.choose(columns | dimensions), self.deployment, self.stack.now())
        invite_all(table, guests)

    def _visit(self, guest: Customer, mail: Mail) -> None:
        link = _link(mail, "a")
        if guest.leaves:
            leaving = self._browser.open(_link(mail, "u"))
            self._when_read(partial(self._browser.send, leaving, {"stop": "all"}))
        elif guest.visit.way == "page":
            self._open(f"{link}?score={guest.visit.first_thought}", guest.visit)
        elif guest.visit.way == "json":
            said = {"token": link.rpartition("/")[2], "score": guest.visit.score, "comment": guest.visit.comment}
            self._browser.post_json(f"{self.stack.url}/v1/surveys/{guest.survey}/responses", said)

    def _visit_at_the_till(self, visit: Visit) -> None:
        self._open(f"{self.stack.url}/s/store?touchpoint=till", visit)

    def _open(self, link: str, visit: Visit) -> None:
        self._when_read(partial(self._answer, self._browser.open(link), visit.first_thought, visit))

    def _answer(self, page: Page, score: int, visit: Visit) -> None:
        """Confirm a score; then think again, or say more if there is more to say."""
        following = self._browser.send(page, {"score": str(score)})
        if score != visit.score:
            again = self._browser.open(f"{page.action.partition('?')[0]}?score={visit.score}")
            self._when_read(partial(self._answer, again, visit.score, visit))
            return
        if visit.comment or visit.choice is not None:
            self._when_read(partial(self._explain, following, visit))

    def _explain(self, page: Page, visit: Visit) -> None:
        """Say why, and answer the question after that."""
        following = self._browser.send(page, {"said": visit.comment} if visit.comment else {"skip": "1"})
        if visit.choice is not None and "said" in following.choices:
            self._when_read(partial(self._browser.send, following, {"said": following.choices["said"][visit.choice]}))

    def _call_customers(self) -> None:
        """What owners do in the morning, when the digests have gone out: close some of their tasks."""
        self.stack.wait_until_idle(_BUSY)
        tasks, now = Tasks(self.deployment.directory.table), self.stack.now()
        for task in list(tasks.open()):
            if self._random.random() < 0.25:
                survey = self.deployment.survey(task.survey)
                outcome, root_cause, said = self._random.choice(_CALLS)
                note = Note(task.id, now, task.owner, said)
                tasks.close(task, Closing(now, task.owner, outcome, root_cause), note, survey.ask_again)


def _link(mail: Mail, kind: str) -> str:
    """The first link of a mail that begins with /a/ (to answer) or /u/ (to leave), without its query."""
    found = re.search(rf"https?://[^\s>/]+/{kind}/[^\s>?]+", _text(mail))
    if found is None:
        raise LookupError(f"the mail {mail.subject!r} has no link of this kind")
    return found[0]


def _text(mail: Mail) -> str:
    return mail.body("plain") or ""

"""Who moved from one answer to the next, reckoned from the answers alone, and what should have come of it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from hearback.claim import Claim
from hearback.nps import Category, category
from hearback.play import Change
from hearback.response import Response
from tests.faults.records import Records

_RANKS: tuple[Category, ...] = ("detractor", "passive", "promoter")


class Moves:
    def __init__(self, records: Records) -> None:
        self._records = records
        self._answers: dict[str, list[Response]] = defaultdict(list)
        """By person."""
        for answer in records.responses.values():
            self._answers[answer.contact].append(answer)

    def of(self, response: str) -> set[Change | None]:
        """What its last follow-up may have found: more than one where the answer before was changed at the same time,
        nothing where it is the first, or where the one before did not count for a while."""
        answer = self._records.responses[response]
        before = max(self._before(answer), key=lambda each: each.answered_at, default=None)
        if before is None or before.confirmed_by == "operator":
            return set()
        return {_move(score, answer.score) for score in _scores(before, since=_times(answer)[-1])}

    def missing(self, response: str) -> Iterator[str]:
        moves = self.of(response)
        if not moves or None in moves:
            return
        if not any(self._told(move, response) for move in moves):
            yield f"{response}: no {_words(moves)} told"
        if response not in self._records.movements:
            yield f"{response}: no {_words(moves)} kept for the digest"

    def too_much(self, response: str) -> Iterator[str]:
        """What other systems were told though it never was so."""
        answer = self._records.responses[response]
        scores = [score for each in self._before(answer) for score in _scores(each)]
        ever = {_move(before, score) for before in scores for score in _scores(answer)}
        moves: tuple[Change, ...] = ("slip", "climb")
        yield from (f"{response}: {move} told" for move in moves if move not in ever and self._told(move, response))

    def _before(self, answer: Response) -> list[Response]:
        """The person's answers before this one."""
        ours = self._answers[answer.contact] if answer.contact else ()
        return [each for each in ours if each.id.survey == answer.id.survey and each.answered_at < answer.answered_at]

    def _told(self, move: Change | None, response: str) -> int:
        return self._records.on_the_bus[Claim(f"{move}/{response}").digest]


def _times(answer: Response) -> list[datetime]:
    """When each of its versions was written."""
    return [answer.answered_at, *(datetime.fromisoformat(said["until"]) for said in answer.history)]


def _scores(answer: Response, since: datetime | None = None) -> list[int]:
    """Those that stood at that moment or later; without one, all."""
    ended = zip(answer.history, _times(answer)[1:], strict=True)
    return [*(said["score"] for said, until in ended if since is None or until >= since), answer.score]


def _move(before: int, score: int) -> Change | None:
    step = _RANKS.index(category(score)) - _RANKS.index(category(before))
    return "climb" if step > 0 else "slip" if step < 0 else None


def _words(moves: set[Change | None]) -> str:
    return " or ".join(sorted(move or "" for move in moves))

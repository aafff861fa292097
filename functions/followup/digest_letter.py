"""The letter to a reader of digests."""

from followup import figures
from followup.digest import MOST_TASKS, NAMED, Digest
from followup.layout import lay_out
from followup.mail import Letter
from followup.quoting import VOICE, dimension_values, quoted
from followup.voice import MOST_NAME, Voice
from followup.words import one_line, shorten
from hearback.play import Change as Direction
from hearback.task import Task

LISTED_TASKS = 8
"""Open tasks a digest lists."""


def digest_letter(digest: Digest) -> Letter:
    """One week of one scope, in the survey's default language and the reader's time zone."""
    survey, subscription, score = digest.survey, digest.subscription, digest.tally.score
    voice = Voice.of(survey)
    overdue = [task for task in digest.open_tasks if task.overdue(digest.now)]
    week = voice.span(digest.week.first, digest.week.last)
    title = voice.quote(survey.title)
    scope = ", ".join(dimension_values(subscription.scope)) or voice.say("digest_whole", title=title)
    return lay_out(
        "digest",
        voice,
        _digest_subject(voice, digest, ", ".join(subscription.scope.values()) or title, week, len(overdue)),
        greeting=voice.greeting(subscription.name),
        week=week,
        scope=scope,
        score=score,
        headline=figures.headline(voice, score),
        change=figures.change_in_words(voice, digest.change, score),
        before=digest.before.score.n,
        rate=figures.response_rate(voice, digest.tally),
        shares=figures.shares(voice, score),
        bars=figures.bars(score),
        comments=[quoted(voice, response, VOICE, subscription.scope) for response in digest.comments],
        moves=[_moves(voice, digest, "slip"), _moves(voice, digest, "climb")],
        tasks=[_listed(voice, digest, task) for task in digest.open_tasks[:LISTED_TASKS]],
        open_tasks=len(digest.open_tasks),
        capped=len(digest.open_tasks) >= MOST_TASKS,
        overdue=len(overdue),
        why=voice.say("digest_why", title=title, subscription=subscription.id),
        unsubscribe="",
    )


def _digest_subject(voice: Voice, digest: Digest, scope: str, week: str, overdue: int) -> str:
    score = digest.tally.score
    if score.nps is None:
        subject = voice.say("digest_subject_none", scope=scope, week=week)
    else:
        enough = score.n >= digest.survey.minimum_n
        subject = voice.say(
            "digest_subject_nps" if enough else "digest_subject_few",
            scope=scope,
            nps=figures.points(score.nps),
            answers=voice.say("answers", n=score.n),
            week=week,
        )
    return voice.say("digest_subject_overdue", subject=subject, n=overdue) if overdue else subject


def _moves(voice: Voice, digest: Digest, direction: Direction) -> dict[str, object]:
    """Those of a digest who slipped or climbed: how many, and the first of them."""
    moved = [each for each in digest.moved if each.change == direction]
    listed = [
        quoted(voice, each.response, VOICE, digest.subscription.scope)
        | {
            "who": shorten(each.name, MOST_NAME),
            "path": voice.say("moved_path", before=each.before, score=each.response.score),
        }
        for each in moved[:NAMED]
    ]
    return {
        "said": voice.say("slips" if direction == "slip" else "climbs", n=len(moved)) if moved else "",
        "listed": listed,
        "more": voice.say("moved_more", n=len(moved) - NAMED) if len(moved) > NAMED else "",
    }


def _listed(voice: Voice, digest: Digest, task: Task) -> dict[str, object]:
    owner = digest.survey.people.get(task.owner)
    overdue = task.overdue(digest.now)
    due = voice.moment(task.due_at, digest.subscription.zone)
    return {
        "id": task.id,
        "due": voice.say("task_due_past" if overdue else "task_due", due=due),
        "overdue": overdue,
        "about": ", ".join(
            [
                one_line(owner.name if owner else task.owner),
                *dimension_values(task.dimensions or {}, digest.subscription.scope),
            ]
        ),
    }

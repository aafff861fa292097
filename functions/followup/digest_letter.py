"""The letter to a reader of digests: what is worth doing first, then what that rests on."""

from collections.abc import Iterator, Mapping, Sequence

from followup import figures
from followup.digest import Digest
from followup.layout import lay_out
from followup.mail import Letter
from followup.moves import NAMED
from followup.naming import Chosen, Named
from followup.quoting import VOICE, dimension_values, quoted
from followup.voice import MOST_NAME, Voice
from followup.words import one_line, shorten
from hearback.mentions import words_of
from hearback.play import Change as Direction
from hearback.task import Task
from hearback.task_owner import owner_now
from hearback.themes import LEAST_COMMENTS

LISTED_TASKS = 8
"""Open tasks a digest lists."""
MOST_FIRST = 3
"""Things to do first."""
THEME = 60
"""Characters of a theme."""


def digest_letter(digest: Digest, links: Mapping[str, str]) -> Letter:
    """One period of one scope, in the survey's default language and the reader's time zone.

    `links` open the pages of open tasks, by the task's id; a task without one is named by its id.
    """
    survey, subscription, score = digest.survey, digest.subscription, digest.tally.score
    voice = Voice.of(survey)
    days = voice.span(digest.period.first, digest.period.last)
    title = voice.quote(survey.title)
    scope = voice.listed(*dimension_values(survey, subscription.scope)) or voice.say("digest_whole", title=title)
    return lay_out(
        "digest",
        voice,
        _subject(
            voice,
            digest,
            voice.listed(*map(one_line, subscription.scope.values())) or voice.say("digest_title", title=title),
            days,
        ),
        greeting=voice.greeting(subscription.name),
        opening=voice.say("digest_opening_empty" if digest.empty else "digest_opening", days=days),
        scope=scope,
        back=digest.back,
        pausing=digest.pausing,
        headline=figures.headline(voice, score),
        change=figures.change_in_words(voice, digest.change, score, digest.period.every),
        before=_before(voice, digest),
        rate=figures.response_rate(voice, digest.tally),
        first=[] if digest.empty and not digest.open_tasks else list(_worth_doing(voice, digest))[:MOST_FIRST],
        shares=figures.shares(voice, score),
        bars=figures.bars(score),
        named=[_named(voice, each) for each in digest.named if each.chosen or each.themes],
        story=_story(voice, digest),
        comments=[quoted(voice, response, VOICE, subscription.scope) for response in digest.comments],
        moves=[_moves(voice, digest, "slip"), _moves(voice, digest, "climb")],
        report=_report(voice, digest),
        tasks=[_listed(voice, digest, task, links.get(task.id, "")) for task in digest.open_tasks[:LISTED_TASKS]],
        open_tasks=len(digest.open_tasks),
        overdue=_overdue(digest),
        why=voice.say("digest_why", title=title, subscription=subscription.id),
        unsubscribe="",
    )


def _subject(voice: Voice, digest: Digest, scope: str, days: str) -> str:
    score, overdue = digest.tally.score, _overdue(digest)
    if score.nps is None:
        subject = voice.say("digest_subject_none", scope=scope, days=days)
    else:
        enough = score.n >= digest.survey.minimum_n
        subject = voice.say(
            "digest_subject_nps" if enough else "digest_subject_few",
            scope=scope,
            nps=figures.points(score.nps),
            answers=voice.say("answers", n=score.n),
            days=days,
        )
    return voice.say("digest_subject_overdue", subject=subject, n=overdue) if overdue else subject


def _overdue(digest: Digest) -> int:
    """Customers whose calls are past due."""
    return sum(task.overdue(digest.now) for task in digest.waiting)


def _before(voice: Voice, digest: Digest) -> str:
    """How many answers an empty period had before it; "" for none."""
    n, before = digest.before.score.n, voice.say(figures.BEFORE[digest.period.every])
    return voice.say("digest_empty_before", n=n, before=before) if n else ""


def _worth_doing(voice: Voice, digest: Digest) -> Iterator[str]:
    """What to do, in the order of its urgency: who waits, what drives people away, what pleases the team."""
    known = [task for task in digest.waiting if task.contact or task.callback]
    if overdue := sum(task.overdue(digest.now) for task in known):
        yield voice.say("first_overdue", n=overdue)
    elif waiting := known or digest.waiting:
        due = voice.moment(waiting[0].due_at, digest.subscription.zone)
        if not known:
            yield voice.say("first_nobody", n=len(waiting), due=due)
        elif who := _from_whom(voice, digest, waiting):
            yield voice.say("first_waiting_for", n=len(waiting), who=who, due=due)
        else:
            yield voice.say("first_waiting", n=len(waiting), due=due)
    complaints = next((each for each in digest.named if each.category == "detractor"), None)
    if complaints:
        yield from _to_look_into(voice, complaints)
    if digest.story:
        yield voice.say("first_story")


def _from_whom(voice: Voice, digest: Digest, waiting: Sequence[Task]) -> str:
    """Whom the customers of these tasks wait to hear from; "" for the digest's reader alone."""
    people = digest.survey.people
    owners = [people.get(owner) for owner in {owner_now(task, digest.survey) for task in waiting}]
    if all(owner and owner.email == digest.subscription.email for owner in owners):
        return ""
    alone = owners[0] if len(owners) == 1 else None
    return one_line(alone.name) if alone else voice.say("your_team")


def _to_look_into(voice: Voice, complaints: Named) -> Iterator[str]:
    """What most chose, and the first theme that is not the same."""
    said: set[str] = set()
    if complaints.chosen and (most := _most_chosen(complaints.chosen[0])):
        choice, count = most
        what = voice.quote(complaints.chosen[0].question.choices[choice])
        said = {word.folded for word in words_of(what)}
        yield voice.say("first_choice", what=what, count=count, n=complaints.chosen[0].answers)
    for theme in complaints.themes:
        if not said & {word.folded for word in words_of(theme.words)}:
            yield voice.say("first_theme", what=shorten(theme.words, THEME), n=theme.comments)
            return


def _most_chosen(chosen: Chosen) -> tuple[str, int] | None:
    """The choice that was made most often, if it was made often enough to act on and no other was as often."""
    (choice, count), *others = chosen.choices
    alone = not others or others[0][1] < count
    return (choice, count) if count >= LEAST_COMMENTS and alone else None


def _named(voice: Voice, named: Named) -> dict[str, object]:
    chosen = [
        {
            "question": voice.quote(each.question.text),
            "choices": [
                voice.say("chosen", what=voice.quote(each.question.choices[choice]), count=count, n=each.answers)
                for choice, count in each.choices
            ],
        }
        for each in named.chosen
    ]
    themes = [
        {
            "said": voice.say("theme", what=shorten(theme.words, THEME), n=theme.comments),
            "quote": shorten(theme.quote, VOICE),
        }
        for theme in named.themes
    ]
    return {
        "heading": voice.say("praise" if named.category == "promoter" else "complaints"),
        "category": named.category,
        "chosen": chosen,
        "themes": themes,
        "how": voice.say("themes_how", n=named.comments) if themes else "",
    }


def _story(voice: Voice, digest: Digest) -> dict[str, object] | None:
    if digest.story is None:
        return None
    name = shorten(digest.story.named, MOST_NAME)
    told = voice.say("story_named", name=name) if name else voice.say("story_nameless")
    return quoted(voice, digest.story.response, VOICE, digest.subscription.scope) | {"told": told}


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


def _report(voice: Voice, digest: Digest) -> list[str]:
    """What became of tasks in the period, in sentences."""
    report, recovery = digest.tasks, digest.tasks.recovery
    said = []
    if report.opened:
        said.append(voice.say("tasks_opened", n=report.opened))
    if report.closed == 1:
        said.append(voice.say("task_closed_in_time" if report.in_time else "task_closed_late"))
    elif report.closed:
        said.append(voice.say("tasks_closed", n=report.closed, in_time=report.in_time))
    if recovery.answered:
        said.append(voice.say("recovery", n=recovery.people, answered=recovery.answered, recovered=recovery.recovered))
    return said


def _listed(voice: Voice, digest: Digest, task: Task, link: str) -> dict[str, object]:
    owner = owner_now(task, digest.survey) or task.owner
    overdue = task.overdue(digest.now) and not task.erased
    due = voice.moment(task.due_at, digest.subscription.zone)
    said = "task_due_past" if overdue else "task_due"
    about = [one_line(digest.survey.name_of(owner))]
    about += dimension_values(digest.survey, task.dimensions or {}, digest.subscription.scope)
    return {
        "link": link,
        "due": voice.say("task_due_erased") if task.erased else voice.say(said, due=due),
        "overdue": overdue,
        "about": voice.listed(*(about if link else [*about, task.id])),
    }

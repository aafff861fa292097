"""What a survey would say in another language than it promises."""

from collections.abc import Iterator, Mapping

from hearback.definition import ANY
from hearback.language import LANGUAGES, language_of
from hearback.mail_words import MailWords
from hearback.play import MailPlay
from hearback.survey import Survey


def gaps(survey: Survey) -> Iterator[str]:
    """Line by line, what somebody who reads one of the survey's locales would be told in another language."""
    for locale in survey.locales:
        if language_of(locale) not in LANGUAGES:
            yield f"{locale}: buttons and mails are in English; Hearback itself speaks {', '.join(LANGUAGES)}"
        missing = [path for path, text in _texts(survey) if not {ANY, locale, language_of(locale)} & text.keys()]
        if missing:
            yield f"{locale}: not translated: {', '.join(missing)}"


def _mail_plays(survey: Survey) -> Iterator[tuple[str, MailWords]]:
    return ((f"plays.{play.id}", play) for play in survey.plays if isinstance(play, MailPlay))


def _texts(survey: Survey) -> Iterator[tuple[str, Mapping[str, str]]]:
    """(path, text by locale) of all that respondents read."""
    yield "title", survey.title
    yield "question", survey.question
    mails = [("invitation", survey.invitation), *_mail_plays(survey)]
    for path, words in mails:
        if words.subject:
            yield f"{path}.subject", words.subject
        if words.opening:
            yield f"{path}.opening", words.opening
    for category, asked in survey.follow_up.items():
        path = f"follow_up.{category}"
        if asked.reason:
            yield f"{path}.reason", asked.reason
        if asked.thanks:
            yield f"{path}.thanks", asked.thanks
        for question in asked.questions:
            yield f"{path}.questions.{question.id}", question.text
            for choice, text in question.choices.items():
                yield f"{path}.questions.{question.id}.{choice}", text

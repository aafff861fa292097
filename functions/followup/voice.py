"""The voice of a letter: its language, its brand, and how it says dates and counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from followup.words import one_line, shorten
from hearback.dates import dated_in_words, day_in_words, moment_in_words
from hearback.definition import ANY
from hearback.language import LANGUAGES, comma, direction, language_of, texts
from hearback.survey import Survey

MOST_NAME = 80
"""Characters of a person's name in a letter."""


@dataclass(frozen=True, slots=True)
class Voice:
    survey: Survey
    locale: str
    """The survey's, for the survey's own texts."""
    language: str
    """The catalogue's, for everything else."""

    @classmethod
    def of(cls, survey: Survey, *wanted: str) -> "Voice":
        """The first wanted language that the survey speaks, else the survey's default, else English."""
        locale = survey.locale_for(*wanted)
        spoken = (language_of(tag) for tag in (locale, survey.locales[0]))
        return cls(survey, locale, next((language for language in spoken if language in LANGUAGES), "en"))

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return direction(self.language)

    @property
    def brand(self) -> str:
        return one_line(self.survey.brand.name)

    def say(self, key: str, **values: object) -> str:
        """A text of the catalogue with its values filled in. Raises KeyError for an unknown one."""
        return texts("letters", self.language).say(key, **{"brand": self.brand} | values)

    def quote(self, text: Mapping[str, str] | None) -> str:
        """A text of the survey, "" for none. Only `{brand}` is filled in: surveys are not format strings."""
        return one_line(self.survey.say(text, self.locale).replace("{brand}", self.brand))

    def own(self, text: Mapping[str, str] | None, otherwise: str) -> str:
        """A survey's own words, where it has them in this language; another language's would surprise more."""
        said = self.quote(text) if text and text.keys() & {self.locale, ANY} else ""
        return said or otherwise

    def listed(self, *words: str) -> str:
        return comma(self.language).join(words)

    def greeting(self, name: str) -> str:
        printed = shorten(name, MOST_NAME)
        return self.say("greeting", name=printed) if printed else self.say("greeting_nameless")

    def day(self, day: date) -> str:
        """Mon 4 May"""
        return day_in_words(day, self.language)

    def dated(self, day: date) -> str:
        """Mon 4 May 2026"""
        return dated_in_words(day, self.language)

    def span(self, first: date, last: date) -> str:
        """Mon 4 May to Sun 10 May 2026, or Mon 4 May 2026"""
        if first == last:
            return self.say("span_of_day", day=self.day(first), year=first.year)
        return self.say(
            "span" if first.year == last.year else "span_of_years",
            first=self.day(first),
            first_year=first.year,
            last=self.day(last),
            year=last.year,
        )

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """Mon 4 May, 14:30 IST"""
        return moment_in_words(at, zone, self.language)

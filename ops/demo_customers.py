"""The demo's customers: invented people, and what each is going to do. Everything follows from the seed."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Literal

from hearback.nps import CATEGORIES, Category, category
from ops.demo_words import COMMENTS

_FIRST = """
Aarav Aditi Akash Ananya Arjun Asha Bhavna Chetan Deepa Devika Divya Farhan Gauri Harpreet Imran Isha Jatin Kavita
Kiran Lakshmi Manoj Meera Mohan Naina Nikhil Pooja Priya Rahul Rekha Ritu Sanjay Shreya Suresh Tanvi Uma Varun Vikram
Yusuf Zoya Neha
"""
_LAST = """
Agarwal Banerjee Bhat Chatterjee Chopra Das Deshmukh Fernandes Ghosh Gupta Iyer Jain Joshi Kapoor Khan Kulkarni Kumar
Mehta Menon Mishra Nair Patel Pillai Rao Reddy Roy Shah Sharma Singh Verma
"""
_ELSEWHERE = """
Aoife Kelly, Lars Nilsen, Camila Duarte, Wei Chen, Amara Okafor, Jonas Weber, Sofía Romero, Hana Sato, Oluwaseun Ade,
Marta Kowalska, Ibrahim Haddad, Emily Carter, Luca Ferri, Noor Bakker, Thandiwe Dube, Tomáš Novák, Elif Yıldız,
Siobhán Walsh, Mateo Silva, Grace Mwangi, Ingrid Holm, Kenji Mori, Fatima Zahra, Oscar Lindqvist, Julia Braun,
Pedro Alves, Anna Virtanen, David Cohen, Leila Karimi, Hugo Martin, Beatriz Costa, Samuel Boateng, Yuki Tanaka,
Petra Horvat, Nadia Rahman, Erik Dahl, Lucía Vega, Minh Tran, Chloé Bernard, Andrei Popescu
"""
_REGIONS = {
    "Andheri": "West",
    "Bandra": "West",
    "Connaught Place": "North",
    "Saket": "North",
    "Indiranagar": "South",
    "Koramangala": "South",
    "T Nagar": "South",
    "Park Street": "East",
}
_MOOD = {"Indiranagar": 0.8, "Park Street": 0.7, "Saket": 0.35, "T Nagar": 0.45}
"""How likely a customer of a store is a promoter; elsewhere 0.6."""
_PLANS = ("free", "starter", "team", "enterprise")

Way = Literal["page", "json", "never"]


@dataclass(frozen=True, slots=True)
class Visit:
    """What somebody does with a survey once they were asked."""

    way: Way
    after: timedelta
    """How long after they were asked."""
    score: int
    first_thought: int
    """The score they give first; another one if they change their mind."""
    comment: str
    choice: int | None
    """Which choice of the follow-up question they take; None if they leave before it."""


@dataclass(frozen=True, slots=True)
class Customer:
    survey: str
    name: str
    email: str
    phone: str
    locale: str
    dimensions: Mapping[str, str]
    visit: Visit
    leaves: bool
    """Whether they unsubscribe instead of answering."""


class Inventor:
    """Makes people up. The same seed makes the same people, in the same order of asking."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - invented people, no secrets
        self._unsaid: dict[tuple[str, str, Category], list[str]] = {}

    def customers(self) -> list[Customer]:
        """Two hundred people: 160 of the store, 40 of the product."""
        pairs = [f"{first} {last}" for first in _FIRST.split() for last in _LAST.split()]
        shoppers = [self._shopper(name, number) for number, name in enumerate(self._random.sample(pairs, 160))]
        return shoppers + [self._subscriber(name.strip()) for name in _ELSEWHERE.split(",")]

    def passers_by(self, count: int) -> list[Visit]:
        """People who answer at the till, unasked by mail."""
        return [self._visit("store", self._random.choice(("en", "hi")), 0.6, "page") for _ in range(count)]

    def _shopper(self, name: str, number: int) -> Customer:
        random = self._random
        store = random.choice(list(_REGIONS))
        touchpoint = random.choice(("till", "till", "delivery", "support"))
        locale = "hi" if random.random() < 0.3 else "en"
        way: Way = "page" if random.random() < 0.8 else "never"
        return Customer(
            survey="store",
            name=name,
            email=f"{name.lower().replace(' ', '.')}@example.com",
            phone=f"+91 00000 {number:05d}",
            locale=locale,
            dimensions={"store": store, "region": _REGIONS[store], "touchpoint": touchpoint},
            visit=self._visit("store", locale, _MOOD.get(store, 0.6), way),
            leaves=random.random() < 0.02,
        )

    def _subscriber(self, name: str) -> Customer:
        ways: tuple[Way, ...] = ("page", "json", "never")
        plain_name = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
        return Customer(
            survey="product",
            name=name,
            email=f"{plain_name}@example.org",
            phone="",
            locale="en",
            dimensions={"plan": self._random.choices(_PLANS, (4, 3, 2, 1))[0]},
            visit=self._visit("product", "en", 0.65, self._random.choices(ways, (3, 5, 1))[0]),
            leaves=False,
        )

    def _visit(self, survey: str, locale: str, mood: float, way: Way) -> Visit:
        random = self._random
        score = self._score(mood)
        return Visit(
            way=way,
            after=timedelta(hours=min(random.expovariate(1 / 26), 150)),
            score=score,
            first_thought=self._score(mood) if random.random() < 0.06 else score,
            comment=self._comment(survey, locale, category(score)) if random.random() < 0.6 else "",
            choice=random.randrange(3) if random.random() < 0.5 else None,
        )

    def _score(self, mood: float) -> int:
        kind = self._random.choices(CATEGORIES, (mood, (1 - mood) * 0.6, (1 - mood) * 0.4))[0]
        scores = {"promoter": (9, 10, 10), "passive": (7, 8, 8), "detractor": (0, 2, 3, 4, 5, 5, 6, 6)}
        return self._random.choice(scores[kind])

    def _comment(self, survey: str, locale: str, kind: Category) -> str:
        """One that was not said lately: each is said once before any is said again."""
        unsaid = self._unsaid.setdefault((survey, locale, kind), [])
        if not unsaid:
            comments = COMMENTS[survey, locale][kind]
            unsaid += self._random.sample(comments, len(comments))
        return unsaid.pop()


def write_guest_list(file: Path, guests: Sequence[Customer]) -> None:
    """A CSV file as a shop's own system would export it, for `hearback invite`."""
    dimensions = list(guests[0].dimensions)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["email", "name", "phone", "language", *dimensions])
        for guest in guests:
            writer.writerow([guest.email, guest.name, guest.phone, guest.locale, *guest.dimensions.values()])

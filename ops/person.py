"""The person an operator means, and what of them is found in an item."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hearback.contact import BadAddress, Contact, contact_key, normalise_address
from ops.terminal import Stop

SHORTEST_PHRASE = 12
"""Characters. Shorter words are other people's too, so they do not tell whose they are."""


@dataclass(frozen=True, slots=True)
class Person:
    keys: frozenset[str]
    """Contact keys: one for each name that somebody may have known them by."""
    addresses: frozenset[str] = frozenset()
    """In lower case."""

    @classmethod
    def named(cls, name: str, keys: Mapping[str, str]) -> "Person":
        """Whoever an address, a contact's key or another system's id stands for. Raises Stop for a bad address.

        Another system's id may look like an address or a key, and stands under an id's key all the same: as it
        was written there, which for an address is tried as it is given and in its one spelling.
        """
        name = name.strip()
        known = {contact_key(name, keys, address=False)}
        if "@" in name:
            try:
                address = normalise_address(name)
            except BadAddress:
                raise Stop(f"{name!r} is not an e-mail address") from None
            known |= {contact_key(address, keys, address=by_mail) for by_mail in (True, False)}
            return cls(frozenset(known), frozenset({address}))
        if re.fullmatch("[0-9a-f]{32}", name):
            known.add(name)
        return cls(frozenset(known))

    def known_as(self, contact: Contact) -> "Person":
        """The same person, with what is stored under one of their keys or addresses."""
        return Person(self.keys | {contact.key}, self.addresses | ({contact.email.strip().lower()} - {""}))

    def is_contact(self, contact: Contact) -> bool:
        """Whether this is stored of the person."""
        return contact.key in self.keys or contact.email.strip().lower() in self.addresses


def searcher(person: Person) -> Callable[[Mapping[str, Any], Collection[str]], str]:
    """A function that says what of the person, or of some phrases, stands in an item; "" if nothing does."""
    any_address = "|".join(map(re.escape, sorted(person.addresses)))
    # Whole addresses only: sam@example.com is not in adam.sam@example.com.
    address = re.compile(rf"(?<![\w.+%'-])(?:{any_address})(?![\w-]|\.\w)") if any_address else None

    def search(item: Mapping[str, Any], phrases: Collection[str] = ()) -> str:
        found: dict[str, None] = {}
        for text in texts(item):
            if any(key in text for key in person.keys):
                found["the contact's key"] = None
            if address and address.search(text.lower()):
                found["an address"] = None
            if any(phrase in text for phrase in phrases):
                found["words"] = None
        return ", ".join(found)

    return search


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield name
            yield from texts(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from texts(part)


def phrases(words: Iterable[str]) -> frozenset[str]:
    """Those of some words that nobody else is likely to have said just so."""
    stripped = (each.strip() for each in words)
    return frozenset(each for each in stripped if len(each) >= SHORTEST_PHRASE and " " in each)

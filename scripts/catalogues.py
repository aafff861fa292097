"""Bring every catalogue to what the English one has, and compile them: `make catalogues`.

English is where a text is first written. Its other languages get its key, untranslated, with the English above
it for whoever translates; keys that English no longer has go. The compiled files are committed beside their
sources, so that nothing that runs or tests or builds them needs Babel.
"""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from hearback.language import CATALOGUES, LANGUAGES

ENGLISH = LANGUAGES[0]
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def main() -> None:
    for english in sorted((CATALOGUES / ENGLISH).glob("*.po")):
        source = read_catalogue(english)
        for language in LANGUAGES:
            path = CATALOGUES / language / english.name
            catalogue = source if language == ENGLISH else brought_up(read_catalogue(path), source)
            path.write_bytes(printed(catalogue))
            path.with_suffix(".mo").write_bytes(compiled(catalogue))
            missing = [str(message.id) for message in catalogue if message.id and not complete(message, catalogue)]
            print(f"{path.parent.name}/{path.stem}: {len(catalogue)} texts" + (f"; missing: {missing}" * bool(missing)))


def read_catalogue(path: Path) -> Catalog:
    """A catalogue from its source; an empty one if there is none yet."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        return Catalog(locale=path.parent.name)
    with path.open("rb") as source:
        return read_po(source, locale=path.parent.name, abort_invalid=True)


def brought_up(catalogue: Catalog, source: Catalog) -> Catalog:
    """The texts of `source`, in its order, in the catalogue's language as far as they are translated."""
    result = Catalog(locale=catalogue.locale, fuzzy=False)
    for message in source:
        if message.id:
            translated = catalogue.get(message.id)
            result.add(message.id, translated.string if translated else "", auto_comments=_forms(message), context=None)
    return result


def complete(message: Message, catalogue: Catalog) -> bool:
    """Whether a text has words, in each of the language's plural forms if it counts something."""
    forms = _forms(message)
    return all(forms) and len(forms) == (catalogue.num_plurals if message.pluralizable else 1)


def printed(catalogue: Catalog) -> bytes:
    """The source of a catalogue, without times, which would change at every run."""
    catalogue.header_comment = ""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=110, omit_header=True)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return header.encode() + buffer.getvalue().strip(b"\n") + b"\n"


def compiled(catalogue: Catalog) -> bytes:
    """What gettext reads."""
    buffer, source = BytesIO(), read_po(BytesIO(printed(catalogue)), locale=catalogue.locale)
    source.creation_date = source.revision_date = _NO_TIME  # else Babel writes down now
    write_mo(buffer, source)
    return buffer.getvalue()


def _forms(message: Message) -> list[str]:
    said = message.string or ""
    return [said] if isinstance(said, str) else list(said)


if __name__ == "__main__":
    main()

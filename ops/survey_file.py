"""A survey as YAML: read, checked, and every mistake named by file, line and path."""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from mimetypes import guess_type
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hearback.play import Play
from hearback.survey import LOGO_LENGTH, Survey

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """Something in a file that must be put right before the survey can be applied."""

    file: str
    line: int
    """Counted from 1."""
    path: str
    """Dotted, such as plays.0.owner; empty for the file as a whole."""
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: " + (f"{self.path}: {self.problem}" if self.path else self.problem)


class BadSurveys(Exception):
    """Some files do not hold valid surveys."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def read_surveys(files: Sequence[Path]) -> list[Survey]:
    """The surveys of some files. Raises BadSurveys with every mistake of all of them."""
    surveys: dict[str, tuple[Path, Survey]] = {}
    mistakes: list[Mistake] = []
    for file in files:
        try:
            survey = read_survey(file)
        except BadSurveys as bad:
            mistakes += bad.mistakes
            continue
        if survey.id in surveys:
            first = surveys[survey.id][0]
            mistakes.append(Mistake(str(file), 1, "id", f"{survey.id!r} is already the survey of {first}"))
        surveys.setdefault(survey.id, (file, survey))
    if mistakes:
        raise BadSurveys(mistakes)
    return [survey for _, survey in surveys.values()]


def read_survey(file: Path) -> Survey:
    """The survey in a file. Raises BadSurveys."""
    try:
        loader = _Loader(file.read_text(encoding="utf-8-sig"))
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise BadSurveys([Mistake(str(file), 1, "", "a survey is a mapping that begins with its id")])
        if unreadable := [Mistake(str(file), *place) for place in _structural_mistakes(root, (), (), set())]:
            raise BadSurveys(unreadable)
        content = loader.construct_document(root)
    except OSError as error:
        raise BadSurveys([Mistake(str(file), 1, "", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise BadSurveys([Mistake(str(file), 1, "", f"is not UTF-8: {error}")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise BadSurveys([Mistake(str(file), line, "", f"is not YAML: {error.problem}")]) from error
    except yaml.YAMLError as error:
        raise BadSurveys([Mistake(str(file), 1, "", f"is not YAML: {error}")]) from error
    try:
        _bring_logo(content, file)
    except OSError as error:
        line, path = _place(root, ("brand", "logo"))
        problem = f"{content['brand']['logo']!r} cannot be read: {error.strerror}"
        raise BadSurveys([Mistake(str(file), line, path, problem)]) from error
    try:
        return Survey.model_validate(content)
    except ValidationError as error:
        found = [Mistake(str(file), *_place(root, location), problem) for location, problem in _problems(error)]
        raise BadSurveys(sorted(found)) from error


def _bring_logo(content: dict[str, Any], file: Path) -> None:
    """Put the image that brand.logo names, beside the survey's file, in its place. Raises OSError."""
    brand = content.get("brand")
    logo = brand.get("logo") if isinstance(brand, dict) else None
    if isinstance(brand, dict) and isinstance(logo, str) and not logo.startswith("data:"):
        image = base64.b64encode((file.parent / logo).read_bytes()).decode()
        brand["logo"] = f"data:{guess_type(logo)[0]};base64,{image}"


class _Loader(yaml.SafeLoader):
    """Leaves dates as text: no field of a survey is one, and a store may well be called 2024-01-01."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own attribute
        letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _structural_mistakes(
    node: yaml.Node, path: Location, around: tuple[yaml.Node, ...], seen: set[yaml.Node]
) -> Iterator[tuple[int, str, str]]:
    """(line, path, problem) of each key that YAML could not, or only silently, make something of.

    A key that its mapping already has would win without a word, one that is no text cannot be a field's name, and
    what contains itself has no end.
    """
    if node in around:
        yield (
            node.start_mark.line + 1,
            ".".join(map(str, path)),
            "contains itself: an alias (*) leads back to this line",
        )
    if node in seen:  # an alias: told where it stands first
        return
    seen.add(node)
    around = (*around, node)
    if isinstance(node, yaml.SequenceNode):
        for place, entry in enumerate(node.value):
            yield from _structural_mistakes(entry, (*path, place), around, seen)
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                problem = "YAML reads braces and brackets as mappings and lists; put the text in quotes"
                yield line, ".".join(map(str, path)), problem
                continue
            inner = (*path, str(key.value))
            if key.value in lines:
                yield line, ".".join(map(str, inner)), f"is given twice; the first is on line {lines[key.value]}"
            lines.setdefault(str(key.value), line)
            yield from _structural_mistakes(value, inner, around, seen)


def _place(root: yaml.Node, location: Location) -> tuple[int, str]:
    """The line of a location, as near as the file has it, and its dotted path as the file's author sees it."""
    node, line, path = root, root.start_mark.line + 1, list[str]()
    for number, part in enumerate(location):
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            entries = {str(key.value): (key, value) for key, value in node.value}
            if str(part) in entries:
                key, node = entries[str(part)]
                line = key.start_mark.line + 1
            elif number < len(location) - 1:  # pydantic's own word: which member of a union it tried
                continue
            if part == "[key]":  # pydantic's own word: the key itself is wrong
                continue
        else:  # a text given once for all locales
            continue
        path.append(str(part))
    return line, ".".join(path)


def _problems(error: ValidationError) -> Iterator[tuple[Location, str]]:
    """(location, what is wrong and what is allowed) of each error."""
    for each in error.errors():
        if each["loc"] == ("brand", "logo"):  # too long to be repeated
            yield each["loc"], f"is not a PNG, JPEG, WebP or SVG image of at most {LOGO_LENGTH * 3 // 4:,} bytes"
        else:
            yield from _problems_of(each)


def _in_the_file(location: Location) -> Location:
    """Without the play's kind, which pydantic names after its place; a field of that name may stand in the file."""
    in_play = location[:1] == ("plays",) and len(location) > 2 and location[2] in _KINDS
    return location[:2] + location[3:] if in_play else location


def _problems_of(each: ErrorDetails) -> Iterator[tuple[Location, str]]:
    location = _in_the_file(each["loc"])
    kind, given, context = each["type"], each["input"], each.get("ctx", {})
    if kind == "value_error" and not location:  # of the survey as a whole: the lines name their own paths
        for sentence in str(context["error"]).splitlines():
            path, _, problem = sentence.partition(": ")
            yield tuple(int(part) if part.isdigit() else part for part in path.split(".")), problem
    elif kind == "value_error":
        yield location, f"{given!r}: {context['error']}" if isinstance(given, str) else str(context["error"])
    elif kind == "extra_forbidden":
        yield location, _unknown_field(each["loc"])
    elif given is None and kind.endswith("_type"):
        yield location, "is empty; give it a value, in quotes if that begins with #"
    elif kind == "model_type":
        yield location, f"should be a mapping of some of {', '.join(_fields_at(each['loc']))}; not {given!r}"
    elif kind in _SENTENCES:
        yield location, _SENTENCES[kind].format(given)
    elif kind == "string_type" and isinstance(given, bool | int | float):
        yield location, f"is text; YAML reads {given!r} here as something else, so put it in quotes"
    elif kind == "string_pattern_mismatch":
        yield location, f"{given!r} should be {_PATTERNS.get(context['pattern'], each['msg'])}"
    elif kind == "literal_error":
        yield location, f"{given!r} should be one of {context['expected']}"
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        wrong = f"{given['what']!r} is none" if "what" in given else "is missing"
        yield (*location, "what"), f"{wrong}; a play is one of {', '.join(_KINDS)}"
    else:
        yield location, f"{each['msg']}, not {given!r}" if isinstance(given, str | int) else each["msg"]


_KINDS = [get_args(play.model_fields["what"].annotation)[0] for play in get_args(get_args(Play)[0])]
_WHOLE_NUMBER = "should be a whole number, not {!r}"
_SENTENCES = {
    "missing": "is missing",
    "model_attributes_type": "should be a mapping of fields, not {!r}",
    "dict_type": "should be a mapping of names to values, or quoted text where text is wanted, not {!r}",
    "int_parsing": _WHOLE_NUMBER,
    "int_type": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
}
_PATTERNS = {
    r"^[a-z][a-z0-9-]{0,39}$": "small letters, digits and hyphens, a letter first, at most 40",
    r"^[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?$": "a language tag such as en, hi or pt-BR",
    r"^https://[^\s\"<>/]+[^\s\"<>]*$": "an address that begins with https://",
    r"^[^|#\x00-\x1f]+$": "without |, # and control characters",
    r"^#[0-9a-fA-F]{6}$": "a colour such as '#2456d6', in quotes",
}


def _unknown_field(location: Location) -> str:
    allowed = _fields_at(location[:-1])
    near = get_close_matches(str(location[-1]), allowed, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"is not a field; {guess}Allowed here: {', '.join(allowed)}"


def _fields_at(location: Location) -> list[str]:
    """The fields that a survey may have at a location, by the model's own JSON schema."""
    root = Survey.model_json_schema()
    schema = root
    for part in location:
        choice = schema.get("discriminator", {}).get("mapping", {}).get(part)
        if choice:
            inner = {"$ref": choice}
        elif isinstance(part, int):
            inner = schema["items"]
        else:
            by_name = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
            inner = schema.get("properties", {}).get(part, by_name[0])
        schema = _dereferenced(inner, root)
    return list(schema.get("properties", {}))


def _dereferenced(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    if found := re.fullmatch(r"#/\$defs/(.+)", schema.get("$ref", "")):
        definition: dict[str, Any] = root["$defs"][found[1]]
        return definition
    for choice in schema.get("anyOf", []):
        if choice.get("type") != "null":
            return _dereferenced(choice, root)
    return schema

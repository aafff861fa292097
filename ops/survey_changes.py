"""What differs between two definitions of a survey, for a person who is about to rely on it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hearback.survey import Survey

_LONGEST = 60


def changes(before: Mapping[str, Any] | None, after: Survey) -> list[str]:
    """A line for each field that differs; empty if nothing does. `before` is the definition as it is stored."""
    if before is None:
        return ["new"]
    return list(_differences("", before, after.model_dump(mode="json", exclude_defaults=True)))


def _differences(path: str, before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, list) and isinstance(after, list):
        old, new = _by_name(before), _by_name(after)
        if old.keys() == new.keys() and list(old) != list(new):
            yield f"~ {path}: another order"
        yield from _differences(path, old, new)
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            inner = f"{path}.{name}" if path else name
            if name not in after:
                yield f"- {inner}: {_short(before[name])}"
            elif name not in before:
                yield f"+ {inner}: {_short(after[name])}"
            else:
                yield from _differences(inner, before[name], after[name])
    else:
        yield f"~ {path}: {_short(before)} → {_short(after)}"


def _by_name(entries: list[Any]) -> dict[str, Any]:
    """A list's entries by their names, numbered from the second on where several have the same one."""
    named: dict[str, Any] = {}
    seen = Counter[str]()
    for entry in entries:
        name = _name(entry)
        seen[name] += 1
        named[name if seen[name] == 1 else f"{name} #{seen[name]}"] = entry
    return named


def _name(entry: Any) -> str:
    """An id; of a scope of care, whose answers it is for; of a plain value, itself."""
    if not isinstance(entry, dict):
        return str(entry)
    if "id" in entry:
        return str(entry["id"])
    values = (f"{name}={'+'.join(map(str, some))}" for name, some in entry.get("dimensions", {}).items())
    return ",".join(values) or "all"


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | dict) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

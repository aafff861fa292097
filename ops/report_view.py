"""The report as a person reads it in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hearback.nps import Score, answers_needed, category
from hearback.survey import Survey
from ops.table import print_table
from ops.terminal import out, say

_COLOURS = {"promoter": "green", "passive": "yellow", "detractor": "red"}
_TOO_FEW = "*"
_BAR = 32
_EIGHTHS = " ▏▎▍▌▋▊▉"
_MINUS = str.maketrans("-", "−")


def show(numbers: Mapping[str, Any], survey: Survey, by: str) -> None:
    """Print the panel and, for a dimension, a line for each of its values."""
    title = f"[bold]{escape(survey.say(survey.title, survey.locales[0]))}[/] · {survey.id}"
    days = f"{numbers['from']} to {numbers['to']}"
    lines = [_headline(numbers, survey.minimum_n)]
    if "against" in numbers:
        lines.append(_comparison(numbers["against"]))
    if "invitations" in numbers:
        lines.append(_response_rate(numbers["invitations"]))
    body = Group(*lines, Text(), _distribution(numbers["scores"]), Text(), _parts(numbers))
    out.print(Panel(Padding(body, (1, 2)), title=title, subtitle=days, box=box.ROUNDED, width=72, title_align="left"))
    if by:
        print_table(_lines(by, numbers["by"], survey.minimum_n))
        if without := numbers["without"]:
            say(f"[dim]{without:,} {'answers have' if without != 1 else 'answer has'} no {escape(by)} in these days[/]")
    if "per" in numbers:
        print_table(_lines("period", {one["period"]: one for one in numbers["per"]}, survey.minimum_n))


def _headline(numbers: Mapping[str, Any], minimum: int) -> Text:
    n = numbers["responses"]
    if not n:
        return Text("No answers yet.", style="dim")
    answers = f"{n:,} answer{'s' if n != 1 else ''}"
    if n < minimum:
        words = f"too few answers to say ({answers}; {minimum} are needed)"
        return Text(f"NPS {_signed(numbers['nps'])}   {_bounds(numbers)}\n{words}\n{_needed(numbers)}", style="dim")
    return Text.assemble(
        (f"NPS {_signed(numbers['nps'])}", "bold"),
        f"   {_bounds(numbers)}",
        (f"\n{answers}, mean {numbers['mean']:.2f}, {numbers['comments']:,} with a comment", "dim"),
        (f"\n{_needed(numbers)}", "dim"),
    )


def _bounds(numbers: Mapping[str, Any]) -> str:
    low, high = numbers["interval"]
    return f"95% sure: between {_signed(low)} and {_signed(high)}"


def _needed(numbers: Mapping[str, Any]) -> str:
    needed = answers_needed(Score.of(numbers["scores"]))
    return f"a 5-point move would take {needed:,} answers in each period to see"


def _distribution(scores: Sequence[int]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right")
    table.add_column(width=_BAR)
    table.add_column(justify="right")
    most = max(*scores, 1)
    for score in range(10, -1, -1):
        table.add_row(str(score), Text(bar(scores[score] / most), _COLOURS[category(score)]), f"{scores[score]:,}")
    return table


def bar(share: float) -> str:
    """A bar of a share from 0 to 1, in eighths of a cell; what is not nothing can be seen."""
    eighths = max(round(share * _BAR * 8), 1 if share else 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _parts(numbers: Mapping[str, Any]) -> Text:
    n = max(numbers["responses"], 1)
    parts = [(name, numbers[f"{name}s"]) for name in _COLOURS]
    words = [
        (f"{count:,} {name}{'s' if count != 1 else ''} ({count / n:.0%})", _COLOURS[name]) for name, count in parts
    ]
    return Text("   ").join(Text(word, style=style) for word, style in words)


def _comparison(against: Mapping[str, Any]) -> Text:
    change = against["change"]
    words = f"Against {against['from']} to {against['to']}: {change['words']}"
    return Text(words, style="bold" if change["significant"] else "dim")


def _response_rate(invitations: Mapping[str, Any]) -> Text:
    rate, invited = invitations["response_rate"], invitations["invited"]
    words = f"{invited:,} invited, {invitations['delivered']:,} delivered, {invitations['answered']:,} answered"
    return Text(f"{words} ({rate:.0%} of those invited)", style="dim")


def _lines(what: str, rows: Mapping[str, Mapping[str, Any]], minimum: int) -> Table:
    """A table with a line for each value of a dimension, or for each period."""
    compared = any("change" in numbers for numbers in rows.values())
    few = any(0 < numbers["responses"] < minimum for numbers in rows.values())
    caption = f"{_TOO_FEW} too few answers to say: {minimum} are needed" if few else None
    table = Table(box=box.SIMPLE_HEAD, caption=caption, caption_justify="left")
    table.add_column(what)
    for name in ("answers", "NPS", "between", "9–10", "7–8", "0–6", "mean", *(["change"] if compared else [])):
        table.add_column(name, justify="right", no_wrap=True)
    for row, numbers in rows.items():
        if not numbers["responses"]:
            table.add_row(escape(row), "0", style="dim")
            continue
        few = numbers["responses"] < minimum
        low, high = numbers["interval"]
        table.add_row(
            escape(row),
            f"{numbers['responses']:,}{_TOO_FEW * few}",
            _signed(numbers["nps"]),
            f"{_signed(low)} and {_signed(high)}",
            *(f"{numbers[name]:,}" for name in ("promoters", "passives", "detractors")),
            f"{numbers['mean']:.2f}",
            *([_changed(numbers["change"])] if compared else []),
            style="dim" if few else "",
        )
    return table


def _changed(change: Mapping[str, Any]) -> Text:
    if change["points"] is None:
        return Text("–", style="dim")
    if not change["significant"]:
        return Text("chance", style="dim")
    return Text(f"{change['points']:+.1f}".translate(_MINUS), style="bold")


def _signed(points: float) -> str:
    return f"{points:.1f}".translate(_MINUS)

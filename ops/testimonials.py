"""`hearback testimonials`: what customers allowed to be quoted, by whom it was said, and taking one out."""

import csv
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from hearback.fact import BadFactId, FactId
from hearback.response import Response
from hearback.testimonial import Testimonial
from ops.deployment import Deployment, chosen
from ops.directory_items import items
from ops.spreadsheet import shown
from ops.terminal import AsJson, Stop, out, print_json, say

COLUMNS = ("response", "survey", "score", "person", "words", "in_comment", "named", "consented_at")

app = typer.Typer(help="What customers allowed to be quoted.", no_args_is_help=True)


@app.callback()
def testimonials() -> None:
    """What customers allowed to be quoted."""


@app.command("list")
def list_testimonials(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="Only those of a survey.")] = "",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV alone on stdout, for a spreadsheet.")] = False,
) -> None:
    """List the testimonials that hold, newest first. Look again before you print: consent can be taken back."""
    found, lapsed = _consented(chosen(ctx), survey)
    rows = [_plain(each, answer) for each, answer in found]
    if as_json:
        print_json(rows)
    elif as_csv:
        writer = csv.DictWriter(out.file, COLUMNS)
        writer.writeheader()
        writer.writerows({name: shown(str("" if row[name] is None else row[name])) for name in COLUMNS} for row in rows)
    else:
        for (each, answer), row in zip(found, rows, strict=True):
            by = escape(each.named) or "[dim]without a name[/]"
            out.print(Panel(Text(each.words), subtitle=by, subtitle_align="right", width=80))
            score = f"score {answer.score}" if answer else "answer not kept any more"
            words = "words of the comment" if each.in_comment else "[yellow]words that the comment does not say[/]"
            out.print(f"[dim]{each.response}[/]\n{score} · {row['person']} person · {words}\n", soft_wrap=True)
        say(f"{len(found):,} may be quoted" if found else "Nothing may be quoted yet.")
    if lapsed:
        say(f"{len(lapsed):,} lapsed, and need a new consent:")
    for each, why in lapsed:
        say(f"  {each.response}: {escape(why)}")


@app.command()
def remove(
    ctx: typer.Context,
    response: Annotated[
        str, typer.Argument(metavar="ID", help="As hearback testimonials list shows it.", show_default=False)
    ],
) -> None:
    """Take a testimonial out: its words are deleted. Its person may consent again, and is listed again then."""
    table = chosen(ctx).directory.table
    try:
        key = Testimonial.key_item(FactId.parse(response))
    except BadFactId as problem:
        raise Stop(f"{response!r} is not the id of a response: {problem}") from None
    if not table.get(key):
        raise Stop(f"nothing may be quoted of {response}; list what there is: hearback testimonials list")
    table.delete({"Key": key})
    out.print(f"Removed the testimonial of {response}")


def _consented(
    deployment: Deployment, survey: str
) -> tuple[list[tuple[Testimonial, Response | None]], list[tuple[Testimonial, str]]]:
    """The testimonials that may be quoted, with the answer of each, and those that lapsed, with why; newest first."""
    consented = [Testimonial.from_item(item) for item in items(deployment.directory.table, "TESTIMONIAL#")]
    wanted = [each for each in consented if survey in ("", each.response.survey)]
    answers = {response.id: response for response in deployment.feedback.responses([each.response for each in wanted])}
    wanted.sort(key=lambda each: each.at, reverse=True)
    lapsed = [(each, why) for each in wanted if (why := each.lapse(answers.get(each.response)))]
    holding = [(each, answers.get(each.response)) for each in wanted if each.holds(answers.get(each.response))]
    return holding, lapsed


def _plain(testimonial: Testimonial, answer: Response | None) -> dict[str, Any]:
    return {
        "response": str(testimonial.response),
        "survey": testimonial.response.survey,
        "score": answer.score if answer else None,
        "person": "known" if testimonial.contact else "anonymous",
        "words": testimonial.words,
        "in_comment": testimonial.in_comment,
        "named": testimonial.named,
        "consented_at": testimonial.at.isoformat(),
    }

"""`hearback testimonials`: what customers allowed to be quoted, and nothing else."""

import csv
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from hearback.testimonial import Testimonial
from ops.deployment import Deployment, chosen
from ops.directory_items import items
from ops.spreadsheet import shown
from ops.terminal import AsJson, out, print_json, say

COLUMNS = ("response", "survey", "words", "named", "consented_at")

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
    found, lapsed = _holding(chosen(ctx), survey)
    rows = [_plain(each) for each in found]
    if as_json:
        print_json(rows)
    elif as_csv:
        writer = csv.DictWriter(out.file, COLUMNS)
        writer.writeheader()
        writer.writerows({name: shown(str(row[name])) for name in COLUMNS} for row in rows)
    else:
        for each in found:
            by = escape(each.named) or "[dim]without a name[/]"
            out.print(Panel(Text(each.words), subtitle=by, subtitle_align="right", width=80))
        say(f"{len(found):,} may be quoted" if found else "Nothing may be quoted yet.")
    if lapsed:
        say(f"{lapsed:,} left out: their answers changed since, so they need a new consent")


def _holding(deployment: Deployment, survey: str) -> tuple[list[Testimonial], int]:
    """The testimonials that may be quoted, newest first, and how many lapsed."""
    consented = [Testimonial.from_item(item) for item in items(deployment.directory.table, "TESTIMONIAL#")]
    wanted = [each for each in consented if survey in ("", each.response.survey)]
    answers = {response.id: response for response in deployment.feedback.responses([each.response for each in wanted])}
    holding = [each for each in wanted if each.holds(answers.get(each.response))]
    return sorted(holding, key=lambda each: each.at, reverse=True), len(wanted) - len(holding)


def _plain(testimonial: Testimonial) -> dict[str, Any]:
    return {
        "response": str(testimonial.response),
        "survey": testimonial.response.survey,
        "words": testimonial.words,
        "named": testimonial.named,
        "consented_at": testimonial.at.isoformat(),
    }
